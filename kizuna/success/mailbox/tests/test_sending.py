"""Answers go out as mail: once, from the support address, into the customer's thread; what became of them is told."""

from datetime import timedelta
from email.utils import parseaddr

import pytest
from django.utils import timezone

from kizuna.base.registry import DoorClosed
from kizuna.core.files import actions as files
from kizuna.core.inbound.tests.mails import bounce, complaint, plain, word
from kizuna.core.notifications.models import MailAttempt, OutgoingMail
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions import Arrival, receive
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange
from kizuna.success.mailbox import actions, sending
from kizuna.success.mailbox.models import InquiryKey

pytestmark = pytest.mark.django_db
LATER = timedelta(seconds=31)


@pytest.fixture
def asked(arrive):
    arrive(plain("印刷できません。\n困っています。", From=f"{word('山田 太郎')} <taro@customer.example>"))
    return Inquiry.objects.get()


def answer(desk, inquiry, body="設定を直しました。", **options) -> Delivery:
    return inbox.send_reply(viewer=desk, inquiry=inquiry, body=body, now=timezone.now(), **options)


def out(delivery: Delivery) -> Delivery:
    inbox.deliver(delivery_id=delivery.pk, now=timezone.now() + LATER)
    delivery.refresh_from_db()
    return delivery


def test_an_answer_stands_in_the_customers_thread(asked, desk, sink):
    delivery = out(answer(desk, asked))
    assert delivery.state == "sent"
    [message] = sink.messages()
    assert sink.addressed == [["taro@customer.example"]]
    assert message["From"] == "さくらサポート <Support@sakura.test>"
    assert message["Subject"] == "Re: お問い合わせ"
    assert message["In-Reply-To"] == message["References"] == "<m1@customer.example>"
    assert message["Message-ID"].strip() == OutgoingMail.objects.get().message_id
    assert message["Auto-Submitted"] is None
    assert message["List-Unsubscribe"] is None
    reply_to = parseaddr(message["Reply-To"])[1]
    assert reply_to.startswith("Support+")
    assert reply_to.partition("+")[2].partition("@")[0] not in str(InquiryKey.objects.values_list())
    text = message.get_content().replace("\r\n", "\n")
    assert text.startswith("山田 太郎 様\n\n設定を直しました。\n\n-- \nさくらサポート\nEmi\nSupport@sakura.test\n\n")
    assert "山田 太郎 <taro@customer.example>:\n> 印刷できません。\n> 困っています。" in text
    asked.refresh_from_db()
    assert asked.state == "waiting"
    assert asked.first_response_at is not None


def test_the_customers_answer_comes_back_by_key_or_by_number(asked, desk, sink, arrive):
    out(answer(desk, asked))
    [message] = sink.messages()
    arrive(
        plain("直りました。", Message_ID="<k@x>", From="other@customer.example"),
        to=parseaddr(message["Reply-To"])[1].lower(),
    )
    arrive(plain("同僚です。", Message_ID="<n@x>", From="boss@customer.example", In_Reply_To=message["Message-ID"]))
    assert Inquiry.objects.count() == 1
    assert asked.messages.filter(direction="in").count() == 3


def test_a_person_at_a_customer_is_addressed_as_such(arrive, account, person, trusted, desk, sink):
    arrive(
        plain(From="miura@aonami.co.jp", Authentication_Results="mx.sakura.test; dkim=pass header.d=aonami.co.jp"),
        envelope_from="miura@aonami.co.jp",
    )
    actions.save_signature(viewer=desk, text="佐藤 恵美\n株式会社さくら\r\nTEL 03-0000-0000", now=timezone.now())
    out(answer(desk, Inquiry.objects.get()))
    text = sink.messages()[0].get_content().replace("\r\n", "\n")
    assert text.startswith("株式会社青波堂\n三浦 香織 様\n\n")
    assert "-- \n佐藤 恵美\n株式会社さくら\nTEL 03-0000-0000\n" in text


def test_the_reply_to_of_the_customer_is_where_the_answer_goes(arrive, desk, sink):
    arrive(plain(Reply_To="desk@customer.example"))
    out(answer(desk, Inquiry.objects.get()))
    assert sink.addressed == [["desk@customer.example"]]


def test_line_breaks_in_titles_and_names_make_no_headers(arrive, desk, sink):
    subject = word("件名\r\nBcc: victim@example.com\r\n\r\nx")
    arrive(plain(subject=subject, From=f"{word('太郎' + chr(10) + 'Cc: v@example.com')} <taro@customer.example>"))
    out(answer(desk, Inquiry.objects.get()))
    [message] = sink.messages()
    assert sink.addressed == [["taro@customer.example"]]
    assert message["Bcc"] is None
    assert message["Cc"] is None


def test_files_go_along(asked, desk, sink):
    file = files.store(viewer=desk, name="手順.pdf", raw=b"%PDF-1.4 x", now=timezone.now())
    out(answer(desk, asked, attachments=[file.key]))
    [part] = sink.messages()[0].iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("手順.pdf", b"%PDF-1.4 x")


def test_busy_for_a_while_then_sent_under_the_same_number(asked, desk, sink):
    sink.script = ["451 later"]
    delivery = answer(desk, asked)
    with pytest.raises(sending.NotYet):
        out(delivery)
    delivery.refresh_from_db()
    assert delivery.state == "sending"
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    assert out(delivery).state == "sent"
    assert len(sink.messages()) == 1
    assert MailAttempt.objects.count() == 2


