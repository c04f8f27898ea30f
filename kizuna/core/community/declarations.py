"""What this app declares to the apps below it."""

from kizuna.base.registry import DayZone
from kizuna.core.community.queries import setting
from kizuna.core.community.settings import TIME_ZONE


def time_zone() -> str:
    """Return the name of the community's time zone."""
    return setting(TIME_ZONE)


DAY_ZONE = DayZone("community", time_zone)
