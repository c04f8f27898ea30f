"""Mail to a support address becomes an inquiry once, goes on where it answers one, and says whose it is only when proven."""

import pytest
from django.utils import timezone

from kizuna.core.files.models import File
from kizuna.core.inbound.queries import hosts, is_wanted
from kizuna.core.inbound.tests.mails import file_part, multipart, plain, text_part
from kizuna.core.members.policies import Refused
from kizuna.success.inbox.models import Inquiry, InquiryMessage
from kizuna.success.mailbox import actions
from kizuna.success.mailbox.models import MailLine
from kizuna.success.mailbox.tests.conftest import PROVEN

pytestmark = pytest.mark.django_db


def test_a_mail_opens_an_inquiry_once(arrive):
    mail = arrive()
    inquiry = Inquiry.objects.get()
    assert (mail.state, mail.target_type, mail.target_id) == ("taken", "inquiry", inquiry.pk)
    assert (inquiry.channel, inquiry.title, inquiry.category) == ("mail", "お問い合わせ", "製品")
    assert inquiry.messages.get().body == "こんにちは。"
    arrive()
    assert InquiryMessage.objects.count() == MailLine.objects.count() == 1


def test_one_mail_to_two_of_our_addresses_is_one_inquiry(arrive, aoi, viewer_of):
    actions.save_address(
        viewer=viewer_of(aoi), support=None, address="sales@sakura.test", name="営業", category="", has_tags=False,
        is_active=True, now=timezone.now(),
    )  # fmt: skip
    arrive()
    arrive(to="sales@sakura.test")
    assert Inquiry.objects.count() == InquiryMessage.objects.count() == 1


@pytest.mark.parametrize("is_proven", [False, True])
def test_whose_it_is_must_be_proven(arrive, account, person, trusted, is_proven):
    raw = plain(
        From="三浦 <miura@aonami.co.jp>",
        **({"Authentication_Results": PROVEN.replace("customer.example", "aonami.co.jp")} if is_proven else {}),
    )
    arrive(raw, envelope_from="miura@aonami.co.jp")
    inquiry = Inquiry.objects.get()
    if is_proven:
        assert (inquiry.contact_id, inquiry.account_id) == (person.pk, account.pk)
        assert "未確認" not in inquiry.sender
    else:
        assert (inquiry.contact_id, inquiry.account_id, inquiry.member_id) == (None, None, None)
        assert "差出人は未確認" in inquiry.sender


def test_a_forged_member_is_joined_to_nobody(arrive, chie):
    arrive(plain(From="Chie <chie@example.com>"))
    assert Inquiry.objects.get().member_id is None


def test_the_next_mail_of_the_sender_goes_on(arrive):
    arrive()
    arrive(
        plain(
            "追加です。",
            Message_ID="<m2@customer.example>",
            In_Reply_To="<m1@customer.example>",
            subject="Re: お問い合わせ",
        )
    )
    inquiry = Inquiry.objects.get()
    assert list(inquiry.messages.order_by("pk").values_list("body", flat=True)) == ["こんにちは。", "追加です。"]


def test_a_stranger_who_knows_a_number_opens_an_inquiry_of_their_own(arrive):
    arrive()
    arrive(plain("割り込み", Message_ID="<x@evil.example>", From="m@evil.example", References="<m1@customer.example>"))
    assert Inquiry.objects.count() == 2


def test_an_inquiry_that_was_closed_opens_again(arrive, desk):
    from kizuna.success.inbox.actions import close_inquiry

    arrive()
    inquiry = Inquiry.objects.get()
    close_inquiry(viewer=desk, inquiry=inquiry, because="phone", now=timezone.now())
    arrive(plain("まだ直りません。", Message_ID="<m2@customer.example>", In_Reply_To="<m1@customer.example>"))
    inquiry.refresh_from_db()
    assert inquiry.state == "open"


def test_quotation_signature_and_files_go_to_their_places(arrive):
    raw = multipart(
        text_part("直りません。\n\n-- \n山田\n\n2026年11月16日(月) 15:02 さくら <s@sakura.test>:\n> 試してください。"),
        file_part('filename="画面.pdf"', b"%PDF-1.4"),
        file_part('filename="x.exe"', b"MZ\x00\x00"),
    )
    arrive(raw)
    message = InquiryMessage.objects.get(direction="in")
    assert message.body == "直りません。"
    assert "x.exe" in InquiryMessage.objects.get(direction="internal").body
    assert Inquiry.objects.get().priority == "normal", "our own words make nothing urgent"
    assert "山田" in message.quoted
    assert "> 試してください。" in message.quoted
    file = File.objects.get()
    assert (file.target_type, file.target_id, file.name) == ("inquiry_message", message.pk, "画面.pdf")


def test_our_own_mail_and_machines_open_nothing(arrive):
    assert arrive(plain(From="support@sakura.test")).why == "own_mail"
    assert arrive(plain(Message_ID="<a@x>", Auto_Submitted="auto-replied")).state == "aside"
    assert not Inquiry.objects.exists()


def test_a_mail_without_subject_text_and_number(arrive):
    arrive(plain("", subject="", Message_ID=""))
    inquiry = Inquiry.objects.get()
    assert inquiry.title
    assert inquiry.messages.get().body == "（本文なし）"


def test_hostile_subjects_are_words(arrive):
    arrive(plain(subject="<script>alert(1)</script>"))
    assert Inquiry.objects.get().title == "<script>alert(1)</script>"


def test_which_addresses_are_wanted(support, aoi, viewer_of):
    assert is_wanted("SUPPORT@sakura.test")
    assert is_wanted("support+0123@sakura.test")
    assert not is_wanted("support@other.test")
    assert "sakura.test" in hosts()
    values = {"address": support.address, "name": "x", "category": "", "has_tags": False}
    actions.save_address(viewer=viewer_of(aoi), support=support, is_active=False, now=timezone.now(), **values)
    assert not is_wanted("support@sakura.test")


@pytest.mark.parametrize("address", ["support+x@sakura.test", "no address", "a@b@c", "SUPPORT@sakura.test"])
def test_addresses_that_cannot_be(support, aoi, viewer_of, address):
    with pytest.raises(Refused):
        actions.save_address(
            viewer=viewer_of(aoi), support=None, address=address, name="x", category="", has_tags=False, is_active=True,
            now=timezone.now(),
        )  # fmt: skip


def test_only_managers_set_addresses(desk):
    with pytest.raises(Refused):
        actions.save_address(
            viewer=desk, support=None, address="a@sakura.test", name="x", category="", has_tags=False, is_active=True,
            now=timezone.now(),
        )  # fmt: skip
