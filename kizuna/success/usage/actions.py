"""Write what usage adds up to. Each function is one short transaction; the fold's lock makes it the only writer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kizuna.base.rows import add_up
from kizuna.core.members import actions as members
from kizuna.core.members.models import ApiToken
from kizuna.success.customers.actions import Touch, write_touchpoints
from kizuna.success.usage.accounts import Looked, noted_at
from kizuna.success.usage.models import (
    AccountUsage,
    UsageChange,
    UsageDayCount,
    UsageDayTotal,
    UsageFold,
    UsageForgotten,
    UsageMembership,
    UsageName,
    UsageReceipt,
    UsageRefusal,
    UsageState,
    UsageSubject,
)
from kizuna.success.usage.tally import GROUP, PERSON, Sayings, Span, Step, merge_saying

FOLDING = "fold"
CHANNEL, TARGET = "usage", "usage_change"
CLEARED_AT_ONCE = 1_000
IDS_AT_ONCE = 500


@dataclass
class Books:
    """What a fold received, for the books: by (day, write key) and by (day, write key or None, reason)."""

    taken: Counter[tuple[date, int]] = field(default_factory=Counter)
    repeated: Counter[tuple[date, int]] = field(default_factory=Counter)
    last_at: dict[tuple[date, int], datetime] = field(default_factory=dict)
    refused: dict[tuple[date, int | None, str], tuple[int, str, datetime]] = field(default_factory=dict)

    def refuse(self, place: tuple[date, int | None, str], *, count: int, example: str, at: datetime) -> None:
        """Note events that were not taken."""
        before = self.refused.get(place, (0, "", at))
        self.refused[place] = (before[0] + count, example or before[1], max(at, before[2]))


@transaction.atomic
def begin_fold(
    *, mark: str, segments: list[str], days: list[str], event_count: int, books: Books, now: datetime
) -> UsageFold:
    """Make a fold count: from this commit on its events are received, and only once."""
    fold = UsageFold.objects.create(mark=mark, segments=segments, days=days, event_count=event_count, made_at=now)
    known = {token.pk: token for token in ApiToken.objects.filter(pk__in={key for _day, key in books.last_at})}
    for place in sorted(books.last_at):
        day, key = place
        if key in known:
            _add_receipt(day, known[key], books.taken[place], books.repeated[place], books.last_at[place])
    for (day, refused_key, reason), (count, example, at) in books.refused.items():
        _add_refusal(day, refused_key, reason, count, example, at)
    return fold


@transaction.atomic
def count_step(*, fold: UsageFold, number: int, step: Step) -> None:
    """Write one step of a fold, and that it is written."""
    moved = UsageFold.objects.filter(pk=fold.pk, step=number).update(step=number + 1)
    if not moved:
        raise RuntimeError(f"Step {number} of fold {fold.pk} was counted by somebody else.")
    WRITERS[step.kind](step.rows)


def end_fold(*, fold: UsageFold, now: datetime) -> None:
    """Note that every step of a fold is written."""
    UsageFold.objects.filter(pk=fold.pk).update(counted_at=now)


def state(*, time_zone: str) -> UsageState:
    """Return the one row about counting, made at the first time."""
    return UsageState.objects.get_or_create(name=FOLDING, defaults={"time_zone": time_zone})[0]


def begin_again(*, time_zone: str) -> None:
    """Have everything counted again in days of `time_zone`; what is there is cleared by `clear_some`."""
    UsageState.objects.update_or_create(name=FOLDING, defaults={"time_zone": time_zone, "is_clearing": True})


@transaction.atomic
def clear_some() -> bool:
    """Clear a part of what was counted; once nothing is left, set every fold back and return False."""
    for model in (UsageDayCount, UsageDayTotal, UsageMembership):
        ids = list(model.objects.order_by("pk").values_list("pk", flat=True)[:CLEARED_AT_ONCE])
        if ids:
            model.objects.filter(pk__in=ids).delete()
            return True
    ids = list(
        UsageSubject.objects.exclude(trait_times={}).order_by("pk").values_list("pk", flat=True)[:CLEARED_AT_ONCE]
    )
    if ids:
        UsageSubject.objects.filter(pk__in=ids).update(traits={}, trait_times={})
        return True
    UsageFold.objects.update(step=0, counted_at=None)
    UsageState.objects.filter(name=FOLDING).update(is_clearing=False)
    return False


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
    nobody = _ids(PERSON, [""])[""]
    counts = UsageDayCount.objects.filter(person_id__in=ids)
    add_up(
        UsageDayCount,
        [
            (nobody, row.day, row.name_id, row.group_id, row.count, row.first_at, row.last_at)
            for row in counts.iterator(chunk_size=2000)
        ],
        unique=("person", "day", "name", "group"),
        sums=("count",),
        firsts=("first_at",),
        lasts=("last_at",),
    )
    moved = counts.delete()[0] + UsageMembership.objects.filter(person_id__in=ids).delete()[0]
    return moved + persons.delete()[0]


def _write_traits(rows: list[tuple[tuple[str, str], Sayings]]) -> None:
    ids = {kind: _ids(kind, (word for of, word in map(_first, rows) if of == kind)) for kind in (PERSON, GROUP)}
    subjects = UsageSubject.objects.in_bulk([ids[kind][word] for (kind, word), _said in rows])
    for (kind, word), sayings in rows:
        subject = subjects[ids[kind][word]]
        said: Sayings = {
            name: (at, message, subject.traits.get(name)) for name, (at, message) in subject.trait_times.items()
        }
        for name, saying in sayings.items():
            merge_saying(said, name, saying)
        subject.traits = {name: value for name, (_at, _message, value) in said.items()}
        subject.trait_times = {name: [at, message] for name, (at, message, _value) in said.items()}
    UsageSubject.objects.bulk_update(subjects.values(), ["traits", "trait_times"], batch_size=100)


def _first(row: tuple[Any, Any]) -> Any:
    return row[0]


def _write_memberships(rows: list[tuple[tuple[str, str], Span]]) -> None:
    persons = _ids(PERSON, (person for (person, _group), _span in rows))
    groups = _ids(GROUP, (group for (_person, group), _span in rows))
    add_up(
        UsageMembership,
        [(persons[person], groups[group], span.first_at, span.last_at) for (person, group), span in rows],
        unique=("person", "group"),
        firsts=("first_at",),
        lasts=("last_at",),
    )


def _write_counts(rows: list[tuple[tuple[date, str, str, str, str], Span]]) -> None:
    persons = _ids(PERSON, (key[1] for key, _span in rows))
    groups = _ids(GROUP, (key[2] for key, _span in rows))
    names = _names((kind, name) for (*_, kind, name), _span in rows)
    add_up(
        UsageDayCount,
        [
            (persons[person], day, names[kind, name], groups[group], span.count, span.first_at, span.last_at)
            for (day, person, group, kind, name), span in rows
        ],
        unique=("person", "day", "name", "group"),
        sums=("count",),
        firsts=("first_at",),
        lasts=("last_at",),
    )


def _write_totals(rows: list[tuple[tuple[date, str, str], int]]) -> None:
    names = _names((kind, name) for (_day, kind, name), _count in rows)
    add_up(
        UsageDayTotal,
        [(day, names[kind, name], count) for (day, kind, name), count in rows],
        unique=("day", "name"),
        sums=("count",),
    )


WRITERS: dict[str, Any] = {
    "traits": _write_traits,
    "memberships": _write_memberships,
    "counts": _write_counts,
    "totals": _write_totals,
}


def _ids(kind: str, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the ids of the subjects of one kind, made where they are new."""
    wanted = sorted(set(external_ids))
    found = _stored_ids(kind, wanted)
    if missing := [word for word in wanted if word not in found]:
        UsageSubject.objects.bulk_create(
            [UsageSubject(kind=kind, external_id=word) for word in missing], ignore_conflicts=True
        )
        found.update(_stored_ids(kind, missing))
    return found


