"""Keep under which tags a member answers, and solves: whose answers are needed."""

from collections.abc import Iterable, Mapping

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
def count_many_answers(*, answers: Mapping[tuple[int, int], int], solutions: Mapping[tuple[int, int], int]) -> None:
    """Count answers and solutions, {(member id, topic id): number}, under the tags of their questions."""
    tag_ids: dict[int, list[int]] = {}
    topic_ids = {topic_id for _member_id, topic_id in [*answers, *solutions]}
    for topic_id, tag_id in TopicTag.objects.filter(topic_id__in=topic_ids).values_list("topic_id", "tag_id"):
        tag_ids.setdefault(topic_id, []).append(tag_id)
    added: dict[tuple[int, int], MemberTag] = {}
    for field, numbers in (("answer_count", answers), ("accepted_count", solutions)):
        for (member_id, topic_id), number in numbers.items():
            for tag_id in tag_ids.get(topic_id, ()):
                row = added.setdefault((member_id, tag_id), MemberTag(member_id=member_id, tag_id=tag_id))
                setattr(row, field, getattr(row, field) + number)
    _add(added)


def _add(added: dict[tuple[int, int], MemberTag]) -> None:
    members, tags = {key[0] for key in added}, {key[1] for key in added}
    stored = MemberTag.objects.select_for_update().filter(member_id__in=members, tag_id__in=tags)
    for known in stored.order_by("pk"):
        row = added.get((known.member_id, known.tag_id))
        if row is not None:
            row.answer_count += known.answer_count
            row.accepted_count += known.accepted_count
    MemberTag.objects.bulk_create(
        added.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["member", "tag"],
        update_fields=["answer_count", "accepted_count"],
    )


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
