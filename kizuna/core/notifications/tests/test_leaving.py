"""A person who leaves takes their mail along; a copied community mails nobody."""

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.core.members import actions as members
from kizuna.core.notifications import actions, personal
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import MailPreference, Notification, OutgoingMail, Recipient

pytestmark = pytest.mark.django_db


def send_all() -> None:
    send_mails(mail_ids=list(OutgoingMail.objects.values_list("pk", flat=True)))


def test_nothing_leads_to_a_member_who_was_erased(told, chie, ben, viewer_of, now):
    told(chie, actor=ben)
    told(ben, actor=chie)
    actions.choose_levels(viewer=viewer_of(chie), levels={"note.pinned": "off"})
    send_all()
    OutgoingMail.objects.create(message_id="<1@x>", kind="account", address="Chie@example.com", created_at=now)
    members.erase_member(viewer=viewer_of(chie), member_id=chie.pk, now=now)
    run_waiting()
    assert not Notification.objects.filter(member=chie).exists()
    assert not MailPreference.objects.filter(member=chie).exists()
    assert not Recipient.objects.filter(address_key="chie@example.com").exists()
    assert not OutgoingMail.objects.filter(address__iexact="chie@example.com").exists()
    assert OutgoingMail.objects.get(actor=chie).text == "", "her name stood in a mail to Ben"
    assert Notification.objects.filter(member=ben).exists()


def test_a_member_s_copy_holds_what_was_told_and_chosen(told, chie, ben, viewer_of):
    told(chie, actor=ben)
    actions.choose_levels(viewer=viewer_of(chie), levels={"note.pinned": "off"})
    asked, other = described(Person(member_id=chie.pk)), described(Person(member_id=ben.pk))
    assert [record["level"] for record in personal.choices(person=asked)] == ["off"]
    assert len(list(personal.told(person=asked))) == len(list(personal.mailed(person=asked))) == 1
    assert not [*personal.choices(person=other), *personal.told(person=other), *personal.mailed(person=other)]


def test_a_copy_of_a_community_sends_nothing_that_waited(told, chie, ben, now):
    told(chie, actor=ben)
    assert actions.stop_waiting_mails(now=now) == 1
    send_all()
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.error, mail.attempt_count) == ("stopped", "copied", 0)
