"""Write the steps of a fold: traits, memberships, counts and totals."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from kizuna.base.rows import add_up
from kizuna.success.usage.actions.names import name_ids, subject_ids
from kizuna.success.usage.models import UsageDayCount, UsageDayTotal, UsageMembership, UsageSubject
from kizuna.success.usage.tally import GROUP, PERSON, Sayings, Span, merge_saying


def _write_traits(rows: list[tuple[tuple[str, str], Sayings]]) -> None:
    ids = {kind: subject_ids(kind, (word for of, word in map(_first, rows) if of == kind)) for kind in (PERSON, GROUP)}
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
    persons = subject_ids(PERSON, (person for (person, _group), _span in rows))
    groups = subject_ids(GROUP, (group for (_person, group), _span in rows))
    add_up(
        UsageMembership,
        [(persons[person], groups[group], span.first_at, span.last_at) for (person, group), span in rows],
        unique=("person", "group"),
        firsts=("first_at",),
        lasts=("last_at",),
    )


def _write_counts(rows: list[tuple[tuple[date, str, str, str, str], Span]]) -> None:
    persons = subject_ids(PERSON, (key[1] for key, _span in rows))
    groups = subject_ids(GROUP, (key[2] for key, _span in rows))
    names = name_ids((kind, name) for (*_, kind, name), _span in rows)
    add_counts(
        (persons[person], day, names[kind, name], groups[group], "", span.count, span.first_at, span.last_at)
        for (day, person, group, kind, name), span in rows
    )


def add_counts(rows: Iterable[Sequence[Any]]) -> None:
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
    names = name_ids((kind, name) for (_day, kind, name), _count in rows)
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
