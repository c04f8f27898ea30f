"""Who is told of what, and how often."""

from datetime import timedelta

import pytest

from kizuna.base.jobs.models import Job
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import STAFF
from kizuna.core.notifications import actions, queries
from kizuna.core.notifications.models import Notification, OutgoingMail, Recipient
from kizuna.core.notifications.tests import board
from tests.cast import make_member

pytestmark = pytest.mark.django_db


def test_it_writes_a_line_and_a_mail(told, chie, ben):
    activity = told(chie, actor=ben)
    row = Notification.objects.get(member=chie)
    mail = OutgoingMail.objects.get()
    assert (row.kind, row.group_key, row.activity_count, row.actor_ids) == ("note.written", "board_note:1", 1, [ben.pk])
    assert (mail.address, mail.key) == ("chie@example.com", f"activity:{activity.pk}:member:{chie.pk}")
    assert mail.message_id.startswith("<kizuna.sakura.")
    assert (mail.text, mail.html) == ("", "")
    assert Job.objects.filter(name="notifications.send_mails").count() == 1


def test_it_never_tells_the_actor(told, ben):
    told(ben, actor=ben)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"state": Member.State.SUSPENDED}, {"state": Member.State.WAITING}, {"is_imported": True}, {"is_system": True}],
)
def test_it_tells_nobody_who_is_away(told, ben, fields):
    told(make_member("away", **fields), actor=ben)
    assert not Notification.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_what_comes_of_one_act_is_one_mail_and_every_line(told, happened, chie, emi, ben):
    first = told(chie, actor=ben)
    sibling = happened(ben, caused_by=first)
    told(emi, actor=ben, activity=sibling)
    told(chie, emi, actor=ben, activity=happened(ben, caused_by=first))
    assert set(OutgoingMail.objects.values_list("key", flat=True)) == {
        f"activity:{first.pk}:member:{chie.pk}",
        f"activity:{sibling.pk}:member:{emi.pk}",
    }
    assert dict(Notification.objects.values_list("member", "activity_count")) == {chie.pk: 2, emi.pk: 2}


def test_imported_history_reaches_nobody(told, happened, chie, ben):
    told(chie, actor=ben, activity=happened(ben, import_id=7))
    assert not Notification.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_it_tells_nobody_who_may_not_see_the_target(told, notes, chie, ben, emi):
    notes[1].audience = STAFF
    told(chie, emi, actor=ben)
    assert set(Notification.objects.values_list("member", flat=True)) == {emi.pk}


def test_the_author_of_something_that_waits_is_told_all_the_same(told, notes, chie, ben):
    notes[1].audience, notes[1].author = STAFF, chie.pk
    told(chie, actor=ben)
    assert Notification.objects.filter(member=chie).exists()


def test_it_asks_once_about_all_who_share_their_audiences(told, monkeypatch, ben):
    asked = []
    monkeypatch.setattr(board, "ON_LOOK", asked.append)
    told(*(make_member(f"member_{number}") for number in range(5)), actor=ben)
    assert len(asked) == 1
    assert Notification.objects.count() == 5


def test_an_unread_line_counts_and_names_those_who_follow(told, chie, ben, emi, now):
    told(chie, actor=ben)
    told(chie, actor=emi, now=now + timedelta(minutes=1))
    told(chie, actor=ben, now=now + timedelta(minutes=2))
    row = Notification.objects.get(member=chie)
    assert (row.activity_count, row.actor_ids) == (3, [ben.pk, emi.pk])
    assert row.latest_at == now + timedelta(minutes=2)
    assert OutgoingMail.objects.count() == 3


def test_a_read_line_is_left_alone_and_a_new_one_begins(told, chie, ben, viewer_of):
    told(chie, actor=ben)
    actions.mark_read(viewer=viewer_of(chie))
    told(chie, actor=ben)
    assert sorted(Notification.objects.values_list("activity_count", flat=True)) == [1, 1]
    assert queries.unread_count(viewer_of(chie)) == 1


def test_an_activity_delivered_twice_counts_once(told, chie, ben, viewer_of):
    activity = told(chie, actor=ben)
    told(chie, actor=ben, activity=activity)
    actions.mark_read(viewer=viewer_of(chie))
    told(chie, actor=ben, activity=activity)
    assert Notification.objects.get().activity_count == 1
    assert OutgoingMail.objects.count() == 1


def test_an_activity_delivered_late_neither_counts_twice_nor_takes_the_last_word(told, chie, ben, emi, now, viewer_of):
    late = told(chie, actor=ben)
    next_one = told(chie, actor=emi, now=now + timedelta(minutes=1))
    told(chie, actor=ben, activity=late)
    told(chie, actor=emi, activity=next_one)
    row = Notification.objects.get()
    assert (row.activity_count, row.actor_id, row.activity_id) == (2, emi.pk, next_one.pk)


def test_two_kinds_about_one_activity_reach_a_member_once(told, chie, ben):
    activity = told(chie, actor=ben)
    told(chie, actor=ben, activity=activity, kind="note.pinned")
    assert Notification.objects.get().kind == "note.written"


def test_it_respects_what_the_member_chose(told, chie, emi, ben, viewer_of):
    actions.choose_levels(viewer=viewer_of(chie), levels={"note.written": "off"})
    actions.choose_levels(viewer=viewer_of(emi), levels={"note.written": "in_app"})
    told(chie, emi, actor=ben)
    assert list(Notification.objects.values_list("member", flat=True)) == [emi.pk]
    assert not OutgoingMail.objects.exists()


def test_a_kind_without_mail_and_a_kind_not_mailed_by_default_stay_inside(told, chie, ben):
    told(chie, actor=ben, kind="note.pinned")
    told(chie, actor=ben, kind="note.seldom")
    assert Notification.objects.count() == 2
    assert not OutgoingMail.objects.exists()


def test_an_undeclared_kind_is_a_loud_mistake(told, chie):
    with pytest.raises(queries.UnknownKind):
        told(chie, kind="note.unheard_of")


def test_many_are_told_by_jobs_once_each(told, ben):
    members = [make_member(f"member_{number}") for number in range(230)]
    told(*members, actor=ben)
    assert not Notification.objects.exists()
    assert Job.objects.filter(name="notifications.tell").count() == 3
    run_waiting()
    assert Notification.objects.count() == 230
    assert OutgoingMail.objects.count() == 230


def test_a_member_without_address_is_told_inside_only(told, ben):
    told(make_member("silent", email="", email_key=""), actor=ben)
    assert Notification.objects.count() == 1
    assert not Recipient.objects.exists()


def test_a_new_address_is_a_new_recipient(told, chie, ben):
    told(chie, actor=ben)
    Member.objects.filter(pk=chie.pk).update(email="chie@new.example", email_key="chie@new.example")
    told(chie, actor=ben)
    assert Recipient.objects.get(address_key="chie@new.example").member_id == chie.pk
    assert Recipient.objects.get(address_key="chie@example.com").member_id is None


def test_telling_five_costs_few_queries(told, happened, ben, django_assert_max_num_queries):
    members = [make_member(f"member_{number}") for number in range(5)]
    activity = happened(ben)
    with django_assert_max_num_queries(26):
        told(*members, actor=ben, activity=activity)
