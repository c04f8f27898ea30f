"""Words of inquiries."""

from django.utils.translation import pgettext_lazy

from kizuna.success.inbox.models import Inquiry, InquiryMessage

STATES = {
    Inquiry.State.OPEN: pgettext_lazy("inquiry", "Open"),
    Inquiry.State.WAITING: pgettext_lazy("inquiry", "Waiting for the customer"),
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
    Inquiry.Channel.OTHER: pgettext_lazy("inquiry", "Other"),
}
DIRECTIONS = {
    InquiryMessage.Direction.IN: pgettext_lazy("message", "From the customer"),
    InquiryMessage.Direction.OUT: pgettext_lazy("message", "To the customer"),
    InquiryMessage.Direction.INTERNAL: pgettext_lazy("message", "Internal"),
}
