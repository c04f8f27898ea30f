"""Append to the log, and seal what waits."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.audit.chain import digest_of
from kizuna.core.audit.models import AuditEntry, AuditHead, AuditNote

CHAIN = "chain"
BATCH = 100  # SQLite has one writer: a transaction stays short
LONGEST_FACT = 300
FACTS = ("key", "at", "actor_id", "action", "subject_type", "subject_id", "detail")


def note(
    action: str,
    *,
    actor_id: int | None,
    subject: tuple[str, int | None] = ("", None),
    detail: dict[str, Any] | None = None,
    key: str | None = None,
    now: datetime | None = None,
) -> None:
    """Write down an act, in its own transaction. `detail` holds small facts (text, numbers, yes or no), never names."""
    AuditNote.objects.bulk_create(
        [
            AuditNote(
                key=key,
                at=now or timezone.now(),
                actor_id=actor_id,
                action=action,
                subject_type=subject[0],
                subject_id=subject[1],
                detail={name: _small(value) for name, value in (detail or {}).items()},
            )
        ],
        ignore_conflicts=key is not None,
    )


def note_viewing(
    *,
    actor_id: int | None,
    page: str,
    subject: tuple[str, int | None],
    now: datetime,
    action: str = "person.viewed",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down that somebody opened a page about a person: once per viewer, page, person and hour."""
    hour = now.strftime("%Y%m%d%H")
    key = f"{action}:{actor_id}:{page}:{subject[0]}:{subject[1]}:{hour}"[:140]
    known = _known_this_hour(hour)
    if key in known:
        return
    if not AuditEntry.objects.filter(key=key).exists():
        note(action, actor_id=actor_id, subject=subject, detail={"page": page, **(detail or {})}, key=key, now=now)
    transaction.on_commit(lambda: known.add(key))


def seal() -> int:
    """Move everything that waits into the chain; return how many entries were added."""
    count = 0
    while added := _seal_some():
        count += added
    return count


@transaction.atomic
def _seal_some() -> int:
    if not AuditNote.objects.exists():
        return 0
    AuditHead.objects.bulk_create([AuditHead(name=CHAIN)], ignore_conflicts=True)
    head = AuditHead.objects.select_for_update().get(name=CHAIN)
    notes = list(AuditNote.objects.order_by("pk")[:BATCH])
    keys = [item.key for item in notes if item.key]
    known = set(AuditEntry.objects.filter(key__in=keys).values_list("key", flat=True))
    entries = []
    for item in notes:
        if item.key and item.key in known:
            continue
        digest = digest_of(item, number=head.number + 1, previous=head.digest)
        facts = {name: getattr(item, name) for name in FACTS}
        entries.append(AuditEntry(number=head.number + 1, previous=head.digest, digest=digest, **facts))
        head.number, head.digest = head.number + 1, digest
    AuditEntry.objects.bulk_create(entries)
    head.save(update_fields=["number", "digest"])
    AuditNote.objects.filter(pk__in=[item.pk for item in notes]).delete()
    return len(notes)


def _known_this_hour(hour: str) -> set[str]:
    """Return what this process wrote down this hour, so that a page opened again costs nothing."""
    kept = hosting.current().caches.setdefault("audit_seen", {})
    if hour not in kept:
        kept.clear()
        kept[hour] = set()
    return kept[hour]


def _small(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_small(item) for item in value][:50]
    return str(value)[:LONGEST_FACT]
