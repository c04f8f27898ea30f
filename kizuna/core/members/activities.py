"""What can happen to members."""

from kizuna.core.activity.types import ActivityType

MEMBER_JOINED = ActivityType(
    "member.joined",
    "A person became a member.",
    # how: open, approval, invitation, command, provider, directory. came_by: an opaque word of an app above, such as a link's code.
    {"how": str, "invitation": int, "came_by": str},
)
MEMBER_REQUESTED = ActivityType("member.requested", "A person asked to join and waits for an answer.", {"came_by": str})
MEMBER_DECLINED = ActivityType("member.declined", "A request to join was declined.")
MEMBER_INVITED = ActivityType("member.invited", "Somebody was invited.", {"role": str})
INVITED_BY_FILE = ActivityType("member.invited_by_file", "People were invited by a file.", {"role": str, "rows": int})
MEMBER_CLAIMED = ActivityType("member.claimed", "An imported author proved their address and took the account over.")
PROFILE_CHANGED = ActivityType("member.profile_changed", "A member changed what others see of them.")
ATTRIBUTES_CHANGED = ActivityType("member.attributes_changed", "What is known of a member changed.", {"count": int})
HANDLE_CHANGED = ActivityType("member.handle_changed", "A member took another handle.", {"before": str, "after": str})
EMAIL_CHANGED = ActivityType("member.email_changed", "A member's address changed.")
ROLE_GRANTED = ActivityType("member.role_granted", "A member was given a role.", {"role": str})
ROLE_REVOKED = ActivityType("member.role_revoked", "A role was taken from a member.", {"role": str})
MEMBER_SUSPENDED = ActivityType("member.suspended", "A member was suspended.")
MEMBER_RESTORED = ActivityType("member.restored", "A suspension was lifted.")
MEMBER_ERASED = ActivityType("member.erased", "A member's person was taken out of the community.")
SIGNED_IN = ActivityType("member.signed_in", "A member signed in.", {"method": str})
TERMS_PUBLISHED = ActivityType(
    "terms.published", "A version of the terms was published.", {"kind": str, "version": int}
)
TERMS_AGREED = ActivityType("terms.agreed", "A member agreed to a version.", {"kind": str, "version": int})
PURPOSE_DECIDED = ActivityType(
    "member.purpose_decided", "A member said yes or no to an optional use.", {"purpose": str, "is_given": bool}
)
AUDIENCE_CHANGED = ActivityType("audience.changed", "A manager made, changed or removed an audience.", {"kind": str})
VIEWED_AS = ActivityType("member.viewed_as", "A manager looked at the community as somebody else sees it.", {"as": str})
