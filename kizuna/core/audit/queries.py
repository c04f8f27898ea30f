"""Read the log. Who may is decided by the pages (`core.privacy`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kizuna.core.audit.chain import digest_of
from kizuna.core.audit.models import AuditEntry, AuditHead

# What `actions.note_viewing` writes: the only entries that name a page.
VIEWINGS = ("person.viewed", "people.listed")


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found: how many entries, its head, and the first entry that is wrong with the reason."""

    count: int
    number: int
    digest: str
    broken: int | None = None
    reason: str = ""


def entries(
    *,
    action: str = "",
    page: str = "",
    actor_ids: Collection[int] | None = None,
    kind: str = "",
    subject: tuple[str, int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> QuerySet[AuditEntry]:
    """Return entries, the latest first; `before` is the number after which a page goes on."""
    found = AuditEntry.objects.order_by("-number")
    if action:
        found = found.filter(action=action)
    if page:
        found = found.filter(action__in=VIEWINGS, detail__page=page)
    if actor_ids is not None:
        found = found.filter(actor_id__in=list(actor_ids))
    if kind:
        found = found.filter(subject_type=kind)
    if subject is not None:
        found = found.filter(subject_type=subject[0], subject_id=subject[1])
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.filter(number__lt=before) if before is not None else found


def checked(*, expect: tuple[int, str] | None = None) -> Verdict:
    """Recompute the whole chain and return the first entry that does not follow from the ones before."""
    number, previous, count = 0, "", 0
    met_expected = expect is None
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=2000):
        count += 1
        if entry.number != number + 1:
            return Verdict(count, number, previous, number + 1, "missing")
        if entry.previous != previous:
            return Verdict(count, number, previous, entry.number, "not linked to the entry before")
        if entry.digest != digest_of(entry, number=entry.number, previous=previous):
            return Verdict(count, number, previous, entry.number, "changed")
        number, previous = entry.number, entry.digest
        if expect is not None and number == expect[0]:
            if previous != expect[1]:
                return Verdict(count, number, previous, number, "not the entry that was written down elsewhere")
            met_expected = True
    head = AuditHead.objects.first()
    if head is not None and (head.number, head.digest) != (number, previous):
        return Verdict(count, number, previous, number + 1, "cut off at the end")
    if not met_expected:
        return Verdict(count, number, previous, number + 1, "cut off before the entry that was written down elsewhere")
    return Verdict(count, number, previous)
