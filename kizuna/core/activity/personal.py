"""What the log holds about a person, for copies."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.activity.models import Activity, MemberDayCount


def acts(*, person: Person) -> Iterator[Any]:
    """Yield what the member did, oldest first."""
    rows = Activity.objects.filter(actor_id=person.member_id or 0).order_by("id")
    yield from rows.values("at", "verb", "object_type", "object_id", "props").iterator(chunk_size=1000)


def keep_under_no_name(*, person: Person, now: Any) -> Erased:
    """Keep the log: its actor is a row without a name by now, and topics and counts of others hang on it."""
    acted = Activity.objects.filter(actor_id=person.member_id or 0).count()
    return Erased(kept=acted + MemberDayCount.objects.filter(member_id=person.member_id or 0).count())


ACTS = PersonalData(
    "activity.acts",
    _("Activity"),
    ("activity.Activity.actor", "activity.MemberDayCount.member"),
    acts,
    erase=keep_under_no_name,
    kept_because=_("Counts of the whole community rest on it; whose it was is not known any more."),
)
BY_STAFF = PersonalExempt(
    "community.by_staff",
    covers=("community.Setting.changed_by", "community.WordRule.created_by"),
    reason="Says which member acted; an erased member's row has no name any more.",
)
