"""Mail leaves at least once, under one Message-ID, and never tells a reader what they may not see."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives, send_mail
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import STAFF
from kizuna.core.notifications import actions
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import MailAttempt, MailStop, OutgoingMail, Recipient
from kizuna.core.notifications.settings import MAILS_A_DAY
from kizuna.core.notifications.tests.sink import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(told):
    """Tell now by the clock, which sending goes by."""
    return partial(told, now=timezone.now())


@pytest.fixture
def sink(settings):
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        yield sink


@pytest.fixture
def ledger(settings):
    settings.EMAIL_BACKEND = "kizuna.core.notifications.delivery.backend.LedgerBackend"


def send_all() -> None:
    send_mails(mail_ids=list(OutgoingMail.objects.order_by("pk").values_list("pk", flat=True)))


def due_again() -> None:
    OutgoingMail.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())


def test_a_notice_has_all_its_parts_and_headers(told, sink, chie, ben):
    community.change_setting(keys.NAME, value={"ja": "みせばこ広場", "en": "Square"}, member_id=None)
    told(chie, actor=ben)
    send_all()
    [message] = sink.messages()
    assert sink.addressed == [["chie@example.com"]]
    assert message["To"] == "chie@example.com"
    assert message["From"] == "みせばこ広場 <no-reply@sakura.test>"
    assert message["Subject"] == "Re: お知らせ板"
    assert message["Message-ID"].strip() == OutgoingMail.objects.get().message_id
    assert message["References"] == message["In-Reply-To"] == "<kizuna.sakura.board.note.1@sakura.test>"
    assert message["List-Id"] == "<sakura.sakura.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Reply-To"] is None
    key = message["List-Unsubscribe"].removeprefix("<https://sakura.test/u/").removesuffix("/>")
    assert len(bytes.fromhex(key)) == 16
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for part in (text, html):
        assert "中身の文章" in part
        assert "千恵さん" in part
        assert "https://sakura.test/notes/お知らせ板/" in part
        assert f"https://sakura.test/u/{key}/" in part


def test_what_is_stored_opens_nothing(told, sink, chie, ben):
    told(chie, actor=ben)
    send_all()
    key = sink.messages()[0]["List-Unsubscribe"].split("/u/")[1].strip("/>")
    mail = OutgoingMail.objects.get()
    assert key not in f"{mail.text}{mail.html}{mail.headers}"
    assert actions.choosing.UnsubscribeToken.objects.get().token_hash != key


def test_busy_for_a_while_then_taken(told, sink, chie, ben):
    sink.script = ["451 try later"]
    told(chie, actor=ben)
    send_all()
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.error) == ("waiting", "451 try later")
    assert mail.next_attempt_at > timezone.now() + timedelta(seconds=50)
    send_all()
    assert not sink.received, "it is not due yet"
    due_again()
    send_all()
    mail.refresh_from_db()
    assert (mail.state, mail.attempt_count, mail.error) == ("sent", 2, "")
    assert list(MailAttempt.objects.order_by("number").values_list("is_accepted", "answer")) == [
        (False, "451 try later"),
        (True, ""),
    ]
    assert Recipient.objects.get().contact_count == 1


def test_a_line_cut_after_the_text_gives_a_second_copy_with_the_same_message_id(told, sink, chie, ben):
    sink.script = ["drop"]
    told(chie, actor=ben)
    send_all()
    due_again()
    send_all()
    first, second = sink.messages()
    assert first["Message-ID"] == second["Message-ID"]
    assert OutgoingMail.objects.get().state == "sent"


def test_a_worker_that_died_in_the_middle_is_followed_up_with_the_same_message_id(told, sink, chie, ben, monkeypatch):
    told(chie, actor=ben)
    with monkeypatch.context() as patch:
        patch.setattr(actions.sending, "_end_well", _die)
        with pytest.raises(KeyboardInterrupt):
            send_all()
    assert MailAttempt.objects.get().ended_at is None
    send_all()
    first, second = sink.messages()
    assert first["Message-ID"] == second["Message-ID"]
    assert MailAttempt.objects.count() == 2


def _die(*_, **__):
    raise KeyboardInterrupt


def test_nothing_is_lost_while_nobody_listens(told, settings, chie, ben, emi):
    settings.KIZUNA_MAIL_URL = "smtp://127.0.0.1:9"
    told(chie, emi, actor=ben)
    run_waiting()
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"waiting"}
    assert Job.objects.filter(name="notifications.send_mails", state="waiting").count() == 2
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        due_again()
        run_waiting(ahead=timedelta(minutes=2))
    assert len(sink.received) == 2
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


def test_whoever_waits_for_a_code_is_told_that_mail_cannot_leave(client_of, ledger, settings, chie, sink):
    client = client_of()
    client.post("/signin/", {"email": "chie@example.com", "password": ""})
    assert "送信が遅れています" not in client.get("/signin/code/").content.decode()
    place, settings.KIZUNA_MAIL_URL = settings.KIZUNA_MAIL_URL, "smtp://127.0.0.1:1"
    send_all()
    assert "送信が遅れています" in client.get("/signin/code/").content.decode()
    settings.KIZUNA_MAIL_URL = place
    due_again()
    send_all()
    assert "送信が遅れています" not in client.get("/signin/code/").content.decode()


def test_it_gives_up_after_days_and_says_why(told, settings, chie, ben):
    settings.KIZUNA_MAIL_URL = "smtp://127.0.0.1:9"
    told(chie, actor=ben)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=5))
    send_all()
    mail = OutgoingMail.objects.get()
    assert mail.state == "failed"
    assert mail.error


def test_an_address_that_refuses_gets_no_more_mail(told, sink, chie, ben):
    sink.refused["chie@example.com"] = "550 no such person"
    told(chie, actor=ben)
    send_all()
    assert OutgoingMail.objects.get().state == "failed"
    assert MailStop.objects.get().reason == "bounce"
    sink.refused.clear()
    told(chie, actor=ben)
    send_all()
    assert not sink.received
    assert OutgoingMail.objects.latest("pk").error == "stopped"


def test_it_asks_again_who_may_read_when_it_sends(told, sink, notes, chie, ben):
    told(chie, actor=ben)
    notes[1].audience = STAFF
    send_all()
    assert not sink.received
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.error, mail.text, mail.subject) == ("stopped", "audience", "", "")


def test_it_asks_again_before_each_attempt(told, sink, notes, chie, ben):
    sink.script = ["451 later"]
    told(chie, actor=ben)
    send_all()
    notes[1].audience = STAFF
    due_again()
    send_all()
    assert not sink.received
    mail = OutgoingMail.objects.get()
    assert (mail.error, mail.text, mail.html, mail.subject) == ("audience", "", "", "")


@pytest.mark.parametrize("fields", [{"state": Member.State.SUSPENDED}, {"email": "", "email_key": ""}])
def test_it_stops_for_somebody_who_left_meanwhile(told, sink, chie, ben, fields):
    told(chie, actor=ben)
    Member.objects.filter(pk=chie.pk).update(**fields)
    send_all()
    assert not sink.received
    assert OutgoingMail.objects.get().error == "reader"


def test_it_stops_for_somebody_who_chose_otherwise_meanwhile(told, sink, chie, ben, viewer_of):
    told(chie, actor=ben)
    actions.choose_levels(viewer=viewer_of(chie), levels={"note.written": "in_app"})
    send_all()
    assert OutgoingMail.objects.get().error == "preference"


def test_it_goes_to_the_address_of_today(told, sink, chie, ben):
    told(chie, actor=ben)
    Member.objects.filter(pk=chie.pk).update(email="chie@new.example", email_key="chie@new.example")
    send_all()
    assert sink.addressed == [["chie@new.example"]]


def test_a_day_brings_so_many_mails_and_no_more(told, sink, chie, ben):
    community.change_setting(MAILS_A_DAY, value=2, member_id=None)
    for _ in range(3):
        told(chie, actor=ben)
    send_all()
    assert len(sink.received) == 2
    assert OutgoingMail.objects.latest("pk").error == "budget"


def test_names_and_titles_with_line_breaks_make_no_headers(told, sink, notes, chie, ben):
    Member.objects.filter(pk=ben.pk).update(name="Ben\r\nBcc: eve@example.com")
    community.change_setting(keys.NAME, value={"ja": "広場\r\nBcc: eve@example.com", "en": ""}, member_id=None)
    notes[1].title = "題\r\nBcc: eve@example.com"
    told(chie, actor=ben)
    send_all()
    [message] = sink.messages()
    assert message["Bcc"] is None
    assert sink.addressed == [["chie@example.com"]]


def test_hostile_words_stay_words(told, sink, notes, chie, ben):
    notes[1].body = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    told(chie, actor=ben)
    send_all()
    html = sink.messages()[0].get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html


def test_one_broken_mail_does_not_keep_the_others_back(told, sink, notes, chie, ben, emi):
    notes[2] = None
    told(chie, actor=ben)
    OutgoingMail.objects.update(target_id=2)  # a target whose row cannot be described
    told(emi, actor=ben)
    with pytest.raises(AttributeError):
        send_all()
    assert sink.addressed == [["emi@example.com"]]


def test_mail_of_others_goes_through_the_ledger_too(ledger, sink):
    message = EmailMultiAlternatives(
        "コード", "123456", None, ["new@example.com"], headers={"Auto-Submitted": "auto-generated"}
    )
    message.attach_alternative("<p>123456</p>", "text/html")
    message.send()
    assert Job.objects.get().priority == 100
    run_waiting()
    [sent] = sink.messages()
    assert sent["To"] == "new@example.com"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["List-Unsubscribe"] is None
    assert "123456" in sent.get_body(("html",)).get_content()


def test_a_code_is_not_kept_once_it_was_sent(ledger, sink):
    send_mail("コード", "123456", None, ["new@example.com"])
    run_waiting()
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.text, mail.html) == ("sent", "", "")


def test_invitations_wait_behind_what_people_wait_for(ledger, sink):
    EmailMultiAlternatives("招待", "来てください", None, ["a@example.com"], headers={"Precedence": "bulk"}).send()
    send_mail("コード", "123456", None, ["b@example.com"])
    run_waiting()
    assert sink.addressed == [["b@example.com"], ["a@example.com"]]


def test_each_recipient_gets_a_mail_of_their_own(ledger, sink):
    send_mail("題", "文", None, ["a@example.com", "b@example.com"])
    run_waiting()
    assert sorted(sink.addressed) == [["a@example.com"], ["b@example.com"]]
    assert all(len(message.get_all("To")) == 1 and "," not in message["To"] for message in sink.messages())


def test_the_backend_refuses_line_breaks_in_headers(ledger):
    with pytest.raises(BadHeaderError):
        EmailMultiAlternatives("題\nBcc: eve@example.com", "文", None, ["a@example.com"]).send()
    assert not OutgoingMail.objects.exists()


def test_without_an_address_mail_goes_to_the_bundle_s_folder(ledger, settings, sakura):
    settings.KIZUNA_MAIL_URL = ""
    send_mail("コード", "123456", None, ["new@example.com"])
    run_waiting()
    mail = OutgoingMail.objects.get()
    [file] = [path for path in (sakura.folder / "mail").glob("*.eml") if mail.message_id.strip("<>") in path.name]
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["Message-ID"].strip() == mail.message_id
    assert mail.text == "123456", "there is no other place to read it"


def test_a_named_folder_takes_mail(ledger, settings, tmp_path):
    settings.KIZUNA_MAIL_URL = f"file://{tmp_path}/out?from=square@example.com"
    send_mail("題", "文", None, ["new@example.com"])
    run_waiting()
    [file] = (tmp_path / "out").glob("*.eml")
    assert "square@example.com" in message_from_bytes(file.read_bytes(), policy=default)["From"]


def test_a_full_disk_is_waited_out(ledger, settings, tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")
    settings.KIZUNA_MAIL_URL = f"file://{tmp_path}/out"
    send_mail("題", "文", None, ["new@example.com"])
    run_waiting()
    assert OutgoingMail.objects.get().state == "waiting"
