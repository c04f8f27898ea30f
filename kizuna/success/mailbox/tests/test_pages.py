"""Addresses in Studio, templates and signatures on the Desk."""

import pytest
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.success.inbox.models import Inquiry, InquiryDraft
from kizuna.success.mailbox import actions
from kizuna.success.mailbox.models import ReplyTemplate, Signature, SupportAddress

pytestmark = pytest.mark.django_db


def test_an_address_is_added_in_studio(client_of, aoi):
    client = client_of(aoi)
    sent = {"address": "help@sakura.test", "name": "窓口", "category": "", "is_active": "on"}
    assert client.post("/studio/support-addresses/new/", sent).status_code == 302
    row = SupportAddress.objects.get()
    assert (row.address_key, row.has_tags) == ("help@sakura.test", False)
    assert "help@sakura.test" in client.get("/studio/support-addresses/").content.decode()
    assert client.post("/studio/support-addresses/new/", sent).status_code == 422
    assert client.get("/studio/support-addresses/", HTTP_ACCEPT_LANGUAGE="en").status_code == 200


def test_templates_are_written_shown_and_used(client_of, emi, arrive, desk):
    client = client_of(emi)
    sent = {"name": "受付", "body": "{{customer}} 様の件（#{{number}}）を承りました。{{owner}}"}
    page = client.post("/desk/reply-templates/new/", {**sent, "preview": "1"}).content.decode()
    assert "山田 太郎 様の件（#1024）を承りました。Emi" in page
    assert not ReplyTemplate.objects.exists()
    assert client.post("/desk/reply-templates/new/", sent).status_code == 302
    template = ReplyTemplate.objects.get()
    arrive()
    inquiry = Inquiry.objects.get()
    page = client.get(f"/desk/inquiries/{inquiry.pk}/templates/").content.decode()
    assert f"Yamada Taro 様の件（#{inquiry.pk}）を承りました。Emi" in page
    assert client.post(f"/desk/inquiries/{inquiry.pk}/templates/{template.pk}/").status_code == 302
    assert InquiryDraft.objects.get().body == f"Yamada Taro 様の件（#{inquiry.pk}）を承りました。Emi"
    client.post(f"/desk/inquiries/{inquiry.pk}/templates/{template.pk}/")
    assert InquiryDraft.objects.get().body.count("承りました") == 2, "what was written stays"
    assert client.post(f"/desk/reply-templates/{template.pk}/", {"archive": "1"}).status_code == 302
    assert client.get(f"/desk/reply-templates/{template.pk}/").status_code == 404


def test_unknown_facts_and_names_taken_are_refused(desk):
    with pytest.raises(Refused, match="email"):
        actions.save_template(viewer=desk, template=None, name="x", body="{{email}}", now=timezone.now())
    actions.save_template(viewer=desk, template=None, name="x", body="y", now=timezone.now())
    with pytest.raises(Refused):
        actions.save_template(viewer=desk, template=None, name="x", body="z", now=timezone.now())


def test_hostile_templates_are_shown_as_text(client_of, emi, desk):
    actions.save_template(
        viewer=desk,
        template=None,
        name="<script>alert(1)</script>",
        body="<img src=x onerror=alert(1)>",
        now=timezone.now(),
    )
    page = client_of(emi).get("/desk/reply-templates/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_ones_own_signature(client_of, emi):
    client = client_of(emi)
    client.post("/desk/signature/", {"text": "恵美\r\nさくら"})
    assert Signature.objects.get().text == "恵美\nさくら"
    client.post("/desk/signature/", {"text": " "})
    assert not Signature.objects.exists()


def test_members_do_not_get_in(client_of, chie):
    for path in ("/studio/support-addresses/", "/desk/reply-templates/", "/desk/signature/"):
        assert client_of(chie).get(path).status_code in (403, 404)


def test_a_template_stands_in_the_answer_without_scripts(client_of, emi, arrive, desk):
    client = client_of(emi)
    template = actions.save_template(
        viewer=desk, template=None, name="受付", body="{{title}}を承りました。", now=timezone.now()
    )
    arrive()
    inquiry = Inquiry.objects.get()
    assert f"/desk/inquiries/{inquiry.pk}/templates/" in client.get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    client.post(f"/desk/inquiries/{inquiry.pk}/templates/{template.pk}/")
    page = client.get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert "お問い合わせを承りました。</textarea>" in page
