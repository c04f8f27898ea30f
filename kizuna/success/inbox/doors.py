"""Through which door an answer goes out."""

from django.utils.module_loading import import_string

from kizuna.base.registry import ReplyDoor, of
from kizuna.success.inbox.models import Inquiry


def door_of(inquiry: Inquiry) -> ReplyDoor | None:
    """Return the first declared door of the inquiry's channel that takes it, or None: answered another way."""
    for door in of(ReplyDoor):
        if door.channel == inquiry.channel and (not door.takes or import_string(door.takes)(inquiry=inquiry)):
            return door
    return None
