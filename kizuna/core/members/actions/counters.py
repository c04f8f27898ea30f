"""What other apps count about a member, pushed down to the row that every author line shows."""

from collections.abc import Mapping

from django.db.models import F

from kizuna.core.members.models import Member

COUNTED = frozenset({"topic_count", "post_count", "accepted_count", "thanks_count"})


def add_to_counts(*, member_id: int, **changes: int) -> None:
    """Add (or take away) to the counts of one member: `add_to_counts(member_id=7, post_count=1)`."""
    _check(changes)
    Member.objects.filter(pk=member_id).update(**{name: F(name) + change for name, change in changes.items()})


def add_to_many_counts(*, changes: Mapping[int, Mapping[str, int]]) -> None:
    """Add to the counts of many members, {member id: {count: change}}; members with the same change share a statement."""
    by_change: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for member_id, change in changes.items():
        _check(dict(change))
        wanted = tuple(sorted((name, number) for name, number in change.items() if number))
        by_change.setdefault(wanted, []).append(member_id)
    for change, member_ids in sorted(by_change.items()):
        if change:
            added = {name: F(name) + number for name, number in change}
            Member.objects.filter(pk__in=member_ids).update(**added)


def set_counts(*, counts: Mapping[int, Mapping[str, int]]) -> None:
    """Replace the counts of members, {member id: {count: number}}; those with the same counts share a statement."""
    by_counts: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for member_id, numbers in counts.items():
        _check(dict(numbers))
        by_counts.setdefault(tuple(sorted(numbers.items())), []).append(member_id)
    for numbers, member_ids in sorted(by_counts.items()):
        Member.objects.filter(pk__in=member_ids).update(**dict(numbers))


def _check(counts: dict[str, int]) -> None:
    if unknown := set(counts) - COUNTED:
        raise TypeError(f"Members have no counts {sorted(unknown)}.")
