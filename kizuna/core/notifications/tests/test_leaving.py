"""A person who leaves takes their mail along; a copied community mails nobody."""

import pytest

from kizuna.core.members import actions as members
from kizuna.core.notifications import actions
from kizuna.core.notifications.actions.sending import send_mails
from kizuna.core.notifications.models import MailPreference, Notification, OutgoingMail, Recipient
from kizuna.core.notifications.queries import targets

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
    assert not Notification.objects.filter(member=chie).exists()
    assert not MailPreference.objects.filter(member=chie).exists()
    assert not Recipient.objects.filter(address_key="chie@example.com").exists()
    assert not OutgoingMail.objects.filter(address__iexact="chie@example.com").exists()
    assert OutgoingMail.objects.get(actor=chie).text == "", "her name stood in a mail to Ben"
    assert Notification.objects.filter(member=ben).exists()


def test_a_member_s_copy_holds_what_was_told_and_chosen(told, chie, ben, viewer_of):
    told(chie, actor=ben)
    actions.choose_levels(viewer=viewer_of(chie), levels={"note.pinned": "off"})
    records = list(targets.records_of(member=chie))
    assert [record["record"] for record in records] == ["choice", "told", "mailed"]
    assert not list(targets.records_of(member=ben))


def test_a_copy_of_a_community_sends_nothing_that_waited(told, chie, ben, now):
    told(chie, actor=ben)
    assert actions.stop_waiting_mails(now=now) == 1
    send_all()
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.error, mail.attempt_count) == ("stopped", "copied", 0)