def _stored_ids(kind: str, external_ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(external_ids), IDS_AT_ONCE):
        part = external_ids[start : start + IDS_AT_ONCE]
        found.update(UsageSubject.objects.filter(kind=kind, external_id__in=part).values_list("external_id", "pk"))
    return found


def _names(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the ids of these names, made where they are new."""
    wanted = set(keys)
    found = _stored_names(wanted)
    if missing := sorted(wanted - set(found)):
        UsageName.objects.bulk_create(
            [UsageName(kind=kind, name=name) for kind, name in missing], ignore_conflicts=True
        )
        found.update(_stored_names(set(missing)))
    return found


def _stored_names(keys: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = UsageName.objects.filter(name__in={name for _, name in keys}).values_list("kind", "name", "pk")
    return {(kind, name): pk for kind, name, pk in rows}


def _add_receipt(day: date, token: ApiToken, taken: int, repeated: int, at: datetime) -> None:
    receipt, _made = UsageReceipt.objects.get_or_create(day=day, token=token, defaults={"last_at": at})
    receipt.taken_count += taken
    receipt.repeated_count += repeated
    receipt.last_at = max(receipt.last_at, at)
    receipt.save()
    if token.last_used_at is None or token.last_used_at < at:
        members.note_token_used(token=token, now=at)


def _add_refusal(day: date, key: int | None, reason: str, count: int, example: str, at: datetime) -> None:
    if key is not None and not ApiToken.objects.filter(pk=key).exists():
        key = None
    refusal, _made = UsageRefusal.objects.get_or_create(day=day, token_id=key, reason=reason, defaults={"last_at": at})
    refusal.count += count
    refusal.example = example or refusal.example
    refusal.last_at = max(refusal.last_at, at)
    refusal.save()


@transaction.atomic
def note_usage(*, looked: dict[int, Looked], now: datetime) -> int:
    """Store what a look at accounts found, and put their changes on the timeline. Returns how many changes are new."""
    for account_id in sorted(looked):
        values = {**looked[account_id].values, "made_at": now}
        AccountUsage.objects.update_or_create(account_id=account_id, defaults=values)
    rows = [
        UsageChange(
            key=f"usage:{account_id}:{change.kind}:{change.day.isoformat()}",
            account_id=account_id,
            kind=change.kind,
            day=change.day,
            before=change.before,
            after=change.after,
            at=noted_at(change.known_on),
        )
        for account_id, found in sorted(looked.items())
        for change in found.changes
    ]
    keys = [row.key for row in rows]
    known = set(UsageChange.objects.filter(key__in=keys).values_list("key", flat=True))
    UsageChange.objects.bulk_create([row for row in rows if row.key not in known], ignore_conflicts=True)
    return write_touchpoints([_touch_of(row) for row in UsageChange.objects.filter(key__in=set(keys) - known)])


def _touch_of(change: UsageChange) -> Touch:
    return Touch(
        key=change.key,
        channel=CHANNEL,
        at=change.at,
        account_id=change.account_id,
        kind=f"usage.{change.kind}",
        source_type=TARGET,
        source_id=change.pk,
        is_internal=True,
    )
