"""Settings that effort declares."""

from kizuna.core.community.settings import SettingKey, between

# A timer that runs longer is forgotten: it asks and counts nothing by itself.
TIMER_HOURS = SettingKey("effort.timer_hours", 10, between(1, 24))
