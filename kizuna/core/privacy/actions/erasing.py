"""Erase a person: at once what shows who they are, then, by a job, everything that leads to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs import running
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import Erased, Person, PersonalData
from kizuna.base.registry import personal as people
from kizuna.core.audit import actions as audit
from kizuna.core.members.actions import close_membership
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy import policies
from kizuna.core.privacy.actions.tombstones import lay_tombstone
from kizuna.core.privacy.models import PersonErasure
from kizuna.core.privacy.queries.people import is_there

JOB = "privacy.erase"


@transaction.atomic
def erase_person(
    *, viewer: Viewer, member_id: int | None = None, contact_id: int | None = None, now: datetime
) -> PersonErasure:
    """Erase a person as member and as contact: whoever is one of them is erased as both."""
    policies.require_handler(viewer)
    person = people.completed(Person(member_id=member_id, contact_id=contact_id))
    if not is_there(person):
        raise Refused(_("There is no such person."), code="missing")
    erasure = begin_erasure(person=person, by_id=viewer.member_id, now=now)
    if person.member_id and not Member.objects.filter(pk=person.member_id, state=Member.State.ERASED).exists():
        close_membership(viewer=viewer, member_id=person.member_id, now=now)
    return erasure


@transaction.atomic
def begin_erasure(*, person: Person, by_id: int | None, now: datetime, is_replayed: bool = False) -> PersonErasure:
    """Write what is to be erased and let the job begin. Called in the transaction that closes a membership, before it."""
    own: dict[str, Any] = {"member_id": person.member_id, "contact_id": person.contact_id}
    waiting = PersonErasure.objects.filter(**own, finished_at__isnull=True).first()
    if waiting is not None:
        return waiting
    if not is_replayed:
        lay_tombstone(person=person, now=now)
    erasure = PersonErasure.objects.create(
        **own,
        by_id=by_id,
        is_replayed=is_replayed,
        person=person.as_args(),
        created_at=now,
    )
    subject = ("member", person.member_id) if person.member_id else ("contact", person.contact_id)
    audit.note("person.erasure_begun", actor_id=by_id, subject=subject, detail={"erasure": erasure.pk}, now=now)
    enqueue(JOB, args={"erasure": erasure.pk}, key=str(erasure.pk))
    return erasure


def work_on_erasure(*, erasure_id: int, clock: Callable[[], datetime]) -> None:
    """Run the erasers that are not done, each with its note in one transaction; begun again, it goes on where it was."""
    erasure = PersonErasure.objects.filter(pk=erasure_id, finished_at__isnull=True).first()
    if erasure is None:
        return
    person = Person.from_args(erasure.person)
    for declared in people.erasers():
        if declared.name not in erasure.report:
            _run(erasure, declared, person, now=clock())
    _finish(erasure, now=clock())


def _run(erasure: PersonErasure, declared: PersonalData, person: Person, *, now: datetime) -> None:
    assert declared.erase is not None
    result = declared.erase(person=person, now=now) if declared.is_outside else None
    with transaction.atomic():
        row = PersonErasure.objects.select_for_update(of=("self",)).get(pk=erasure.pk)
        done: Erased = declared.erase(person=person, now=now) if result is None else result
        row.report = {**row.report, declared.name: {"removed": done.removed, "kept": done.kept}}
        row.save(update_fields=["report"])
        running.checkpoint({"done": len(row.report)})  # raises when another worker has the job: the step is undone
    erasure.report = row.report


@transaction.atomic
def _finish(erasure: PersonErasure, *, now: datetime) -> None:
    finished = PersonErasure.objects.filter(pk=erasure.pk, finished_at__isnull=True)
    if not finished.update(finished_at=now, person={}):
        return
    removed = sum(done["removed"] for done in erasure.report.values())
    kept = sum(done["kept"] for done in erasure.report.values())
    subject = ("member", erasure.member_id) if erasure.member_id else ("contact", erasure.contact_id)
    detail = {"erasure": erasure.pk, "removed": removed, "kept": kept}
    audit.note("person.erased", actor_id=erasure.by_id, subject=subject, detail=detail, now=now)
