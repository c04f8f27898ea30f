"""Read notifications, preferences and mail; each for the person who asks."""

from kizuna.core.notifications.queries.notices import (
    ListedNotice,
    NoticePage,
    notice_page,
    notices_visible_to,
    unread_count,
)
from kizuna.core.notifications.queries.preferences import Choice, choices_of, level_of, levels_of
from kizuna.core.notifications.queries.readers import UnknownKind, may_see, text_of, viewers_of, who_may_see

__all__ = [
    "Choice",
    "ListedNotice",
    "NoticePage",
    "UnknownKind",
    "choices_of",
    "level_of",
    "levels_of",
    "may_see",
    "notice_page",
    "notices_visible_to",
    "text_of",
    "unread_count",
    "viewers_of",
    "who_may_see",
]
