"""Persons who are forgotten: what they did stays counted, under nobody."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kizuna.base.rows import update_many
from kizuna.success.usage.actions.names import subject_ids
from kizuna.success.usage.actions.steps import add_counts
from kizuna.success.usage.models import UsageDayCount, UsageForgotten, UsageMembership, UsageSubject
from kizuna.success.usage.tally import PERSON


def note_forgotten(*, person_hashes: Iterable[str], now: datetime) -> None:
    """Note that what was received of these persons until now is nobody's."""
    for person_hash in sorted(person_hashes):
        UsageForgotten.objects.update_or_create(person_hash=person_hash, defaults={"at": now})


@transaction.atomic
def forget_subjects(*, external_ids: Iterable[str]) -> int:
    """Count what these persons did under nobody, and remove them with their traits and memberships; return the rows moved."""
    persons = UsageSubject.objects.filter(kind=PERSON, external_id__in=list(external_ids)).exclude(external_id="")
    ids = list(persons.values_list("pk", flat=True))
    if not ids:
        return 0
    nobody = subject_ids(PERSON, [""])[""]
    moved = _hide_lines(ids, nobody)
    counts = UsageDayCount.objects.filter(person_id__in=ids)
    add_counts(
        (nobody, row.day, row.name_id, row.group_id, "", row.count, row.first_at, row.last_at)
        for row in counts.iterator(chunk_size=2000)
    )
    moved += counts.delete()[0] + UsageMembership.objects.filter(person_id__in=ids).delete()[0]
    return moved + persons.delete()[0]


def _hide_lines(person_ids: list[int], nobody: int) -> int:
    """Put what tables said of persons under nobody. Their sources go too: digests in which the person could be guessed."""
    rows = list(UsageDayCount.objects.filter(person_id__in=person_ids).exclude(source=""))
    for row in rows:
        row.person_id, row.source = nobody, secrets.token_hex(16)
    update_many(rows, ["person", "source"])
    return len(rows)
