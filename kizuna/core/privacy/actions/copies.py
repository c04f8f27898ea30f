"""Ask for a person's copy, note that it is made, let it go when its time is over."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.audit import actions as audit
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy import policies
from kizuna.core.privacy.models import PersonCopy
from kizuna.core.privacy.queries.copies import file_of

JOB = "privacy.copy"
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def ask_for_copy(
    *, viewer: Viewer, member_id: int | None = None, contact_id: int | None = None, now: datetime
) -> PersonCopy:
    """Have a copy of everything about a person made: of oneself, or as a manager of anybody. One that waits is not made twice."""
    is_own = can_act(viewer) and member_id is not None and member_id == viewer.member_id and contact_id is None
    require(is_own or policies.can_handle(viewer), _("Only owners and admins may do this."))
    Member.objects.select_for_update(of=("self",)).filter(pk=viewer.own_id).first()  # one click at a time
    person = people.completed(Person(member_id=member_id, contact_id=contact_id))
    own = {"member_id": person.member_id, "contact_id": person.contact_id}
    waiting = PersonCopy.objects.filter(**own, state=PersonCopy.State.WAITING, asked_by_id=viewer.member_id).first()
    if waiting is not None:
        return waiting
    copy = PersonCopy.objects.create(
        **own,
        language=viewer.language if is_own else person.language,
        asked_by_id=viewer.member_id,
        created_at=now,
        key=secrets.token_hex(16),
    )
    subject = ("member", person.member_id) if person.member_id else ("contact", person.contact_id)
    audit.note("person.copy_asked", actor_id=viewer.member_id, subject=subject, detail={"copy": copy.pk}, now=now)
    enqueue(JOB, args={"copy": copy.pk}, key=str(copy.pk))
    return copy


@transaction.atomic
def finish_copy(*, copy: PersonCopy, size_bytes: int, record_count: int, now: datetime) -> None:
    """Note that a copy lies ready, and until when."""
    waiting = PersonCopy.objects.filter(pk=copy.pk, state=PersonCopy.State.WAITING)
    waiting.update(
        state=PersonCopy.State.READY,
        finished_at=now,
        expires_at=now + KEPT_FOR,
        size_bytes=size_bytes,
        record_count=record_count,
    )


def expire_copies(*, now: datetime) -> int:
    """Remove the files of copies whose time is over; return how many."""
    return _remove(list(PersonCopy.objects.filter(state=PersonCopy.State.READY, expires_at__lte=now)))


def remove_copies(*, person: Person) -> int:
    """Remove every copy of a person; return how many."""
    copies = PersonCopy.objects.exclude(state=PersonCopy.State.EXPIRED)
    found = list(copies.filter(member_id=person.member_id)) if person.member_id else []
    found += list(copies.filter(contact_id=person.contact_id)) if person.contact_id else []
    return _remove(found)


def note_download(*, copy: PersonCopy, viewer: Viewer, now: datetime) -> None:
    """Write down that a copy was taken."""
    subject = ("member", copy.member_id) if copy.member_id else ("contact", copy.contact_id)
    audit.note("person.copy_taken", actor_id=viewer.member_id, subject=subject, detail={"copy": copy.pk}, now=now)


def _remove(copies: list[PersonCopy]) -> int:
    for copy in copies:
        file_of(copy).unlink(missing_ok=True)
    PersonCopy.objects.filter(pk__in=[copy.pk for copy in copies]).update(state=PersonCopy.State.EXPIRED)
    return len(copies)
