"""What the list of staff changes holds about a person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData
from kizuna.core.community.actions import forget_details
from kizuna.core.community.models import ManagerAction


def changes(*, person: Person) -> Iterator[Any]:
    """Yield what staff did to the member."""
    rows = ManagerAction.objects.filter(subject=f"member:{person.member_id}") if person.member_id else []
    for row in rows:
        yield {"at": row.at, "action": row.action}


def forget_changes(*, person: Person, now: datetime) -> Erased:
    """Take the words out of what staff did to the member; that it was done stays."""
    if person.member_id is None:
        return Erased()
    return Erased(removed=forget_details(subject=f"member:{person.member_id}"))


CHANGES = PersonalData(
    "community.changes",
    _("What staff changed"),
    ("community.ManagerAction.member",),
    changes,
    erase=forget_changes,
)
