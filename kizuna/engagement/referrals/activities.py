"""What can happen to referrals."""

from kizuna.core.activity.types import ActivityType

LINK_MADE = ActivityType("referral.link_made", "A member made or renewed their link.")
LINK_SWITCHED = ActivityType("referral.link_switched", "A manager switched a member's link.", {"is_on": bool})
REFERRED = ActivityType("referral.noted", "It was noted by whom a member came.", {"referrer": int, "how": str})
NAME_DECIDED = ActivityType(
    "referral.name_decided", "A member said whether the referrer may know their name.", {"is_given": bool}
)
