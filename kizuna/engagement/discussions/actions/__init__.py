"""Changes of discussions, by noun. Nobody else writes these tables."""

from kizuna.engagement.discussions.actions.acceptance import accept_answer, withdraw_answer
from kizuna.engagement.discussions.actions.arranging import (
    close_topic,
    move_topic,
    pin_topic,
    reopen_topic,
    unpin_topic,
)
from kizuna.engagement.discussions.actions.drafts import discard_draft, save_draft
from kizuna.engagement.discussions.actions.editing import edit_post
from kizuna.engagement.discussions.actions.following import (
    add_bookmark,
    follow_topic,
    mute_topic,
    remove_bookmark,
    unfollow_topic,
)
from kizuna.engagement.discussions.actions.ideas import change_idea_status, vote_idea, withdraw_vote
from kizuna.engagement.discussions.actions.importing import Imported, import_topics
from kizuna.engagement.discussions.actions.importing_posts import import_posts
from kizuna.engagement.discussions.actions.narrowing import change_topic_audience
from kizuna.engagement.discussions.actions.posts import post_reply
from kizuna.engagement.discussions.actions.reactions import give_reaction, withdraw_reaction
from kizuna.engagement.discussions.actions.reading import (
    mark_all_read,
    mark_read,
    mark_topic_unread,
    undo_mark_all_read,
)
from kizuna.engagement.discussions.actions.releasing import release_post
from kizuna.engagement.discussions.actions.removals import delete_post, hide_post, restore_post
from kizuna.engagement.discussions.actions.rules import NUMBERS, set_rules
from kizuna.engagement.discussions.actions.solved_checks import answer_solved_check
from kizuna.engagement.discussions.actions.spaces import (
    archive_space,
    create_space,
    edit_space,
    order_spaces,
    unarchive_space,
)
from kizuna.engagement.discussions.actions.tagging import tag_topic
from kizuna.engagement.discussions.actions.topics import open_topic
from kizuna.engagement.discussions.actions.view_counts import count_view, flush_views

__all__ = [
    "NUMBERS",
    "Imported",
    "accept_answer",
    "add_bookmark",
    "answer_solved_check",
    "archive_space",
    "change_idea_status",
    "change_topic_audience",
    "close_topic",
    "count_view",
    "create_space",
    "delete_post",
    "discard_draft",
    "edit_post",
    "edit_space",
    "flush_views",
    "follow_topic",
    "give_reaction",
    "hide_post",
    "import_posts",
    "import_topics",
    "mark_all_read",
    "mark_read",
    "mark_topic_unread",
    "move_topic",
    "mute_topic",
    "open_topic",
    "order_spaces",
    "pin_topic",
    "post_reply",
    "release_post",
    "remove_bookmark",
    "reopen_topic",
    "restore_post",
    "save_draft",
    "set_rules",
    "tag_topic",
    "unarchive_space",
    "undo_mark_all_read",
    "unfollow_topic",
    "unpin_topic",
    "vote_idea",
    "withdraw_answer",
    "withdraw_reaction",
    "withdraw_vote",
]
