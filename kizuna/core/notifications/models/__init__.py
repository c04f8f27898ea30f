"""Tables of notifications, by noun."""

from kizuna.core.notifications.models.mail import MailAttempt, OutgoingMail
from kizuna.core.notifications.models.notification import MailPreference, Notification
from kizuna.core.notifications.models.recipient import MailStop, Recipient, ReplyToken, UnsubscribeToken

__all__ = [
    "MailAttempt",
    "MailPreference",
    "MailStop",
    "Notification",
    "OutgoingMail",
    "Recipient",
    "ReplyToken",
    "UnsubscribeToken",
]
