"""The kinds of usage events and the reasons for not taking one, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

KIND_WORDS: dict[str, Any] = {
    "track": _("Action"),
    "page": _("Page"),
    "screen": _("Screen"),
    "identify": _("About a person"),
    "group": _("About a group"),
    "alias": _("Two ids of one person"),
    "table": _("From a table"),
}

REASON_WORDS: dict[str, Any] = {
    "not_an_object": _("An event was not a JSON object."),
    "unknown_type": _("The type was none of identify, track, page, screen, group and alias."),
    "no_identity": _("Neither userId nor anonymousId was given."),
    "no_event_name": _("A track call had no name in “event”."),
    "no_group": _("A group call had no groupId."),
    "no_previous_id": _("An alias call had no previousId."),
    "id_too_long": _("An id was longer than 255 characters."),
    "name_too_long": _("The name of the event was longer than 200 characters."),
    "wrong_shape": _("properties, traits or context were not JSON objects."),
    "bad_timestamp": _("The timestamp was no ISO 8601 time, or lay before the year 2000."),
    "bad_number": _("A number was too large for JSON."),
    "event_too_large": _("The event was larger than 32 KB."),
    "unknown_key": _("The write key was missing, unknown or has ended."),
    "key_may_not": _("The token has no right to send usage."),
}


def kind_word(kind: str) -> str:
    """Return how a kind of event is called."""
    return str(KIND_WORDS.get(kind, kind))


def reason_word(reason: str) -> str:
    """Return why an event was not taken."""
    return str(REASON_WORDS.get(reason, reason))