def test_a_line_cut_after_the_text_sends_a_copy_with_the_same_number(asked, desk, sink):
    sink.script = ["drop"]
    delivery = answer(desk, asked)
    with pytest.raises(sending.NotYet):
        out(delivery)
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    out(delivery)
    first, second = sink.messages()
    assert first["Message-ID"] == second["Message-ID"]


def test_the_ledger_alone_tells_the_inquiry(asked, desk, sink):
    """The delivery's own job may be gone: what the ledger sends later is noted all the same."""
    from kizuna.core.notifications.actions.sending import send_mails

    sink.script = ["451 later"]
    delivery = answer(desk, asked)
    with pytest.raises(sending.NotYet):
        out(delivery)
    inbox.give_up(delivery_id=delivery.pk, reason="x", now=timezone.now())
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    send_mails(mail_ids=[OutgoingMail.objects.get().pk])
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_a_refusal_for_good_is_said_and_can_be_tried_again(asked, desk, sink):
    sink.refused = {"taro@customer.example": "550 5.1.1 nobody"}
    delivery = out(answer(desk, asked))
    assert (delivery.state, "nobody" in delivery.error) == ("failed", True)
    asked.refresh_from_db()
    assert asked.state == "open"
    sink.refused = {}
    inbox.send_again(viewer=desk, delivery=delivery, now=timezone.now())
    inbox.deliver(delivery_id=delivery.pk, now=timezone.now() + 2 * LATER)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert OutgoingMail.objects.get().message_id == sink.messages()[0]["Message-ID"].strip()
    assert "設定を直しました。" in sink.messages()[0].get_content()


def test_sent_twice_by_the_worker_is_one_mail(asked, desk, sink):
    delivery = out(answer(desk, asked))
    sending.to_mail(delivery_id=delivery.pk)
    assert len(sink.messages()) == 1


def test_what_was_taken_back_is_never_sent(asked, desk, sink):
    delivery = answer(desk, asked)
    inbox.take_back(viewer=desk, delivery=delivery, now=timezone.now())
    out(delivery)
    assert not sink.messages()
    assert not OutgoingMail.objects.exists()


def test_a_bounce_opens_the_inquiry_again_and_says_so(asked, desk, sink, arrive):
    delivery = out(answer(desk, asked))
    raw = bounce(message_id=OutgoingMail.objects.get().message_id, address="taro@customer.example")
    assert arrive(raw, envelope_from="").why == "bounce"
    delivery.refresh_from_db()
    asked.refresh_from_db()
    assert (delivery.state, asked.state) == ("failed", "open")
    assert "User unknown" in delivery.error
    assert asked.changes.filter(what=InquiryChange.What.NOT_SENT).exists()
    again = out(answer(desk, asked))
    assert again.state == "failed", "nobody lives there"
    assert len(sink.messages()) == 1


def test_whoever_writes_after_a_bounce_can_be_answered(asked, desk, sink, arrive):
    out(answer(desk, asked))
    arrive(bounce(message_id=OutgoingMail.objects.get().message_id, address="taro@customer.example"), envelope_from="")
    arrive(plain("届きませんでした。", Message_ID="<later@x>", In_Reply_To="<m1@customer.example>"))
    assert out(answer(desk, asked)).state == "sent"


def test_a_complaint_is_said(asked, desk, sink, arrive):
    delivery = out(answer(desk, asked))
    arrive(complaint(message_id=OutgoingMail.objects.get().message_id, address="taro@customer.example"))
    delivery.refresh_from_db()
    assert "迷惑メール" in delivery.error


def test_a_form_with_an_address_is_answered_by_mail(support, desk, sink, now):
    inquiry = receive(
        arrival=Arrival("form", "質問", "教えてください。", now, sender="Hanako <hanako@customer.example>"), now=now
    ).inquiry
    assert out(answer(desk, inquiry)).state == "sent"
    assert sink.addressed == [["hanako@customer.example"]]
    assert sink.messages()[0].get_content().startswith("Hanako 様")


def test_without_an_address_of_ours_there_is_no_door(desk, now):
    from kizuna.core.members.policies import Refused

    inquiry = receive(arrival=Arrival("mail", "質問", "本文", now, sender="a@customer.example"), now=now).inquiry
    with pytest.raises(Refused):
        answer(desk, inquiry)


def test_english_is_answered_in_english(arrive, desk, sink):
    arrive(
        plain("I cannot print anything since the last update.", From="John <john@customer.example>", subject="Printing")
    )
    out(answer(desk, Inquiry.objects.get(), body="We fixed it."))
    text = sink.messages()[0].get_content().replace("\r\n", "\n")
    assert text.startswith("Dear John,\n\nWe fixed it.")
    assert "John <john@customer.example> wrote:\n> I cannot print" in text


def test_a_door_without_anybody_to_write_to_is_closed(support, desk, now):
    inquiry = receive(arrival=Arrival("mail", "質問", "本文", now, sender="a@customer.example"), now=now).inquiry
    delivery = answer(desk, inquiry)
    Inquiry.objects.filter(pk=inquiry.pk).update(sender="")
    with pytest.raises(DoorClosed):
        sending.to_mail(delivery_id=delivery.pk)
