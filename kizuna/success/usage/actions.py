"""Write what usage adds up to. Each function is one short transaction; the fold's lock makes it the only writer."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.rows import add_up, insert_many, update_many
from kizuna.core.members import actions as members
from kizuna.core.members.models import ApiToken
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions import Touch, write_touchpoints
from kizuna.success.customers.policies import require_worker
from kizuna.success.usage.accounts import Looked, accounts_of_groups, noons_of, noted_at
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
from kizuna.success.usage.tally import GROUP, PERSON, TABLE, Sayings, Span, Step, merge_saying

FOLDING = "fold"
CHANNEL, TARGET = "usage", "usage_change"
CLEARED_AT_ONCE = 1_000
IDS_AT_ONCE = 500
LOOK_AFTER = timedelta(minutes=2)  # a table comes in many batches: the accounts are looked at once it is quiet


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


@dataclass(frozen=True)
class Said:
    """What a line of a table says: how often somebody did something for a group on a day; `people` where it names nobody."""

    source: str
    day: date
    person: str
    group: str
    name: str
    count: int
    people: int | None = None


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
    """Clear a part of what events added up to; once nothing is left, set every fold back and return False."""
    of_events = (
        UsageDayCount.objects.filter(source=""),
        UsageDayTotal.objects.exclude(name__kind=TABLE).order_by("pk"),
        UsageMembership.objects.order_by("pk"),
    )
    for rows in of_events:
        ids = list(rows.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
        if ids:
            rows.model._default_manager.filter(pk__in=ids).delete()
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
    moved = _hide_lines(ids, nobody)
    counts = UsageDayCount.objects.filter(person_id__in=ids)
    _add_counts(
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


@transaction.atomic
def bring_counts(*, viewer: Viewer, rows: Sequence[Said], import_id: int, now: datetime) -> list[int]:
    """Note what lines of a table say for the first time; return the ids. The many-form, for importers."""
    require_worker(viewer)
    persons = _ids(PERSON, (row.person for row in rows))
    groups = _ids(GROUP, (row.group for row in rows))
    names = _names((TABLE, row.name) for row in rows)
    noons = noons_of(row.day for row in rows)
    made = []
    for row in rows:
        at = min(noons[row.day], now)
        made.append(
            UsageDayCount(
                day=row.day,
                person_id=persons[row.person],
                group_id=groups[row.group],
                name_id=names[TABLE, row.name],
                count=row.count,
                people_count=row.people,
                first_at=at,
                last_at=at,
                source=row.source,
                import_id=import_id,
            )
        )
    insert_many(made)
    _after_lines([(row, row.count) for row in made], groups=set(groups), now=now)
    return [row.pk for row in made]


@transaction.atomic
def change_counts(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime
) -> dict[int, dict[str, list[Any]]]:
    """Let lines say another `count`, `people_count` or `import_id`. Returns {line: {field: [before, after]}} of what changed."""
    require_worker(viewer)
    found: dict[int, dict[str, list[Any]]] = {}
    moved: list[tuple[UsageDayCount, int]] = []
    lines = UsageDayCount.objects.select_for_update(of=("self",)).select_related("group").exclude(source="")
    for row in lines.filter(pk__in=list(changes)).order_by("pk"):
        differing = {name: [old, new] for name, new in changes[row.pk].items() if (old := getattr(row, name)) != new}
        if not differing:
            continue
        found[row.pk] = differing
        moved.append((row, changes[row.pk].get("count", row.count) - row.count))
        for name, (_before, after) in differing.items():
            setattr(row, name, after)
    update_many([row for row, _more in moved], ["count", "people_count", "import_id"])
    _after_lines(moved, groups={row.group.external_id for row, _more in moved}, now=now)
    return found


@transaction.atomic
def take_back_counts(*, viewer: Viewer, ids: Collection[int], import_id: int, now: datetime) -> dict[int, str]:
    """Remove lines that an import said first. Returns {line: why it stays}: a later import says otherwise."""
    require_worker(viewer)
    rows = UsageDayCount.objects.select_for_update(of=("self",)).select_related("group").exclude(source="")
    found = list(rows.filter(pk__in=list(ids)).order_by("pk"))
    going = [row for row in found if row.import_id == import_id]
    UsageDayCount.objects.filter(pk__in=[row.pk for row in going]).delete()
    _after_lines([(row, -row.count) for row in going], groups={row.group.external_id for row in going}, now=now)
    return {row.pk: "changed_since" for row in found if row.import_id != import_id}


def _after_lines(moved: Iterable[tuple[UsageDayCount, int]], *, groups: set[str], now: datetime) -> None:
    """Let the totals of days follow, and have the accounts looked at again."""
    totals: Counter[tuple[date, int]] = Counter()
    for row, more in moved:
        totals[row.day, row.name_id] += more
    grown = sorted((day, name_id, count) for (day, name_id), count in totals.items() if count > 0)
    add_up(UsageDayTotal, grown, unique=("day", "name"), sums=("count",))
    for (day, name_id), count in sorted(totals.items()):
        if count < 0:
            UsageDayTotal.objects.filter(day=day, name_id=name_id).update(count=F("count") + count)
            UsageDayTotal.objects.filter(day=day, name_id=name_id, count=0).delete()
    if groups:
        AccountUsage.objects.filter(account_id__in=accounts_of_groups(groups), is_stale=False).update(is_stale=True)
        enqueue("usage.look_at_accounts", key="after-table", run_at=now + LOOK_AFTER, priority=-1)


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
    _add_counts(
        (persons[person], day, names[kind, name], groups[group], "", span.count, span.first_at, span.last_at)
        for (day, person, group, kind, name), span in rows
    )


def _add_counts(rows: Iterable[Sequence[Any]]) -> None:
    """Add up what events say."""
    add_up(
        UsageDayCount,
        rows,
        unique=("person", "day", "name", "group", "source"),
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
def note_usage(*, looked: Mapping[int, Looked | None], now: datetime) -> int:
    """Store what a look at accounts found, and put their changes on the timeline. Returns how many changes are new.

    An account whose usage was all taken back has none any more.
    """
    gone = [account_id for account_id, found in looked.items() if found is None]
    AccountUsage.objects.filter(account_id__in=gone, is_stale=True).delete()
    used = sorted((account_id, found) for account_id, found in looked.items() if found is not None)
    for account_id, found in used:
        values = {**found.values, "made_at": now, "is_stale": False}
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
        for account_id, found in used
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
