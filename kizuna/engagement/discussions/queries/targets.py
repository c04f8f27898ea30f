"""Topics and posts as things that others point at by (type, id)."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Case, OuterRef, Subquery, Value, When

from kizuna.base.registry import Material
from kizuna.base.text import html, markdown
from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import PUBLIC, STAFF, Viewer
from kizuna.engagement.discussions.models import Post, State, Topic
from kizuna.engagement.discussions.queries.counts import OPEN_AUDIENCES
from kizuna.engagement.discussions.queries.visible import posts_visible_to, topic_gate, topics_visible_to

EXCERPT_LENGTH = 300


def visible_topics(*, viewer: Viewer, ids: Iterable[int]) -> dict[int, Topic]:
    """Return the topics of these ids that the viewer may read, with the words they open with."""
    opening = Post.objects.filter(topic_id=OuterRef("pk"), number=1).values("html")[:1]
    found = topics_visible_to(viewer).filter(pk__in=list(ids)).annotate(opening_html=Subquery(opening))
    return {topic.pk: topic for topic in found}


def topic_url(*, row: Topic) -> str:
    return f"/t/{row.pk}/"


def topic_title(*, row: Topic) -> str:
    return row.title


def topic_excerpt(*, row: Any) -> str:
    """Return the beginning of the opening post."""
    opening = getattr(row, "opening_html", None)
    if opening is None:  # not from `visible_topics`
        opening = Post.objects.filter(topic_id=row.pk, number=1).values_list("html", flat=True).first()
    return markdown.excerpt(html.to_text(opening or ""), limit=EXCERPT_LENGTH)


def topic_material(*, row: Topic) -> Material | None:
    """Return what an article made from a solved question begins with: its own words and those of its answer."""
    if row.accepted_post_id is None:
        return None
    shown = Post.objects.filter(topic_id=row.pk, state=State.VISIBLE)
    question = shown.filter(number=1).values_list("body", flat=True).first()
    answer = shown.filter(pk=row.accepted_post_id).values_list("body", flat=True).first()
    return Material(row.title, question or "", answer, _narrowest(row), tuple(row.tags)) if answer else None


def _narrowest(topic: Topic) -> int:
    """Return an audience that holds nobody who may not read the topic; the team where two lists have no name in common."""
    own, around = topic.audience_id, topic.container_audience_id
    if own == around or around in OPEN_AUDIENCES:
        return around if own == PUBLIC else own
    return around if own in OPEN_AUDIENCES else STAFF


def visible_posts(*, viewer: Viewer, ids: Iterable[int]) -> dict[int, Post]:
    """Return the posts of these ids that the viewer may read."""
    posts = posts_visible_to(viewer).filter(pk__in=list(ids)).select_related("topic")
    return {post.pk: post for post in posts.only("number", "html", "topic__title")}


def post_url(*, row: Post) -> str:
    """Return the address that opens the topic at this post."""
    return post_address(topic_id=row.topic_id, number=row.number)


def post_address(*, topic_id: int, number: int) -> str:
    return f"/t/{topic_id}/?p={number}#p-{number}" if number > 1 else f"/t/{topic_id}/"


def post_title(*, row: Post) -> str:
    return row.topic.title


def post_excerpt(*, row: Post) -> str:
    return markdown.excerpt(html.to_text(row.html), limit=EXCERPT_LENGTH)


def quotation(viewer: Viewer, post_id: int) -> str:
    """Return Markdown that quotes a post the viewer sees, or "" when there is none."""
    post = posts_visible_to(viewer).filter(pk=post_id).select_related("author").first()
    if post is None:
        return ""
    url = f"/t/{post.topic_id}/#p-{post.number}"
    return markdown.quote(html.to_text(post.html), handle=post.author.handle, url=url)


def posts_written_by(*, member_id: int) -> Iterator[dict[str, Any]]:
    """Yield a member's posts for their own export. The title of a topic they may not see any more is left out."""
    member = Member.objects.get(pk=member_id)
    title = Case(When(topic_gate(viewer_of(member), "topic__"), then="topic__title"), default=Value(""))
    written = Post.objects.filter(author=member).annotate(title=title).order_by("pk")
    for post in written.iterator(chunk_size=500):
        yield {
            "url": post_address(topic_id=post.topic_id, number=post.number),
            "title": post.title,
            "body": post.body,
            "created_at": post.created_at.isoformat(),
            "state": post.state,
        }
