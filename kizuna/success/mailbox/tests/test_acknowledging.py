"""Whoever asks is told at once that it arrived: once, in their language, by when; and machines are told nothing."""

from datetime import timedelta
from email.utils import format_datetime, parseaddr

import pytest
from django.utils import timezone, translation

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community.actions import change_setting
from kizuna.core.community.hours import HOURS
from kizuna.core.inbound.tests.mails import bounce, plain, word
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import MailStop, OutgoingMail
from kizuna.success.inbox.actions import Arrival, open_inquiry, receive
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import acknowledging, actions, composing
from kizuna.success.mailbox.models import Acknowledgement, MailLine, SupportAddress

pytestmark = pytest.mark.django_db
SENDER = "taro@customer.example"


@pytest.fixture
def on(support):
    SupportAddress.objects.update(acknowledges=True)
    return support


@pytest.fixture
def ask(on, arrive, sink):
    def run(text="教えてください。", *, envelope_from=SENDER, **headers):
        fields = {"Date": format_datetime(timezone.now()), "From": f"{word('山田 太郎')} <{SENDER}>", **headers}
        arrive(plain(text, **fields), envelope_from=envelope_from)
        run_waiting()
        return told(sink)

    return run


def told(sink):
    """Return the mails that say that it arrived; the team is told of it by others."""
    return [message for message in sink.messages() if message["Auto-Submitted"] == "auto-replied"]


def written(**fields):
    inquiry = receive(arrival=Arrival(received_at=timezone.now(), **fields), now=timezone.now()).inquiry
    run_waiting()
    return inquiry


def text_of(message) -> str:
    return message.get_content().replace("\r\n", "\n")


def test_a_customer_is_told_the_number_and_by_when(ask, sink, client_of, emi):
    [message] = ask()
    inquiry, noted = Inquiry.objects.get(), Acknowledgement.objects.get()
    assert message["To"] == SENDER
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["From"] == "さくらサポート <Support@sakura.test>"
    assert message["In-Reply-To"] == message["References"] == "<m1@customer.example>"
    assert parseaddr(message["Reply-To"])[1].startswith("Support+")
    assert f"受付番号：#{inquiry.pk}\n" in text_of(message)
    assert noted.promise in text_of(message)
    assert composing.moment_in_words(inquiry.response_due_at, language="ja", zone="Asia/Tokyo") in noted.promise
    page = client_of(emi).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert f"受け付けのメールを送りました。「{noted.promise}」" in page
    assert (inquiry.first_response_at, inquiry.state) == (None, "open"), "a machine has answered nothing"


def test_outside_hours_it_says_so(ask):
    change_setting(HOURS, value={"week": {}, "opening": [], "closing": []}, member_id=None)
    [message] = ask()
    assert "お返事まで、少しお待ちください。" in text_of(message), "no opening, no promise"
    Inquiry.objects.update(is_outside_hours=True)
    due = Inquiry.objects.get().received_at
    with translation.override("ja"):
        words = acknowledging.promise_of(due=due, is_outside=True, language="ja")
    assert words.startswith("時間外のため、お返事は")


def test_moments_are_written_as_people_read_them(now):
    moment = now.replace(year=2026, month=11, day=24, hour=5, minute=0)
    assert composing.moment_in_words(moment, language="ja", zone="Asia/Tokyo") == "11月24日（火）14:00"
    assert composing.moment_in_words(moment, language="en", zone="Asia/Tokyo") == "14:00 on Tuesday, November 24 (JST)"


def test_english_is_told_in_english(ask):
    [message] = ask("I cannot print anything since the last update.", From=f"John <{SENDER}>")
    assert "We have received your inquiry." in text_of(message)
    assert f"#{Inquiry.objects.get().pk}" in text_of(message)


def test_what_a_stranger_wrote_is_not_repeated(ask):
    [message] = ask(subject="Buy pills at pills.example")
    assert "pills" not in message.as_string()
    assert "山田" not in text_of(message)


def test_a_proven_sender_is_addressed_by_name(ask, trusted):
    [message] = ask(**trusted)
    assert text_of(message).startswith("山田 太郎 様\n\n")
    assert "件名：お問い合わせ\n" in text_of(message)


def test_an_answer_to_it_goes_on_in_the_inquiry(ask, arrive):
    [message] = ask()
    arrive(
        plain("追記です。", Message_ID="<m2@x>", From="x@elsewhere.example"),
        to=parseaddr(message["Reply-To"])[1].lower(),
    )
    assert Inquiry.objects.get().messages.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<l.example>"}, {"X_Autoreply": "yes"},
        {"From": "no-reply@customer.example"}, {"From": "MAILER-DAEMON@customer.example"},
        {"From": "owner-list@customer.example"}, {"From": "bounce-12=a@customer.example"},
        {"From": "Support@sakura.test"}, {"From": "support+abc@sakura.test"},
        {"From": "victim@elsewhere.example"},
    ],
)  # fmt: skip
def test_machines_lists_ourselves_and_forged_senders_are_told_nothing(ask, headers):
    sender = headers.get("From", SENDER) if headers.get("From", "").split("@")[0] != "victim" else SENDER
    assert ask(envelope_from=sender, **headers) == []
    assert not Acknowledgement.objects.exists()


