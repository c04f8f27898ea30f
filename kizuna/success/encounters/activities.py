"""What can happen to encounters. The timeline is written by the actions themselves, so no channel is named here."""

from kizuna.core.activity.types import ActivityType

_OF: dict[str, type] = {"account": int, "kind": str}

ENCOUNTER_LOGGED = ActivityType(
    "encounter.logged",
    "A call, a meeting or a mail with a customer was written down.",
    {**_OF, "minutes": int, "is_internal": bool},
)
ENCOUNTER_EDITED = ActivityType("encounter.edited", "What was written of an encounter was changed.", _OF)
ENCOUNTER_REMOVED = ActivityType("encounter.removed", "An encounter was taken out of sight.", _OF)
ENCOUNTER_RESTORED = ActivityType("encounter.restored", "A removed encounter was brought back.", _OF)
