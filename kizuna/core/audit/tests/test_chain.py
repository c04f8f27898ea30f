"""Nothing in the audit log can be changed without being seen, whoever writes at the same time."""

import threading
from contextvars import copy_context
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kizuna.core.audit import actions, queries
from kizuna.core.audit.guard import lowered
from kizuna.core.audit.models import AppendOnly, AuditEntry, AuditHead, AuditNote
from kizuna.core.members import actions as members
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        actions.note("role.granted", actor_id=1, subject=("member", number), detail={"role": "admin"}, now=NOW)
    actions.seal()


def tampered(number: int, **values) -> None:
    with transaction.atomic(), lowered():
        AuditEntry._base_manager.filter(number=number).update(**values)


def test_entries_follow_each_other_by_hash():
    write(3)
    first, second, third = AuditEntry.objects.order_by("number")
    assert (first.number, second.number, third.number) == (1, 2, 3)
    assert first.previous == ""
    assert second.previous == first.digest
    assert third.previous == second.digest
    assert queries.checked() == queries.Verdict(3, 3, third.digest)


def test_a_changed_entry_is_named():
    write(4)
    tampered(3, detail={"role": "owner"})
    verdict = queries.checked()
    assert (verdict.broken, verdict.reason) == (3, "changed")


def test_a_changed_entry_with_a_new_hash_breaks_the_next_one():
    write(4)
    entry = AuditEntry.objects.get(number=2)
    entry.actor_id = 7
    tampered(2, actor_id=7, digest=actions.digest_of(entry, number=2, previous=entry.previous))
    assert queries.checked().broken == 3


def test_a_missing_entry_is_named():
    write(4)
    with transaction.atomic(), lowered():
        AuditEntry._base_manager.filter(number=2)._raw_delete("default")
    assert (queries.checked().broken, queries.checked().reason) == (2, "missing")


def test_entries_cut_off_at_the_end_are_missed_by_the_head_and_by_a_head_kept_elsewhere():
    write(4)
    kept = queries.checked()
    with transaction.atomic(), lowered():
        AuditEntry._base_manager.filter(number=4)._raw_delete("default")
    assert queries.checked().broken == 4
    third = AuditEntry.objects.get(number=3)
    AuditHead.objects.update(number=3, digest=third.digest)
    assert queries.checked().broken is None
    assert queries.checked(expect=(kept.number, kept.digest)).broken == 4


def test_the_model_refuses_changes_and_deletions():
    write(1)
    entry = AuditEntry.objects.get()
    entry.action = "nothing"
    for refused in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor_id=2),
    ):
        with pytest.raises(AppendOnly):
            refused()


@pytest.mark.parametrize("statement", ["UPDATE audit_auditentry SET actor_id = 2", "DELETE FROM audit_auditentry"])
def test_the_database_refuses_as_well(statement):
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().actor_id == 1


def test_a_page_opened_again_within_the_hour_is_written_once(sakura):
    for minutes in (0, 10, 50):
        sakura.caches.clear()
        actions.note_viewing(actor_id=1, page="contact", subject=("contact", 5), now=NOW + timedelta(minutes=minutes))
        actions.seal()
    assert AuditEntry.objects.count() == 1
    actions.note_viewing(actor_id=1, page="contact", subject=("contact", 5), now=NOW + timedelta(minutes=61))
    actions.note_viewing(actor_id=2, page="contact", subject=("contact", 5), now=NOW)
    assert actions.seal() == 2


def test_a_page_opened_again_costs_no_query(django_assert_num_queries, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.note_viewing(actor_id=1, page="contact", subject=("contact", 5), now=NOW)
    with django_assert_num_queries(0):
        actions.note_viewing(actor_id=1, page="contact", subject=("contact", 5), now=NOW)


def test_what_staff_changed_goes_into_the_chain_without_names(chie, aoi, viewer_of):
    members.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="moderator", now=NOW)
    members.suspend_member(viewer=viewer_of(aoi), member_id=chie.pk, reason="千恵さんの件", now=NOW)
    actions.seal()
    granted, suspended = AuditEntry.objects.order_by("number")
    assert (granted.action, granted.actor_id, granted.subject_id) == ("role.granted", aoi.pk, chie.pk)
    assert granted.detail == {"role": "moderator"}
    assert suspended.action == "member.suspended"
    assert suspended.detail == {}


def test_an_act_that_is_undone_leaves_nothing():
    def act() -> None:
        actions.note("role.granted", actor_id=1, now=NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        act()
    assert actions.seal() == 0
    assert not AuditNote.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_sealers_lose_nothing_and_fork_nothing(sakura):
    def work(number: int) -> None:
        for turn in range(12):
            actions.note("role.granted", actor_id=number, subject=("member", turn), now=NOW)
            actions.seal()
        connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(work, number)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    actions.seal()
    assert queries.checked().count == 48
    assert queries.checked().broken is None
    written = AuditEntry.objects.values_list("actor_id", "subject_id")
    assert sorted(written) == sorted((number, turn) for number in range(4) for turn in range(12))
