"""Let the last hours of the sample community happen: not history, so people are told of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kizuna.core.community import actions as community
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.interfaces.integrations.demo import content


class Today:
    """The people, spaces and topics of the sample, and what they do today."""

    def __init__(
        self,
        *,
        viewer: Callable[[str], Viewer],
        spaces: dict[str, Space],
        topics: dict[int, Topic],
    ) -> None:
        self.viewer, self.spaces, self.topics = viewer, spaces, topics

    def reply(self, act: dict[str, Any], *, at: datetime) -> None:
        discussions.post_reply(viewer=self.viewer(act["author"]), topic=self._topic(act), body=act["body"], now=at)

    def topic(self, act: dict[str, Any], *, at: datetime) -> None:
        discussions.open_topic(
            viewer=self.viewer(act["author"]),
            space=self.spaces[act["space"]],
            title=act["title"],
            body=act["body"],
            tags=act["tags"],
            now=at,
        )

    def reaction(self, act: dict[str, Any], *, at: datetime) -> None:
        post = Post.objects.get(topic=self._topic(act), number=act["post"])
        discussions.give_reaction(viewer=self.viewer(act["by"]), post=post, word=act["word"], now=at)

    def vote(self, act: dict[str, Any], *, at: datetime) -> None:
        discussions.vote_idea(viewer=self.viewer(act["by"]), topic=self._topic(act), now=at)

    def draft(self, act: dict[str, Any], *, at: datetime) -> None:
        place = f"topic:{self._topic(act).pk}" if "topic" in act else f"space:{act['space']}"
        discussions.save_draft(
            viewer=self.viewer(act["by"]), context=place, title=act.get("title", ""), body=act["body"].strip(), now=at
        )

    def _topic(self, act: dict[str, Any]) -> Topic:
        # As it is now: replies and votes of today have changed it.
        return Topic.objects.select_related("space").get(pk=self.topics[act["topic"]].pk)


def let_happen(today: Today, folder: Path, *, owner: Viewer, now: datetime) -> int:
    """Make the word rules, then let everything happen in its order; return how much did."""
    table = content.table(folder, "today.toml")
    for rule in table["word"]:
        community.save_word_rule(word=rule["word"], effect=rule["effect"], member_id=owner.member_id, now=now)
    kinds = {
        "topic": today.topic,
        "reply": today.reply,
        "reaction": today.reaction,
        "vote": today.vote,
        "draft": today.draft,
    }
    acts = [(do, act) for kind, do in kinds.items() for act in table.get(kind, ())]
    for do, act in sorted(acts, key=lambda item: -item[1]["minutes_ago"]):
        do(act, at=now - timedelta(minutes=act["minutes_ago"]))
    return len(acts)
