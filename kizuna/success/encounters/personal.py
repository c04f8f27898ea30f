"""What encounters hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalExempt
from kizuna.success.customers.personal import OURS
from kizuna.success.encounters import actions
from kizuna.success.encounters.models import Encounter

BATCH = 1000


def shared(*, person: Person) -> Iterator[Any]:
    """Yield the calls, meetings and mails with the person that may be shown to customers."""
    yield from _with(person, is_internal=False)


def internal(*, person: Person) -> Iterator[Any]:
    """Yield those that the team wrote down for itself."""
    yield from _with(person, is_internal=True)


def _with(person: Person, *, is_internal: bool) -> Iterator[Any]:
    rows = Encounter.objects.filter(
        people__contact_id=person.contact_id or 0, is_internal=is_internal, is_removed=False
    )
    columns = ("at", "kind", "direction", "minutes", "title", "body")
    yield from rows.order_by("at", "id").values(*columns).iterator(chunk_size=BATCH)


ENCOUNTERS = PersonalData(
    "encounters.shared",
    _("Calls, meetings and mails"),
    ("encounters.EncounterPerson.contact",),
    shared,
    erase=actions.forget_person,
    order=30,
    kept_because=_("That there was a call or a meeting stays on the customer's timeline, without name and words."),
)
INTERNAL = PersonalData(
    "encounters.internal",
    _("Calls, meetings and mails as the team noted them"),
    (),
    internal,
    disclosure="withheld",
    withheld_because=OURS,
)
BY_STAFF = PersonalExempt(
    "encounters.by_staff",
    covers=("encounters.Encounter.author", "encounters.EncounterPerson.member", "encounters.EncounterVersion.by"),
    reason="Says who of the team wrote something down or took part; an erased member's row has no name any more.",
)
