"""What can happen to identities."""

from kizuna.core.activity.types import ActivityType

IDENTITY_JOINED = ActivityType(
    "identity.joined", "A company account was joined to a member.", {"provider": int, "how": str}
)
IDENTITY_PARTED = ActivityType("identity.parted", "A company account was parted from a member.", {"provider": int})
IDS_CARRIED = ActivityType(
    "identity.ids_carried", "A provider told the ids of a person and their firm.", {"identity": int}
)
DIRECTORY_CHANGED = ActivityType(
    "directory.changed", "The company's directory made, changed or ended a member.", {"what": str}
)
