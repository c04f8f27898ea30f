"""Settings of notifications."""

import re
from typing import Any

from kizuna.core.community.settings import SettingKey, between

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,190}[a-z0-9])?")


def _host(value: Any) -> str:
    text = str(value).strip().lower()
    if text and not _HOST.fullmatch(text):
        raise ValueError("Expected the name of a host, such as community.example.com.")
    return text


# The contact budget: what one person gets of notices in a day, however busy the threads they follow.
MAILS_A_DAY = SettingKey("notifications.mails_a_day", 50, between(1, 1000))
# Where answers by mail to notifications are received (`reply+…@HOST`); empty: notifications take no answers.
REPLY_HOST = SettingKey("notifications.reply_host", "", _host)
# Each new number makes a new secret in the address that the mail provider calls.
EVENTS_VERSION = SettingKey("notifications.events_version", 1, between(1, 1_000_000))
