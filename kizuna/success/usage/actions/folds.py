"""Folds: what was received becomes counts, once; and everything counted again."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from kizuna.core.members import actions as members
from kizuna.core.members.models import ApiToken
from kizuna.success.usage.actions.steps import WRITERS
from kizuna.success.usage.models import (
    UsageDayCount,
    UsageDayTotal,
    UsageFold,
    UsageMembership,
    UsageReceipt,
    UsageRefusal,
    UsageState,
    UsageSubject,
)
from kizuna.success.usage.tally import TABLE, Step

FOLDING = "fold"

CLEARED_AT_ONCE = 1_000


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
