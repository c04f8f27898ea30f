"""Read notifications, preferences and mail; each for the person who asks."""

from kizuna.core.notifications.delivery.events import address as events_address
from kizuna.core.notifications.delivery.events import provider_name as mail_provider
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
from kizuna.core.notifications.queries.recipients import is_stopped, own_stop, stops_of, token_for

__all__ = [
    "Choice",
    "ListedNotice",
    "NoticePage",
    "UnknownKind",
    "choices_of",
    "described_mail",
    "events_address",
    "failed_count",
    "is_mail_late",
    "is_stopped",
    "label_of",
    "level_of",
    "levels_of",
    "mail_folder",
    "mail_page",
    "mail_problems",
    "mail_provider",
    "mail_with_id",
    "may_read",
    "may_see",
    "notice_page",
    "notices_visible_to",
    "own_stop",
    "state_filters",
    "stops_of",
    "text_of",
    "token_for",
    "unread_count",
    "url_for",
    "viewers_of",
    "who_may_see",
]
