"""Read inquiries."""

from kizuna.success.inbox.queries.conversation import (
    Conversation,
    conversation_of,
    drafts_of,
    files_of,
    handovers_of,
    minutes_on,
    others_here,
    timer_on,
)
from kizuna.success.inbox.queries.queue import (
    Counts,
    Part,
    QueueFilter,
    counts_of,
    filtered,
    needs_action,
    page_of,
    part_of,
)
from kizuna.success.inbox.queries.visible import (
    inquiries_visible_to,
    inquiry_for,
    messages_visible_to,
    own_inquiries,
    own_inquiry_for,
    own_messages,
    own_page,
    plans_of,
)

__all__ = [
    "Conversation",
    "Counts",
    "Part",
    "QueueFilter",
    "conversation_of",
    "counts_of",
    "drafts_of",
    "files_of",
    "filtered",
    "handovers_of",
    "inquiries_visible_to",
    "inquiry_for",
    "messages_visible_to",
    "minutes_on",
    "needs_action",
    "others_here",
    "own_inquiries",
    "own_inquiry_for",
    "own_messages",
    "own_page",
    "page_of",
    "part_of",
    "plans_of",
    "timer_on",
]
