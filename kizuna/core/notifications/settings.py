"""Settings of notifications."""

from kizuna.core.community.settings import SettingKey, between

# The contact budget: what one person gets of notices in a day, however busy the threads they follow.
MAILS_A_DAY = SettingKey("notifications.mails_a_day", 50, between(1, 1000))
