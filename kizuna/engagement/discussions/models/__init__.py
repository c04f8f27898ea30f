"""Tables of discussions, by noun."""

from kizuna.engagement.discussions.models.post import Mention, Post, PostRemoval, PostRevision, Reaction
from kizuna.engagement.discussions.models.reader import (
    Bookmark,
    Draft,
    Follow,
    MemberTag,
    ReadMark,
    SolvedCheck,
    TopicRead,
)
from kizuna.engagement.discussions.models.space import Space
from kizuna.engagement.discussions.models.state import (
    AcceptedAnswer,
    IdeaStatusChange,
    IdeaVote,
    TopicClosure,
    TopicMove,
    TopicPin,
    TopicRemoval,
)
from kizuna.engagement.discussions.models.topic import IdeaStatus, State, Tag, Topic, TopicTag

__all__ = [
    "AcceptedAnswer",
    "Bookmark",
    "Draft",
    "Follow",
    "IdeaStatus",
    "IdeaStatusChange",
    "IdeaVote",
    "MemberTag",
    "Mention",
    "Post",
    "PostRemoval",
    "PostRevision",
    "Reaction",
    "ReadMark",
    "SolvedCheck",
    "Space",
    "State",
    "Tag",
    "Topic",
    "TopicClosure",
    "TopicMove",
    "TopicPin",
    "TopicRead",
    "TopicRemoval",
    "TopicTag",
]
