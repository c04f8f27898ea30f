"""Tell, read, choose, mail: everything that writes notifications."""

from kizuna.core.notifications.actions.choosing import choose_levels, stop_mail, unsubscribe
from kizuna.core.notifications.actions.fates import (
    note_bounce,
    note_complaint,
    note_event,
    renew_events_secret,
    resume_mail,
)
from kizuna.core.notifications.actions.leaving import stop_waiting_mails
from kizuna.core.notifications.actions.reading import mark_read, mark_unread
from kizuna.core.notifications.actions.telling import notify

__all__ = [
    "choose_levels",
    "mark_read",
    "mark_unread",
    "note_bounce",
    "note_complaint",
    "note_event",
    "notify",
    "renew_events_secret",
    "resume_mail",
    "stop_mail",
    "stop_waiting_mails",
    "unsubscribe",
]
