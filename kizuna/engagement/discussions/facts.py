"""What rules may ask about a member's part in discussions: counts over days, from the rollups."""

from collections.abc import Iterator

from kizuna.base.rules import Fact, FactGroup, Kind, Stale
from kizuna.core.activity.facts import counts_of
from kizuna.core.activity.types import ActivityType
from kizuna.engagement.discussions import activities as happened

HEADING = {"ja": "参加", "en": "Taking part"}


def _facts() -> Iterator[Fact]:
    yield _count(
        "posts", {"ja": "投稿", "en": "posts"}, {"ja": "件", "en": "post"}, happened.TOPIC_POSTED, happened.POST_REPLIED
    )
    yield _count(
        "questions", {"ja": "質問", "en": "questions"}, {"ja": "件", "en": "question"},
        happened.TOPIC_POSTED, counts=(happened.QUESTIONS_ASKED,),
    )  # fmt: skip
    yield _count(
        "answers", {"ja": "質問への返信", "en": "replies to questions"}, {"ja": "件", "en": "reply to a question"},
        happened.POST_REPLIED, counts=(happened.QUESTIONS_REPLIED_TO,),
    )  # fmt: skip
    yield _count(
        "accepted_answers", {"ja": "ベストアンサー", "en": "accepted answers"}, {"ja": "件", "en": "accepted answer"},
        happened.ANSWER_ACCEPTED, happened.ANSWER_WITHDRAWN, whom="answerer",
        counts=(happened.ANSWERS_ACCEPTED,), less=(happened.ANSWERS_WITHDRAWN,),
    )  # fmt: skip
    yield _count(
        "thanks", {"ja": "もらったリアクション", "en": "reactions received"}, {"ja": "件", "en": "reaction received"},
        happened.REACTION_GIVEN, happened.REACTION_WITHDRAWN, whom="author",
        counts=(happened.REACTIONS_RECEIVED,), less=(happened.REACTIONS_LOST,),
    )  # fmt: skip
    yield _count(
        "votes",
        {"ja": "アイデアへの投票", "en": "votes for ideas"},
        {"ja": "件", "en": "vote for an idea"},
        happened.IDEA_VOTED,
    )


def _count(
    word: str,
    label: dict[str, str],
    unit: dict[str, str],
    *types: ActivityType,
    whom: str = "actor",
    counts: tuple[str, ...] = (),
    less: tuple[str, ...] = (),
) -> Fact:
    return Fact(
        name=f"discussions.{word}",
        entity="member",
        label=label,
        kind=Kind.COUNT,
        source=counts_of(*(counts or [item.verb for item in types]), less=less),
        unit=unit,
        stale_by=tuple(Stale(item.verb, whom) for item in types),
        heading=HEADING,
    )


FACTS = FactGroup("discussions", _facts)
