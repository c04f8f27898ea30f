"""What can happen to origins."""

from kizuna.core.activity.types import ActivityType

ORIGIN_SET = ActivityType(
    "origin.set", "It was noted through whom an account or a contract came.", {"referrer": int, "how": str}
)
