"""Reads of discussions, by noun."""

from kizuna.engagement.discussions.queries.visible import (
    post_for,
    post_gate,
    posts_visible_to,
    removed_post_for,
    removed_topic_for,
    space_for,
    spaces_visible_to,
    topic_for,
    topic_gate,
    topics_visible_to,
)

__all__ = [
    "post_for",
    "post_gate",
    "posts_visible_to",
    "removed_post_for",
    "removed_topic_for",
    "space_for",
    "spaces_visible_to",
    "topic_for",
    "topic_gate",
    "topics_visible_to",
]
