"""Compute again what is kept: search rows and counts. Batches, each its own transaction, so that nobody waits long."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Count, F, Max, Min, Model, Q

from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.models import Member
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.counting import recount_members, recount_tags
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import MemberTag, Post, Space, State, Tag, Topic
from kizuna.engagement.discussions.queries.counts import counted_in_space

Report = Callable[[str], object]
BATCH = 500


def rebuild_search(*, report: Report | None = None) -> int:
    """Write the search row of every visible post again, and return how many there are."""
    done = 0
    for ids in _batches(Post):
        with transaction.atomic():
            _hold_topics_of(ids)
            indexing.reindex_posts(post_ids=ids)
        done += len(ids)
        _say(report, f"{done} posts")
    return done


def _hold_topics_of(post_ids: list[int]) -> None:
    """Let nobody change who may read these topics until their rows are written: an older audience would stay in them."""
    topics = Topic.objects.filter(pk__in=Post.objects.filter(pk__in=post_ids).values("topic_id"))
    list(topics.select_for_update().order_by("pk").values_list("pk", flat=True))


def rebuild_counts(*, report: Report | None = None) -> None:
    """Count topics, spaces, tags, members and their tags again."""
    for name, step in (
        ("topics", _recount_topics),
        ("spaces", _recount_spaces),
        ("tags", _recount_tags),
        ("members", _recount_members),
        ("answers by tag", _recount_member_tags),
    ):
        step()
        _say(report, name)
    bump_generation(CONTENT)


def _say(report: Report | None, text: str) -> None:
    if report is not None:
        report(text)


def _recount_topics() -> None:
    for ids in _batches(Topic):
        recount_topics(topic_ids=ids)


def _batches(model: type[Model]) -> Iterator[list[int]]:
    last = 0
    while ids := list(model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        yield ids


@transaction.atomic
def recount_topics(*, topic_ids: list[int]) -> None:
    """Count the posts of these topics again and find their dates and last author."""
    seen = Q(state=State.VISIBLE)
    by_others = seen & ~Q(author_id=F("topic__author_id"))
    grouped = Post.objects.filter(topic_id__in=topic_ids).values("topic_id")
    facts = grouped.annotate(
        highest=Max("number"),
        seen=Count("pk", filter=seen),
        first=Min("created_at", filter=by_others),
        first_staff=Min("created_at", filter=by_others & Q(is_staff=True)),
    )
    found = {fact["topic_id"]: fact for fact in facts}
    latest = Post.objects.filter(topic_id__in=topic_ids, state=State.VISIBLE).order_by("number")
    ends = {
        topic_id: (author_id, at)
        for topic_id, author_id, at in latest.values_list("topic_id", "author_id", "created_at")
    }
    topics = list(Topic.objects.select_for_update().filter(pk__in=found).order_by("pk"))
    for topic in topics:
        fact = found[topic.pk]
        topic.last_number, topic.post_count = max(topic.last_number, fact["highest"]), fact["seen"]
        topic.first_reply_at, topic.first_staff_reply_at = fact["first"], fact["first_staff"]
        topic.last_post_author_id, topic.bumped_at = ends.get(topic.pk, (topic.author_id, topic.created_at))
        topic.row_version = stale()
    fields = ["last_number", "post_count", "first_reply_at", "first_staff_reply_at", "last_post_author", "bumped_at"]
    Topic.objects.bulk_update(topics, [*fields, "row_version"], batch_size=200)


def _recount_spaces() -> None:
    counts = Topic.objects.filter(counted_in_space()).values("space_id").annotate(topics=Count("pk"))
    found = {row["space_id"]: row["topics"] for row in counts}
    for space_id in Space.objects.values_list("pk", flat=True):
        Space.objects.filter(pk=space_id).update(topic_count=found.get(space_id, 0))


def _recount_tags() -> None:
    for ids in _batches(Tag):
        recount_tags(tag_ids=ids)


def _recount_members() -> None:
    for ids in _batches(Member):
        with transaction.atomic():
            recount_members(member_ids=ids)


@transaction.atomic
def _recount_member_tags() -> None:
    answers = Post.objects.filter(
        state=State.VISIBLE, number__gt=1, topic__space__kind=Space.Kind.QUESTION, topic__tagged__isnull=False
    ).exclude(author_id=F("topic__author_id"))
    solved = answers.filter(pk=F("topic__accepted_post_id"))
    rows: dict[tuple[int, int], MemberTag] = {}
    for field, posts in (("answer_count", answers), ("accepted_count", solved)):
        for who, tag, count in posts.values_list("author_id", "topic__tagged__tag_id").annotate(count=Count("pk")):
            row = rows.setdefault((who, tag), MemberTag(member_id=who, tag_id=tag))
            setattr(row, field, count)
    MemberTag.objects.all().delete()
    MemberTag.objects.bulk_create(rows.values(), batch_size=500)
