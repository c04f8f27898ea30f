"""What can happen to inquiries. They stand on the timeline by themselves, so no channel is named here."""

from kizuna.core.activity.types import ActivityType

_OF: dict[str, type] = {"account": int, "owner": int, "channel": str}

INQUIRY_OPENED = ActivityType("inquiry.opened", "A customer asked something.", {**_OF, "urgency": int, "outside": bool})
INQUIRY_CHANGED = ActivityType(
    "inquiry.changed", "Facts of an inquiry were changed.", {**_OF, "fields": str, "before_owner": int}
)
INQUIRY_RECEIVED = ActivityType(
    "inquiry.received", "A customer wrote again.", {**_OF, "message": int, "reopened": bool}
)
INQUIRY_REPLIED = ActivityType(
    "inquiry.replied",
    "An answer was sent.",
    {**_OF, "message": int, "is_first": bool, "business_minutes": int, "in_time": bool},
)
INQUIRY_NOT_SENT = ActivityType("inquiry.not_sent", "An answer could not be sent.", {**_OF, "message": int})
INQUIRY_NOTED = ActivityType(
    "inquiry.noted", "The team noted something inside.", {**_OF, "message": int, "mentions": int}
)
INQUIRY_CLOSED = ActivityType(
    "inquiry.closed",
    "An inquiry was closed.",
    {**_OF, "reason": str, "business_minutes": int, "in_time": bool, "same_as": int},
)
INQUIRY_REOPENED = ActivityType("inquiry.reopened", "A closed inquiry was opened again.", _OF)
INQUIRY_HANDED = ActivityType("inquiry.handed", "An inquiry was handed to a department.", {**_OF, "department": int})
INQUIRY_RETURNED = ActivityType(
    "inquiry.returned",
    "A department answered, or an inquiry was taken back.",
    {**_OF, "department": int, "handed_by": int, "is_answered": bool},
)
INQUIRY_DUE_SOON = ActivityType("inquiry.due_soon", "An inquiry is due soon.", _OF)
INQUIRY_ESCALATED = ActivityType("inquiry.escalated", "Managers are told that an inquiry will not be in time.", _OF)
INQUIRY_FORM_ASKED = ActivityType(
    "inquiry_form.asked",
    "A question at the form ended: solved by an answer that was shown, or sent.",
    {"outcome": str, "shown": int, "inquiry": int},
)
INQUIRY_LATE_BACK = ActivityType(
    "inquiry.late_back", "A department should give an inquiry back soon.", {**_OF, "department": int}
)
