"""Tables of notifications, by noun."""

from kizuna.core.notifications.models.mail import MailAttempt, OutgoingMail
from kizuna.core.notifications.models.notification import MailPreference, Notification
from kizuna.core.notifications.models.recipient import ConsentRecord, MailStop, Recipient, UnsubscribeToken

__all__ = [
    "ConsentRecord",
    "MailAttempt",
    "MailPreference",
    "MailStop",
    "Notification",
    "OutgoingMail",
    "Recipient",
    "UnsubscribeToken",
]
