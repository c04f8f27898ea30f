"""Read notifications, preferences and mail; each for the person who asks."""

from kizuna.core.notifications.queries.mails import (
    described_mail,
    failed_count,
    is_mail_late,
    label_of,
    mail_folder,
    mail_page,
    mail_problems,
    mail_with_id,
    may_read,
    state_filters,
)
from kizuna.core.notifications.queries.notices import (
    ListedNotice,
    NoticePage,
    notice_page,
    notices_visible_to,
    unread_count,
    url_for,
)
from kizuna.core.notifications.queries.preferences import Choice, choices_of, level_of, levels_of
from kizuna.core.notifications.queries.readers import UnknownKind, may_see, text_of, viewers_of, who_may_see
from kizuna.core.notifications.queries.recipients import is_stopped, token_for

__all__ = [
    "Choice",
    "ListedNotice",
    "NoticePage",
    "UnknownKind",
    "choices_of",
    "described_mail",
    "failed_count",
    "is_mail_late",
    "is_stopped",
    "label_of",
    "level_of",
    "levels_of",
    "mail_folder",
    "mail_page",
    "mail_problems",
    "mail_with_id",
    "may_read",
    "may_see",
    "notice_page",
    "notices_visible_to",
    "state_filters",
    "text_of",
    "token_for",
    "unread_count",
    "url_for",
    "viewers_of",
    "who_may_see",
]
