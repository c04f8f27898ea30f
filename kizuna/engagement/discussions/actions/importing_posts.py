"""Take over replies that were written elsewhere, with what they change on their topics."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import markdown
from kizuna.core.activity.actions import record_imported
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.members.actions import add_to_many_counts
from kizuna.core.members.policies import can_manage, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import actions as search
from kizuna.engagement.discussions import activities
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.answering import count_many_answers
from kizuna.engagement.discussions.actions.importing import (
    Imported,
    MentionURL,
    Row,
    Text,
    chunk_of,
    read_texts,
    votes_as_reactions,
)
from kizuna.engagement.discussions.actions.writing import stale
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, Space, Topic
from kizuna.engagement.discussions.queries.counts import is_counted_for_all

CHANGED = (
    "last_number post_count bumped_at last_post_author first_reply_at first_staff_reply_at staff_at accepted_post solved_at "
    "row_version"
).split()


def import_posts(
    *, viewer: Viewer, rows: Iterable[Row], import_id: int, now: datetime, mention_url: MentionURL | None = None
) -> Imported:
    """Write replies in the order given; those known by their external id are left alone. At most 1,000 a call.

    A row has `external_id`, `topic_external_id`, `author_id`, `body`, `created_at`, and perhaps `vote_count`,
    `is_accepted`, `accepted_at`, `reply_to_external_id`.
    """
    require(can_manage(viewer), _("Only owners and admins may do this."))
    wanted = chunk_of(rows)
    known = set(Post.objects.filter(external_id__in=wanted).values_list("external_id", flat=True))
    new = [row for key, row in wanted.items() if key not in known]
    result = Imported()
    topic_keys = {row["topic_external_id"] for row in new}
    here = set(Topic.objects.filter(external_id__in=topic_keys).values_list("external_id", flat=True))
    for row in new:
        if row["topic_external_id"] not in here:
            result.refused[row["external_id"]] = "its topic is not here"
    new = [row for row in new if row["topic_external_id"] in here]
    texts = read_texts(new, viewer=viewer, result=result, mention_url=mention_url, screened=("body",))
    new = [row for row in new if row["external_id"] in texts]
    if new:
        began = time.monotonic()
        with transaction.atomic():
            result.written = _write(new, texts, import_id=import_id)
        result.held_seconds = time.monotonic() - began
    return result


def _write(rows: list[Row], texts: dict[str, Text], *, import_id: int) -> dict[str, int]:
    topic_keys = {row["topic_external_id"] for row in rows}
    locked = Topic.objects.select_for_update(of=("self",)).select_related("space").filter(external_id__in=topic_keys)
    topics = {topic.external_id: topic for topic in locked.order_by("pk")}
    firsts: set[str] = set()
    posts = []
    for row in rows:
        topic = topics[row["topic_external_id"]]
        if topic.first_reply_at is None and row["author_id"] != topic.author_id:
            firsts.add(row["external_id"])
        posts.append(_arrive(topic, row, texts[row["external_id"]]))
    Post.objects.bulk_create(posts)
    by_key = {post.external_id: post for post in posts}
    _link_replies(rows, by_key)
    accepted = _accept(rows, topics, by_key)
    # An upsert of rows that exist: a tenth of the work of `bulk_update`, which writes a CASE for every field.
    Topic.objects.bulk_create(topics.values(), update_conflicts=True, unique_fields=["id"], update_fields=CHANGED)
    AcceptedAnswer.objects.bulk_create(accepted)
    _index(posts, topics, texts, accepted)
    facts = [_replied(post, topics[row["topic_external_id"]], firsts) for post, row in zip(posts, rows, strict=True)]
    record_imported([*facts, *(_solved(answer) for answer in accepted)], import_id=import_id)
    _count(posts, accepted)
    bump_generation(CONTENT)
    return {key: post.pk for key, post in by_key.items()}


def _arrive(topic: Topic, row: Row, text: Text) -> Post:
    """Return the new post and put on the topic what it changes there."""
    topic.last_number += 1
    topic.post_count += 1
    topic.row_version = stale()
    at = row["created_at"]
    is_staff = bool(row.get("is_staff"))
    if at >= topic.bumped_at:
        topic.bumped_at, topic.last_post_author_id = at, row["author_id"]
    if row["author_id"] != topic.author_id:
        answered_at = max(at, topic.created_at)  # clocks of other systems may run apart
        topic.first_reply_at = min(topic.first_reply_at or answered_at, answered_at)
        if is_staff:
            topic.first_staff_reply_at = min(topic.first_staff_reply_at or answered_at, answered_at)
        if topic.urgency == Topic.Urgency.NORMAL:
            topic.staff_at = None
    counts = votes_as_reactions(row)
    return Post(
        topic=topic,
        number=topic.last_number,
        author_id=row["author_id"],
        body=text.body,
        html=text.html,
        render_version=markdown.RENDER_VERSION,
        lang=text.lang,
        audience_id=topic.audience_id,
        container_audience_id=topic.container_audience_id,
        created_at=at,
        is_staff=is_staff,
        reaction_counts=counts,
        thanks_count=counts.get(keys.THANKS, 0),
        external_id=row["external_id"],
    )


def _link_replies(rows: list[Row], by_key: dict[str, Post]) -> None:
    """Let replies point at the post they answer: one of this call, or one that is here."""
    wanted = {row["external_id"]: row["reply_to_external_id"] for row in rows if row.get("reply_to_external_id")}
    missing = set(wanted.values()) - set(by_key)
    here = {post.external_id: post for post in Post.objects.filter(external_id__in=missing)} if missing else {}
    linked = []
    for key, parent_key in wanted.items():
        post, parent = by_key[key], by_key.get(parent_key) or here.get(parent_key)
        if parent is not None and parent.topic_id == post.topic_id and parent.pk != post.pk:
            post.reply_to = parent
            linked.append(post)
    if linked:
        Post.objects.bulk_update(linked, ["reply_to"], batch_size=200)


def _accept(rows: list[Row], topics: dict[str, Topic], by_key: dict[str, Post]) -> list[AcceptedAnswer]:
    """Accept what the source accepted, in question spaces. A choice that people made here stays as it is."""
    marked = [row for row in rows if row.get("is_accepted")]
    topic_ids = [topics[row["topic_external_id"]].pk for row in marked]
    decided = set(AcceptedAnswer.objects.filter(topic_id__in=topic_ids).values_list("topic_id", flat=True))
    accepted = []
    for row in marked:
        topic, post = topics[row["topic_external_id"]], by_key[row["external_id"]]
        if topic.pk in decided or topic.space.kind != Space.Kind.QUESTION:
            continue
        decided.add(topic.pk)
        at = max(row.get("accepted_at") or post.created_at, topic.created_at)
        topic.accepted_post, topic.solved_at, topic.staff_at = post, at, None
        accepted.append(
            AcceptedAnswer(
                topic=topic,
                post=post,
                accepted_by_id=row.get("accepted_by_id", topic.author_id),
                accepted_at=at,
                seconds_to_solve=int((at - topic.created_at).total_seconds()),
            )
        )
    return accepted


def _index(posts: list[Post], topics: dict[str, Topic], texts: dict[str, Text], accepted: list[AcceptedAnswer]) -> None:
    search.index_many(
        indexing.post_row(post=post, topic=post.topic, space=post.topic.space, text=text.plain)
        | {"tokens": text.tokens}
        for post, text in ((post, texts[post.external_id]) for post in posts)
    )
    solved = [answer.topic_id for answer in accepted]
    if solved:
        indexing.reindex_posts(post_ids=Post.objects.filter(topic_id__in=solved, number=1).values_list("pk", flat=True))


def _replied(post: Post, topic: Topic, firsts: set[str]) -> tuple[Any, Row]:
    return activities.POST_REPLIED, {
        "actor_id": post.author_id,
        "object_type": "post",
        "object_id": post.pk,
        "at": post.created_at,
        "props": {
            "topic": topic.pk,
            "space": topic.space_id,
            "kind": topic.space.kind,
            "number": post.number,
            "reply_to": post.reply_to_id,
            "is_staff": post.is_staff,
            "is_first": post.external_id in firsts,
        },
    }


def _solved(answer: AcceptedAnswer) -> tuple[Any, Row]:
    return activities.ANSWER_ACCEPTED, {
        "actor_id": answer.accepted_by_id,
        "object_type": "post",
        "object_id": answer.post_id,
        "at": answer.accepted_at,
        "props": {
            "topic": answer.topic_id,
            "answerer": answer.post.author_id,
            "asker": answer.topic.author_id,
            "seconds_to_solve": answer.seconds_to_solve,
            "by_staff": answer.accepted_by_id != answer.topic.author_id,
        },
    }


def _count(posts: list[Post], accepted: list[AcceptedAnswer]) -> None:
    counts: dict[int, Counter[str]] = {}
    answers: Counter[tuple[int, int]] = Counter()
    for post in posts:
        if is_counted_for_all(post.topic):
            counts.setdefault(post.author_id, Counter()).update(post_count=1, thanks_count=post.thanks_count)
        if post.topic.space.kind == Space.Kind.QUESTION and post.author_id != post.topic.author_id:
            answers[post.author_id, post.topic_id] += 1
    solutions: Counter[tuple[int, int]] = Counter()
    for answer in accepted:
        if answer.post.author_id != answer.topic.author_id:
            if is_counted_for_all(answer.topic):
                counts[answer.post.author_id].update(accepted_count=1)
            solutions[answer.post.author_id, answer.topic_id] += 1
    add_to_many_counts(changes=counts)
    count_many_answers(answers=answers, solutions=solutions)
