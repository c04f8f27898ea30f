"""Time zones to choose from: the usual ones first, then all places by continent."""

from itertools import groupby
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

USUAL = (
    "Asia/Tokyo", "UTC", "Asia/Seoul", "Asia/Shanghai", "Asia/Taipei", "Asia/Singapore", "Australia/Sydney",
    "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles",
)  # fmt: skip
CONTINENTS = {
    "Africa": _("Africa"), "America": _("America"), "Antarctica": _("Antarctica"), "Asia": _("Asia"),
    "Atlantic": _("Atlantic"), "Australia": _("Australia"), "Europe": _("Europe"), "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}  # fmt: skip

Group = tuple[object, list[tuple[str, str]]]


def zones(current: str) -> list[Group]:
    """Return the groups of a choice field; one set by other means is among them."""
    known = sorted(name for name in available_timezones() if _continent(name) in CONTINENTS)
    usual = [*USUAL] if current in USUAL or current in known else [current, *USUAL]
    places = [
        (CONTINENTS[continent], [(name, name) for name in names if name not in usual])
        for continent, names in groupby(known, key=_continent)
    ]
    return [(_("Usual"), [(name, name) for name in usual]), *places]


def _continent(name: str) -> str:
    return name.partition("/")[0] if "/" in name else ""
