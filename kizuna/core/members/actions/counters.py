"""What other apps count about a member, pushed down to the row that every author line shows."""

from django.db.models import F

from kizuna.core.members.models import Member

COUNTED = frozenset({"topic_count", "post_count", "accepted_count", "thanks_count"})


def add_to_counts(*, member_id: int, **changes: int) -> None:
    """Add (or take away) to the counts of one member: `add_to_counts(member_id=7, post_count=1)`."""
    _check(changes)
    Member.objects.filter(pk=member_id).update(**{name: F(name) + change for name, change in changes.items()})


def set_counts(*, member_id: int, **counts: int) -> None:
    """Replace the counts of one member by what was counted again."""
    _check(counts)
    Member.objects.filter(pk=member_id).update(**counts)


def _check(counts: dict[str, int]) -> None:
    if unknown := set(counts) - COUNTED:
        raise TypeError(f"Members have no counts {sorted(unknown)}.")
