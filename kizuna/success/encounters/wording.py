"""Words of encounters."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kizuna.success.encounters.models import Encounter

KINDS = {
    Encounter.Kind.CALL: pgettext_lazy("encounter", "Call"),
    Encounter.Kind.MEETING: pgettext_lazy("encounter", "Meeting"),
    Encounter.Kind.MAIL: pgettext_lazy("encounter", "Mail"),
}
DIRECTIONS = {
    Encounter.Direction.OUT: gettext_lazy("We to them"),
    Encounter.Direction.IN: gettext_lazy("They to us"),
    Encounter.Direction.NONE: gettext_lazy("Neither"),
}
ICONS = {Encounter.Kind.CALL: "phone", Encounter.Kind.MEETING: "users", Encounter.Kind.MAIL: "mail"}
SAYS = {
    **{f"{kind.value}.in": gettext_lazy("from %(name)s") for kind in KINDS},
    **{f"{kind.value}.out": gettext_lazy("to %(name)s") for kind in KINDS},
    **{f"{kind.value}.none": gettext_lazy("with %(name)s") for kind in KINDS},
    **{f"{kind.value}.nobody": gettext_lazy("noted by %(name)s") for kind in KINDS},  # whom it was with is not known
}


def length(minutes: int | None) -> str:
    """Say how long it took."""
    if minutes is None:
        return ""
    return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}


def people_of(encounter: Encounter) -> dict[str, list[Any]]:
    """Return who took part, theirs and ours."""
    rows = list(encounter.people.all())
    return {
        "contacts": [row.contact for row in rows if row.contact],
        "members": [row.member for row in rows if row.member],
    }


def excerpt(encounter: Encounter) -> str:
    """Say in a line how long it took and who took part, then what was written."""
    people = people_of(encounter)
    names = [*(person.name for person in people["contacts"]), *(member.name for member in people["members"])]
    with_whom = _("with %(names)s") % {"names": "・".join(names)} if names else ""
    first = "・".join(part for part in (length(encounter.minutes), with_whom) if part)
    return "\n".join(part for part in (first, encounter.body) if part)
