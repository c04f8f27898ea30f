"""Settings of mail that arrives, and limits that are the product's own."""

import os
import re
from datetime import timedelta
from typing import Any

from kizuna.core.community.settings import SettingKey, between

LARGEST_MAIL = 30_000_000
MOST_WAITING = 5_000
MOST_FROM_ONE_SENDER = 120  # mails in an hour; more wait at the sender's
RAW_KEPT = timedelta(days=30)
ROWS_KEPT = timedelta(days=365)
LOOK = "inbound.look"  # the job that looks into one mailbox
PURPOSE = "inbound.mailbox"  # what passwords of mailboxes are sealed for
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,190}[a-z0-9])?")


def _receiver(value: Any) -> str:
    text = str(value).strip().lower()
    if text and not _NAME.fullmatch(text):
        raise ValueError("Expected the name of a mail server, such as mx.example.com.")
    return text


# The name under which a trusted receiver in front writes Authentication-Results; empty: none is believed.
RECEIVER = SettingKey("inbound.receiver", "", _receiver)
RAW_DAYS = SettingKey("inbound.raw_days", RAW_KEPT.days, between(1, 400))


def clamd() -> str:
    """Return where the virus scanner listens (`/run/clamav/clamd.ctl` or `127.0.0.1:3310`), "" for none."""
    return os.environ.get("KIZUNA_CLAMD", "")