def test_a_bounce_is_told_nothing(ask):
    assert ask(envelope_from="") == []


def test_once_a_day_for_a_sender(ask):
    ask()
    assert len(ask(Message_ID="<m2@customer.example>", From=SENDER.upper())) == 1
    assert Inquiry.objects.count() == 2
    Acknowledgement.objects.update(at=timezone.now() - timedelta(hours=25))
    assert len(ask(Message_ID="<m3@customer.example>")) == 2


def test_once_for_an_inquiry(ask):
    [message] = ask()
    inquiry = Inquiry.objects.get()
    Acknowledgement.objects.update(at=timezone.now() - timedelta(hours=25))
    assert len(ask(Message_ID="<m2@customer.example>", In_Reply_To=message["Message-ID"])) == 1
    assert actions.acknowledge(inquiry_id=inquiry.pk, now=timezone.now()) is None


def test_old_mail_out_of_a_mailbox_is_no_news(ask):
    assert ask(Date=format_datetime(timezone.now() - timedelta(days=3))) == []


def test_no_more_than_so_many_an_hour_to_senders_who_are_not_proven(ask, trusted, monkeypatch):
    monkeypatch.setattr("kizuna.success.mailbox.actions.acknowledging.MOST_AN_HOUR", 1)
    ask()
    assert len(ask(Message_ID="<m2@x>", From="b@customer.example", envelope_from="b@customer.example")) == 1
    assert len(ask(Message_ID="<m3@x>", From="c@customer.example", **trusted)) == 2


def test_whoever_wants_no_mail_gets_none(ask):
    ask()
    mail = OutgoingMail.objects.get(key__startswith="received:")
    from kizuna.core.notifications.actions.fates import recipient_of

    recipient = recipient_of(mail, now=timezone.now())
    MailStop.objects.create(recipient=recipient, reason="complaint", at=timezone.now())
    Acknowledgement.objects.update(at=timezone.now() - timedelta(hours=25))
    assert len(ask(Message_ID="<m2@customer.example>")) == 1


def test_a_mail_that_comes_back_is_said_in_the_log(ask, arrive, client_of, emi):
    ask()
    message_id = OutgoingMail.objects.get(key__startswith="received:").message_id
    arrive(bounce(message_id=message_id, address=SENDER), envelope_from="")
    assert Acknowledgement.objects.get().state == "returned"
    page = client_of(emi).get(f"/desk/inquiries/{Inquiry.objects.get().pk}/").content.decode()
    assert "受け付けのメールが戻ってきました" in page


def test_off_by_itself(support, arrive, sink):
    arrive(plain(Date=format_datetime(timezone.now())))
    run_waiting()
    assert told(sink) == []


def test_the_form_is_acknowledged_where_an_address_is_known(on, sink, chie):
    written(
        channel="form", title="質問", body="教えてください。", sender="hanako@customer.example", external_id="form:1"
    )
    written(channel="form", title="質問", body="教えてください。", member_id=chie.pk, external_id="form:2")
    written(channel="form", title="質問", body="教えてください。", external_id="form:3")
    stranger, member = told(sink)
    assert (stranger["To"], member["To"]) == ("hanako@customer.example", chie.email)
    assert "件名：お問い合わせの件" in text_of(stranger)
    assert text_of(member).startswith(f"{chie.name} 様\n\n")


def test_what_the_team_notes_by_hand_is_not_acknowledged(on, sink, desk):
    fields = {"title": "電話の件", "body": "本文", "channel": "mail", "sender": SENDER}
    open_inquiry(viewer=desk, fields=fields, now=timezone.now())
    run_waiting()
    assert told(sink) == []


def test_the_words_are_set_in_studio(client_of, aoi, support, ask):
    client, page = client_of(aoi), f"/studio/support-addresses/{support.pk}/"
    sent = {"address": support.address, "name": support.name, "is_active": "on", "acknowledges": "on", "has_tags": "on",
            "acknowledgement_ja": "番号は{{number}}です。{{answer_by}}", "acknowledgement_en": ""}  # fmt: skip
    shown = client.post(page, {**sent, "preview": "1"}).content.decode()
    assert "番号は1024です。時間外のため、お返事は" in shown
    assert "Thank you for writing to us." in shown
    refused = client.post(page, {**sent, "acknowledgement_ja": "{{secret}}"})
    assert refused.status_code == 422
    assert "{{secret}}" in refused.content.decode()
    assert client.post(page, sent).status_code == 302
    [message] = ask()
    assert f"番号は{Inquiry.objects.get().pk}です。" in text_of(message)


def test_too_many_words_are_refused(aoi, viewer_of, support):
    with pytest.raises(Refused):
        actions.save_address(
            viewer=viewer_of(aoi), support=support, address="a@sakura.test", name="x", category="", has_tags=False,
            is_active=True, acknowledgement={"ja": "あ" * 4001}, now=timezone.now(),
        )  # fmt: skip


def test_an_erased_person_leaves_no_line(ask):
    from kizuna.base.registry import Person
    from kizuna.success.mailbox.actions import forget_person

    ask()
    person = Person(member_id=None, addresses=frozenset({SENDER}))
    forget_person(person=person, now=timezone.now())
    assert not Acknowledgement.objects.exists()
    assert not MailLine.objects.exists()
