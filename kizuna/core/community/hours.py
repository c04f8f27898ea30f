"""The community's business hours: a setting, read as `base.hours`."""

from typing import Any

from kizuna.base import hosting
from kizuna.base.hours import Hours, hours_of, stored
from kizuna.core.community import queries
from kizuna.core.community import settings as keys
from kizuna.core.community.settings import SettingKey

OFFICE = [["9:00", "12:00"], ["13:00", "18:00"]]


def _checked(value: Any) -> dict[str, Any]:
    try:
        return stored(hours_of(value, zone="UTC"))
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError("Expected hours.") from error


HOURS = SettingKey("community.hours", {"week": {day: OFFICE for day in ("mon", "tue", "wed", "thu", "fri")}}, _checked)


def business_hours() -> Hours:
    """Return when there is somebody to answer, in the time zone of the community; read once per change."""
    zone, value = queries.setting(keys.TIME_ZONE), queries.setting(HOURS)
    number = queries.site_generation()
    caches = hosting.current().caches
    cached = caches.get("hours")
    if cached is None or cached[0] != number:
        cached = caches["hours"] = (number, hours_of(value, zone=zone))
    found: Hours = cached[1]
    return found
