"""What can happen to inquiries. They stand on the timeline by themselves, so no channel is named here."""

from kizuna.core.activity.types import ActivityType

INQUIRY_OPENED = ActivityType("inquiry.opened", "A customer asked something.", {"account": int, "channel": str})
INQUIRY_CHANGED = ActivityType("inquiry.changed", "Facts of an inquiry were changed.", {"fields": str})
