"""Words of inquiries."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryMessage

What = InquiryChange.What

STATES = {
    Inquiry.State.OPEN: pgettext_lazy("inquiry", "Waiting for our answer"),
    Inquiry.State.WAITING: pgettext_lazy("inquiry", "Waiting for the customer"),
    Inquiry.State.SNOOZED: pgettext_lazy("inquiry", "Put off"),
    Inquiry.State.HANDED: pgettext_lazy("inquiry", "With a department"),
    Inquiry.State.CLOSED: pgettext_lazy("inquiry", "Closed"),
}
TONES = {Inquiry.State.OPEN: "warn", Inquiry.State.CLOSED: "good"}
PRIORITIES = {
    Inquiry.Priority.LOW: pgettext_lazy("priority", "Low"),
    Inquiry.Priority.NORMAL: pgettext_lazy("priority", "Normal"),
    Inquiry.Priority.HIGH: pgettext_lazy("priority", "High"),
    Inquiry.Priority.URGENT: pgettext_lazy("priority", "Urgent"),
}
CHANNELS = {
    Inquiry.Channel.MAIL: pgettext_lazy("inquiry", "Mail"),
    Inquiry.Channel.PHONE: pgettext_lazy("inquiry", "Telephone"),
    Inquiry.Channel.CHAT: pgettext_lazy("inquiry", "Chat"),
    Inquiry.Channel.FORM: pgettext_lazy("inquiry", "Form"),
    Inquiry.Channel.VISIT: pgettext_lazy("inquiry", "Visit"),
    Inquiry.Channel.QUESTION: pgettext_lazy("inquiry", "Question"),
    Inquiry.Channel.MENTION: pgettext_lazy("inquiry", "Mention"),
    Inquiry.Channel.MISSED: pgettext_lazy("inquiry", "Missed call"),
    Inquiry.Channel.SOCIAL: pgettext_lazy("inquiry", "Social media"),
    Inquiry.Channel.LINE: pgettext_lazy("inquiry", "LINE"),
    Inquiry.Channel.WIDGET: pgettext_lazy("inquiry", "Widget"),
    Inquiry.Channel.OTHER: pgettext_lazy("inquiry", "Other"),
}
DIRECTIONS = {
    InquiryMessage.Direction.IN: pgettext_lazy("message", "From the customer"),
    InquiryMessage.Direction.OUT: pgettext_lazy("message", "To the customer"),
    InquiryMessage.Direction.INTERNAL: pgettext_lazy("message", "Internal"),
}
ICONS = {
    Inquiry.Channel.MAIL: "mail",
    Inquiry.Channel.PHONE: "phone",
    Inquiry.Channel.CHAT: "message-circle",
    Inquiry.Channel.FORM: "clipboard-list",
    Inquiry.Channel.VISIT: "building-2",
    Inquiry.Channel.QUESTION: "message-circle-question-mark",
    Inquiry.Channel.MENTION: "at-sign",
    Inquiry.Channel.MISSED: "phone-missed",
    Inquiry.Channel.SOCIAL: "at-sign",
    Inquiry.Channel.LINE: "message-circle",
    Inquiry.Channel.WIDGET: "message-circle-question-mark",
    Inquiry.Channel.OTHER: "headset",
}
REASONS = {
    Inquiry.Reason.ANSWERED: pgettext_lazy("why closed", "Answered"),
    Inquiry.Reason.PHONE: pgettext_lazy("why closed", "Answered by telephone"),
    Inquiry.Reason.ELSEWHERE: pgettext_lazy("why closed", "Answered elsewhere"),
    Inquiry.Reason.SAME: pgettext_lazy("why closed", "The same as another inquiry"),
    Inquiry.Reason.NONE_NEEDED: pgettext_lazy("why closed", "Needs no answer"),
    Inquiry.Reason.COMMUNITY: pgettext_lazy("why closed", "Answered in the community"),
    Inquiry.Reason.SPAM: pgettext_lazy("why closed", "Spam"),
}
HAPPENED = {
    What.RECEIVED: _("The customer wrote."),
    What.ASSIGNED: _("%(name)s gave it to %(owner)s."),
    What.PRIORITISED: _("%(name)s set the priority: %(priority)s."),
    What.CHANGED: _("%(name)s changed it."),
    What.REPLIED: _("The answer was sent."),
    What.TAKEN_BACK: _("%(name)s took an answer back before it was sent."),
    What.NOT_SENT: _("An answer could not be sent."),
    What.NOTED: _("%(name)s noted something."),
    What.SNOOZED: _("%(name)s put it off until %(until)s."),
    What.WOKEN: _("It came back."),
    What.WAITING: _("%(name)s waits for the customer."),
    What.HANDED: _("%(name)s handed it to %(department)s."),
    What.RETURNED: _("It came back from %(department)s."),
    What.CLOSED: _("%(name)s closed it: %(because)s."),
    What.REOPENED: _("It is open again."),
    What.DUE_SOON: _("The owner was told that it is due soon."),
    What.ESCALATED: _("Managers were told that it will not be in time."),
}
# What a member reads of the state: how it stands for them.
FOR_ASKERS = {
    Inquiry.State.OPEN: (pgettext_lazy("own inquiry", "Waiting for an answer"), "warn"),
    Inquiry.State.HANDED: (pgettext_lazy("own inquiry", "Waiting for an answer"), "warn"),
    Inquiry.State.SNOOZED: (pgettext_lazy("own inquiry", "Waiting for an answer"), "warn"),
    Inquiry.State.WAITING: (pgettext_lazy("own inquiry", "Answered"), "good"),
    Inquiry.State.CLOSED: (pgettext_lazy("own inquiry", "Finished"), "good"),
}
BECAUSE = {
    "said": _("they say it is urgent"),
    "word": _("“%(word)s”"),
    "plan": _("%(word)s customer"),
    "tier": _("%(word)s customer"),
}
