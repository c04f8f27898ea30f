"""Changes of discussions, by noun. Nobody else writes these tables."""

from kizuna.engagement.discussions.actions.acceptance import accept_answer, withdraw_answer
from kizuna.engagement.discussions.actions.following import (
    add_bookmark,
    follow_topic,
    mute_topic,
    remove_bookmark,
    unfollow_topic,
)
from kizuna.engagement.discussions.actions.posts import post_reply
from kizuna.engagement.discussions.actions.tagging import tag_topic
from kizuna.engagement.discussions.actions.topics import open_topic

__all__ = [
    "accept_answer",
    "add_bookmark",
    "follow_topic",
    "mute_topic",
    "open_topic",
    "post_reply",
    "remove_bookmark",
    "tag_topic",
    "unfollow_topic",
    "withdraw_answer",
]
