"""Reads of discussions, by noun."""

from kizuna.engagement.discussions.queries.lists import (
    bookmarked_posts,
    contributions_of,
    draft_for,
    drafts_of,
    followed_topics,
    held_posts,
    revisions_of,
    topics_of,
    unanswered_questions,
)
from kizuna.engagement.discussions.queries.targets import quotation
from kizuna.engagement.discussions.queries.visible import (
    has_topics,
    post_for,
    post_gate,
    posts_visible_to,
    removed_post_for,
    removed_topic_for,
    space_edited,
    space_for,
    spaces_visible_to,
    topic_for,
    topic_gate,
    topics_visible_to,
)

__all__ = [
    "bookmarked_posts",
    "contributions_of",
    "draft_for",
    "drafts_of",
    "followed_topics",
    "has_topics",
    "held_posts",
    "post_for",
    "post_gate",
    "posts_visible_to",
    "quotation",
    "removed_post_for",
    "removed_topic_for",
    "revisions_of",
    "space_edited",
    "space_for",
    "spaces_visible_to",
    "topic_for",
    "topic_gate",
    "topics_of",
    "topics_visible_to",
    "unanswered_questions",
]
