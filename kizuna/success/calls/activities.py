"""What can happen to calls. The timeline is written by encounters and inquiries, so no channel is named here."""

from kizuna.core.activity.types import ActivityType

_OF: dict[str, type] = {"account": int, "direction": str, "inquiry": int}

CALL_LOGGED = ActivityType("call.logged", "A call was written down by hand.", {**_OF, "minutes": int, "outcome": str})
CALL_ENDED = ActivityType(
    "call.ended", "A call that was taken ended, as a telephone system says.", {**_OF, "minutes": int}
)
CALL_MISSED = ActivityType("call.missed", "A call came that nobody took.", {**_OF, "again": bool})
CALL_CHANGED = ActivityType("call.changed", "What is known of a call was changed.", _OF)
CALL_REMOVED = ActivityType("call.removed", "A call was taken out of sight.", _OF)
CALL_RESTORED = ActivityType("call.restored", "A removed call was brought back.", _OF)
