"""What calls hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.calls import actions
from kizuna.success.calls.models import Call

BATCH = 1000


def calls(*, person: Person) -> Iterator[Any]:
    """Yield the calls with the person; what the team wrote of them is part of encounters."""
    rows = Call.objects.filter(contact_id=person.contact_id or 0, is_removed=False).order_by("at", "id")
    columns = ("at", "ended_at", "direction", "state", "number", "seconds", "recording_url")
    yield from rows.values(*columns).iterator(chunk_size=BATCH)


CALLS = PersonalData(
    "calls.calls",
    _("Calls"),
    ("calls.Call.contact",),
    calls,
    erase=actions.forget_person,
    order=20,
    kept_because=_("That there was a call, and when, stays for the counts, without number, note and recording."),
)
BY_STAFF = PersonalExempt(
    "calls.by_staff",
    covers=(
        "calls.Call.member", "calls.Call.created_by", "calls.CallVersion.by", "calls.CallSource.made_by",
    ),
    reason="Says who of the team took a call, wrote it down or set a telephone system up; an erased member's row has no name.",
)  # fmt: skip
