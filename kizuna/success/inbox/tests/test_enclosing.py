"""Files in answers and in what members write: kept with the message, shown to both sides, and to nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kizuna.core.files import actions as files
from kizuna.core.files.models import File
from kizuna.core.files.queries import markdown_of
from kizuna.core.members.policies import Refused
from kizuna.success.inbox import actions, enclosing
from kizuna.success.inbox.actions import Arrival, receive
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryDraft
from kizuna.success.inbox.tests.test_contact import form  # noqa: F401

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 x"


@pytest.fixture
def asked(chie, now):
    arrival = Arrival("form", "質問", "教えてください。", timezone.now(), member_id=chie.pk, external_id="form:1")
    return receive(arrival=arrival, now=timezone.now()).inquiry


@pytest.fixture
def desk(emi, viewer_of):
    return viewer_of(emi)


def pdf(name="手順.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def upload(viewer, name="手順.pdf") -> File:
    return files.store(viewer=viewer, name=name, raw=PDF, now=timezone.now())


def test_links_to_own_uploads_become_files(desk, asked):
    first, second = upload(desk), upload(desk, "図 (2).pdf")
    body = f"こちらの{markdown_of(first)}をご覧ください。\n\n{markdown_of(second)}"
    delivery = actions.send_reply(viewer=desk, inquiry=asked, body=body, now=timezone.now())
    assert delivery.message.body == "こちらの手順.pdfをご覧ください。"
    kept = File.objects.filter(target_type="inquiry_message", target_id=delivery.message_id)
    assert sorted(kept.values_list("name", flat=True)) == sorted([first.name, second.name])


def test_links_to_what_is_elsewhere_stay_in_the_text(desk, viewer_of, ben, asked):
    foreign = markdown_of(upload(viewer_of(ben)))
    delivery = actions.send_reply(viewer=desk, inquiry=asked, body=f"見る {foreign}", now=timezone.now())
    assert delivery.message.body == f"見る {foreign}"
    assert not File.objects.filter(target_type="inquiry_message").exists()


def test_an_answer_taken_back_has_its_files_in_the_draft(desk, asked):
    file = upload(desk)
    delivery = actions.send_reply(viewer=desk, inquiry=asked, body=f"はい\n{markdown_of(file)}", now=timezone.now())
    actions.take_back(viewer=desk, delivery=delivery, now=timezone.now())
    draft = InquiryDraft.objects.get().body
    assert draft == f"はい\n\n{markdown_of(file)}"
    again = actions.send_reply(viewer=desk, inquiry=asked, body=draft, now=timezone.now())
    assert File.objects.get().target_id == again.message_id


def test_files_alone_are_no_answer(desk, asked):
    with pytest.raises(Refused):
        actions.send_reply(viewer=desk, inquiry=asked, body=markdown_of(upload(desk)), now=timezone.now())


def test_the_member_gets_them_once_they_are_sent_and_nobody_else(client_of, emi, chie, ben, asked, desk):
    client = client_of(emi)
    page = client.get(f"/desk/inquiries/{asked.pk}/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'data-upload-url="/f/upload/"' in page
    sent = {"body": "こちらです。", "attachments": [pdf()]}
    assert client.post(f"/desk/inquiries/{asked.pk}/reply/", sent).status_code == 302
    file, delivery = File.objects.get(), Delivery.objects.get()
    address = f"/f/{file.key}/{file.name}"
    own = client_of(chie)
    assert own.get(address).status_code == 404, "it may still be taken back"
    actions.deliver(delivery_id=delivery.pk, now=delivery.send_at)
    assert own.get(address).status_code == 200
    assert address in own.get(f"/me/inquiries/{asked.pk}/").content.decode()
    assert client_of().get(address).status_code == 404
    from tests.cast import make_member

    assert client_of(make_member("fumi")).get(address).status_code == 404


def test_a_file_that_is_refused_loses_nothing(client_of, emi, asked):
    bad = SimpleUploadedFile("x.exe", b"MZ\x90\x00", content_type="application/octet-stream")
    response = client_of(emi).post(
        f"/desk/inquiries/{asked.pk}/reply/", {"body": "本文はここ", "attachments": [pdf(), bad]}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "本文はここ" in page
    assert "x.exe" in page
    assert File.objects.get().key in page, "the other one is kept"


def test_members_add_files_on_their_page_and_at_the_form(client_of, chie, emi, asked, form):  # noqa: F811
    client = client_of(chie)
    assert client.post(f"/me/inquiries/{asked.pk}/", {"body": "画面です。", "attachments": [pdf()]}).status_code == 302
    assert client.post(f"/me/inquiries/{asked.pk}/", {"body": "", "attachments": [pdf("b.pdf")]}).status_code == 302
    bodies = list(asked.messages.order_by("pk").values_list("body", flat=True))[1:]
    assert bodies == ["画面です。", "（添付ファイルのみ）"]
    assert (
        client.post(
            "/contact/", {"title": "別の件", "body": "ご覧ください。", "attachments": [pdf("c.pdf")]}
        ).status_code
        == 302
    )
    latest = Inquiry.objects.latest("pk").messages.get()
    assert latest.body == "ご覧ください。"
    names = File.objects.filter(target_type="inquiry_message").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["手順.pdf", "b.pdf", "c.pdf"]
    assert client_of(emi).get(f"/f/{File.objects.last().key}/c.pdf").status_code == 200


def test_visitors_add_none(client_of, form):  # noqa: F811
    page = client_of().get("/contact/").content.decode()
    assert 'type="file"' not in page


def test_a_channel_without_files_refuses_them(desk, now, monkeypatch):
    from kizuna.base.registry import ReplyDoor

    line = ReplyDoor("test", "line", "x")
    monkeypatch.setattr("kizuna.success.inbox.doors.door_of", lambda inquiry: line)
    inquiry = receive(arrival=Arrival("line", "x", "y", timezone.now()), now=timezone.now()).inquiry
    with pytest.raises(Refused, match="ファイル"):
        actions.send_reply(viewer=desk, inquiry=inquiry, body=f"はい {markdown_of(upload(desk))}", now=timezone.now())


def test_more_than_a_mail_can_carry_is_refused_before_it_is_sent(desk, now, monkeypatch):
    from kizuna.base.registry import ReplyDoor

    small = ReplyDoor("test", "mail", "x", files="attached", most_bytes=5)
    monkeypatch.setattr("kizuna.success.inbox.doors.door_of", lambda inquiry: small)
    inquiry = receive(arrival=Arrival("mail", "x", "y", timezone.now()), now=timezone.now()).inquiry
    file = upload(desk)
    with pytest.raises(Refused) as refused:
        actions.send_reply(viewer=desk, inquiry=inquiry, body="はい", attachments=[file.key], now=timezone.now())
    assert refused.value.field == "attachments"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("text", ["[a](</f/zz/x>)", "![](/f/", "[x](/f/" + "a" * 32 + "/y)", "x" * 1000 + "[" * 1000])
def test_strange_links_stay_as_they_are(desk, text):
    uploads = enclosing.own_uploads(text, uploader_id=desk.member_id)
    assert uploads == []
    assert enclosing.without_links(text, files=uploads) == text


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("", "", ""), ("ご覧ください。", "", "ご覧ください。"), ("", "をご覧ください。", "手順.pdfをご覧ください。"),
        ("See ", "", "See 手順.pdf"), ("See below. ", "", "See below."), ("一行目\n", "\n三行目", "一行目\n三行目"),
    ],
)  # fmt: skip
def test_a_name_stays_where_the_sentence_needs_it(desk, before, after, kept):
    file = upload(desk)
    assert enclosing.without_links(f"{before}{markdown_of(file)}{after}", files=[file]) == kept


def test_several_behind_one_another_leave_nothing(desk):
    files_ = [upload(desk), upload(desk, "図.pdf")]
    text = "添付します。" + "".join(markdown_of(file) for file in files_)
    assert enclosing.without_links(text, files=files_) == "添付します。"
