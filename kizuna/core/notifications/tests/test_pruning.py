"""What is old goes, what is needed stays."""

import os
from datetime import timedelta

import pytest

from kizuna.core.notifications.actions.pruning import prune
from kizuna.core.notifications.models import Notification, OutgoingMail

pytestmark = pytest.mark.django_db


def test_old_lines_go_and_their_mails_stay_in_the_ledger(told, chie, emi, ben, now):
    told(chie, emi, actor=ben)
    Notification.objects.filter(member=chie).update(read_at=now)
    prune(now=now + timedelta(days=89))
    assert Notification.objects.count() == 2
    prune(now=now + timedelta(days=91))
    assert Notification.objects.get().member_id == emi.pk
    assert OutgoingMail.objects.count() == 2
    prune(now=now + timedelta(days=366))
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("kind", "days", "is_kept"),
    [("account", 2, False), ("letter", 2, False), ("note.written", 2, True), ("note.written", 31, False)],
)
def test_texts_are_kept_as_long_as_they_are_useful(now, kind, days, is_kept):
    OutgoingMail.objects.create(
        message_id="<1@x>",
        kind=kind,
        address="a@example.com",
        text="text",
        html="<p>text</p>",
        created_at=now,
        finished_at=now,
    )
    prune(now=now + timedelta(days=days))
    assert bool(OutgoingMail.objects.get().text) is is_kept


def test_a_mail_that_waits_keeps_its_text(now):
    OutgoingMail.objects.create(message_id="<1@x>", kind="letter", address="a@example.com", text="text", created_at=now)
    prune(now=now + timedelta(days=400))
    assert OutgoingMail.objects.get().text == "text"


def test_the_ledger_and_the_bundle_s_folder_forget_in_the_end(now, sakura):
    folder = sakura.folder / "mail"
    folder.mkdir(exist_ok=True)
    old, new = folder / "old.eml", folder / "new.eml"
    for file, age in ((old, 40), (new, 1)):
        file.write_text("x")
        os.utime(file, ((now - timedelta(days=age)).timestamp(),) * 2)
    OutgoingMail.objects.create(
        message_id="<1@x>", kind="account", address="a@example.com", created_at=now, finished_at=now
    )
    prune(now=now)
    assert not old.exists()
    assert new.exists()
    prune(now=now + timedelta(days=181))
    assert not OutgoingMail.objects.exists()
