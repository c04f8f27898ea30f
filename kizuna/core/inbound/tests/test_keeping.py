"""A mail is safe before anybody is told so, and kept once however often it is brought."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.base.registry import Person
from kizuna.core.inbound import actions, storage
from kizuna.core.inbound.actions import keeping
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.tests.mails import plain

pytestmark = pytest.mark.django_db


def kept(raw: bytes | None = None, **options) -> InboundMail:
    said = {
        "recipient": "desk@sakura.test",
        "envelope_from": "taro@customer.example",
        "door": "lmtp",
        "now": timezone.now(),
    }
    return actions.keep(raw=plain() if raw is None else raw, **{**said, **options})


def test_bytes_row_and_job_are_there():
    raw = plain()
    mail = kept(raw)
    assert storage.read(mail.raw_key) == raw
    assert storage.path_of(mail.raw_key).stat().st_mode & 0o077 == 0
    assert (mail.state, mail.message_id, mail.size_bytes) == ("waiting", "<m1@customer.example>", len(raw))
    assert Job.objects.get(name="inbound.take").args == {"mail": mail.pk}


def test_the_same_mail_again_is_the_same_row():
    first = kept()
    again = kept(b"Received: by another server\r\nX-Spam: no\r\n" + plain())
    assert again.pk == first.pk
    assert Job.objects.filter(name="inbound.take").count() == 1
    assert len(list(storage.kept())) == 1


def test_another_recipient_is_another_mail():
    assert kept().pk != kept(recipient="other@sakura.test").pk


def test_nobody_shadows_a_mail_by_guessing_its_number():
    forged = kept(plain("偽物"))
    real = kept(plain("本物"))
    assert real.pk != forged.pk
    assert kept(plain("本物")).pk == real.pk


def test_a_mail_without_a_number_is_known_by_its_words():
    assert kept(plain(Message_ID="")).pk == kept(plain(Message_ID="")).pk
    assert kept(plain("別の文", Message_ID="")).pk != kept(plain(Message_ID="")).pk


def test_what_cannot_be_kept_is_said(monkeypatch):
    monkeypatch.setattr(keeping, "LARGEST_MAIL", 100)
    with pytest.raises(actions.NotTaken) as refused:
        kept()
    assert refused.value.is_final
    monkeypatch.undo()

    def full(key, raw):
        raise storage.NoRoom

    monkeypatch.setattr(storage, "write", full)
    with pytest.raises(actions.NotTaken, match="no room"):
        kept()
    assert not InboundMail.objects.exists()


def test_a_flood_waits_at_the_sender(monkeypatch):
    monkeypatch.setattr(keeping, "MOST_FROM_ONE_SENDER", 3)
    for number in range(3):
        kept(plain(Message_ID=f"<{number}@x>"))
    with pytest.raises(actions.NotTaken, match="this sender"):
        kept(plain(Message_ID="<4@x>"))
    assert kept(plain(Message_ID="<1@x>")), "what is known already is taken over again"
    assert kept(plain(Message_ID="<5@x>"), envelope_from="b@customer.example")
    monkeypatch.setattr(keeping, "MOST_WAITING", 4)
    with pytest.raises(actions.NotTaken, match="wait"):
        kept(plain(Message_ID="<6@x>"), envelope_from="c@customer.example")


def test_old_bytes_go_then_rows_and_files_without_a_row(arrive):
    now = timezone.now()
    mail = arrive(to="nobody@sakura.test")
    orphan = "a" * 32
    storage.write(orphan, b"x")
    actions.prune(now=now)
    assert storage.path_of(mail.raw_key).exists()
    actions.prune(now=now + timedelta(days=31))
    gone = InboundMail.objects.get(pk=mail.pk)
    assert (gone.raw_key, gone.text) == ("", "")
    assert not list(storage.kept())
    actions.prune(now=now + timedelta(days=400))
    assert not InboundMail.objects.exists()


def test_what_waits_is_never_pruned():
    mail = kept()
    actions.prune(now=timezone.now() + timedelta(days=900))
    assert storage.path_of(InboundMail.objects.get(pk=mail.pk).raw_key).exists()


def test_a_person_takes_their_mails_along(arrive):
    mail = arrive(to="nobody@sakura.test")
    other = arrive(plain(From="b@customer.example", Message_ID="<b@x>"), to="nobody@sakura.test")
    erased = actions.forget_person(person=Person(addresses=frozenset({"taro@customer.example"})), now=timezone.now())
    assert erased.removed == 1
    assert not storage.path_of(mail.raw_key).exists()
    assert list(InboundMail.objects.values_list("pk", flat=True)) == [other.pk]
