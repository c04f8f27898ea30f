"""Keep under which tags a member answers, and solves: whose answers are needed."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from kizuna.engagement.discussions.models import MemberTag, TopicTag


def count_answer(*, member_id: int, topic_id: int) -> None:
    """Count an answer under the question's tags."""
    _count(member_id, topic_id, field="answer_count", change=1)


def count_solution(*, member_id: int, topic_id: int, change: int) -> None:
    """Count an accepted answer under the question's tags, or take it away again."""
    _count(member_id, topic_id, field="accepted_count", change=change)


@transaction.atomic
def _count(member_id: int, topic_id: int, *, field: str, change: int) -> None:
    tag_ids = list(TopicTag.objects.filter(topic_id=topic_id).values_list("tag_id", flat=True))
    if not tag_ids:
        return
    _make_missing(member_id, tag_ids)
    mine = MemberTag.objects.filter(member_id=member_id, tag_id__in=tag_ids)
    if change < 0:
        mine = mine.filter(**{f"{field}__gt": 0})
    mine.update(**{field: F(field) + change})


def _make_missing(member_id: int, tag_ids: Iterable[int]) -> None:
    rows = [MemberTag(member_id=member_id, tag_id=tag_id) for tag_id in tag_ids]
    MemberTag.objects.bulk_create(rows, ignore_conflicts=True)
