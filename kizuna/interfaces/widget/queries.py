"""Read for the widget: what answers, what a member asked and was answered, what came along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Q, QuerySet
from django.http import Http404

from kizuna.core.community.queries import setting
from kizuna.core.community.settings import in_language
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import recording
from kizuna.core.search.hits import Hit
from kizuna.core.search.models import Search
from kizuna.core.search.queries import Results, search
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, Space, Topic
from kizuna.engagement.discussions.queries.visible import posts_visible_to, spaces_visible_to, topics_visible_to
from kizuna.engagement.knowledge.models import Article, Category
from kizuna.engagement.knowledge.queries import articles_visible_to
from kizuna.interfaces.widget.models import CameAlong, ReadAnswers
from kizuna.interfaces.widget.settings import PLACED
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.inbox.queries import inquiries_visible_to, own_inquiries

LONGEST_QUERY = 300
ASKED_FOR, SHOWN = 30, 8
OWN_SHOWN = 20
OUT = InquiryMessage.Direction.OUT


@dataclass(frozen=True)
class Found:
    """What a search found, the best first, and which other words were searched: {word: others}."""

    hits: list[Hit] = field(default_factory=list)
    others: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Solved:
    """A question with the answer that solved it."""

    topic: Topic
    question: Post
    answer: Post


def found_by(viewer: Viewer, text: str, *, now: datetime, is_noted: bool = True, limit: int = SHOWN) -> Found:
    """Find articles and solved questions that the viewer may see and the widget shows."""
    text = text[:LONGEST_QUERY]
    articles = search(viewer=viewer, text=text, types=("article",), limit=ASKED_FOR, now=now)
    topics = search(viewer=viewer, text=f"is:solved {text}", types=("question",), limit=ASKED_FOR, now=now)
    solved = [hit for hit in topics.items if hit.is_solved]  # whatever operators were typed
    if is_noted:
        recording.remember(
            viewer=viewer,
            results=Results(
                articles.query,
                [*articles.items, *solved],
                has_answer=any(hit.is_fitting for hit in (*articles.items, *solved)),
            ),
            source=Search.Source.API,
            now=now,
        )
    hits = sorted((*articles.items, *solved), key=lambda hit: (-hit.is_fitting, -hit.score))
    expansions = {item.term: item.alternatives for item in articles.query.expansions[:3]}
    return Found(_placed(viewer, hits)[:limit], expansions)


def article_of(viewer: Viewer, article_id: int) -> Article:
    """Return a published article that the widget shows, or Http404."""
    found = articles_visible_to(viewer).filter(pk=article_id, state=Article.State.PUBLISHED)
    article = _of_categories(found).select_related("category").first()
    if article is None:
        raise Http404
    return article


def solved_of(viewer: Viewer, topic_id: int) -> Solved:
    """Return a solved question with its answer, or Http404."""
    topic = _of_spaces(topics_visible_to(viewer)).filter(pk=topic_id).select_related("space", "author").first()
    accepted = AcceptedAnswer.objects.filter(topic_id=topic_id, ended_at=None).first()
    if topic is None or accepted is None:
        raise Http404
    posts = posts_visible_to(viewer).filter(topic_id=topic_id).select_related("author")
    question, answer = posts.filter(number=1).first(), posts.filter(pk=accepted.post_id).first()
    if question is None or answer is None:
        raise Http404
    return Solved(topic, question, answer)


def answerers_of(viewer: Viewer, topic_ids: Sequence[int]) -> dict[int, str]:
    """Return whose answer solved each of some questions, where the viewer sees it."""
    accepted = dict(
        AcceptedAnswer.objects.filter(topic_id__in=topic_ids, ended_at=None).values_list("post_id", "topic_id")
    )
    posts = posts_visible_to(viewer).filter(pk__in=accepted).select_related("author")
    return {accepted[post.pk]: post.author.name for post in posts}


def own_asked(viewer: Viewer) -> list[tuple[Inquiry, int]]:
    """Return what the member asked lately, each with how many answers they have not read in the widget."""
    asked = list(own_inquiries(viewer).order_by("-last_in_at", "-pk")[:OWN_SHOWN])
    unread = unread_by_inquiry(viewer, [inquiry.pk for inquiry in asked])
    return sorted(((item, unread.get(item.pk, 0)) for item in asked), key=lambda pair: pair[1] == 0)


def unread_by_inquiry(viewer: Viewer, inquiry_ids: Sequence[int]) -> dict[int, int]:
    """Return {inquiry: answers that are out and not read in the widget}."""
    read = dict(
        ReadAnswers.objects.filter(member_id=viewer.own_id, inquiry_id__in=inquiry_ids).values_list(
            "inquiry_id", "message_id"
        )
    )
    out = Q(delivery=None) | Q(delivery__state=Delivery.State.SENT)
    rows = InquiryMessage.objects.filter(out, inquiry_id__in=inquiry_ids, direction=OUT)
    counts: dict[int, int] = {}
    for inquiry_id, message_id in rows.values_list("inquiry_id", "pk"):
        if message_id > read.get(inquiry_id, 0):
            counts[inquiry_id] = counts.get(inquiry_id, 0) + 1
    return counts


def last_out(inquiry: Inquiry) -> int:
    """Return the number of the last answer that is out, 0 for none."""
    out = Q(delivery=None) | Q(delivery__state=Delivery.State.SENT)
    rows = InquiryMessage.objects.filter(out, inquiry=inquiry, direction=OUT)
    return rows.aggregate(last=Max("pk"))["last"] or 0


def came_along(*, viewer: Viewer, inquiry_id: int) -> CameAlong | None:
    """Return what came along with an inquiry that the viewer may see."""
    seen = inquiries_visible_to(viewer).filter(pk=inquiry_id)
    return CameAlong.objects.filter(inquiry__in=seen).first()


def places(viewer: Viewer) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the spaces of questions and the categories of articles, for Studio: (slug, name) each."""
    spaces = spaces_visible_to(viewer).filter(kind=Space.Kind.QUESTION).order_by("pk")
    return (
        [(space.slug, in_language(space.name, viewer.language) or space.slug) for space in spaces],
        [(item.slug, in_language(item.name, viewer.language) or item.slug) for item in Category.objects.all()],
    )


def _placed(viewer: Viewer, hits: Sequence[Hit]) -> list[Hit]:
    """Leave out what the widget was told not to show; what the viewer may not see is not among them anyway."""
    ids = {kind: [hit.id for hit in hits if hit.type == kind] for kind in ("article", "topic")}
    articles = set(_of_categories(Article.objects.filter(pk__in=ids["article"])).values_list("pk", flat=True))
    topics = set(_of_spaces(Topic.objects.filter(pk__in=ids["topic"])).values_list("pk", flat=True))
    shown = {"article": articles, "topic": topics}
    return [hit for hit in hits if hit.id in shown.get(hit.type, ())]


def _of_categories(rows: QuerySet[Article]) -> QuerySet[Article]:
    chosen = setting(PLACED)["categories"]
    return rows.filter(category__slug__in=chosen) if chosen else rows


def _of_spaces(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    chosen = setting(PLACED)["spaces"]
    return rows.filter(space__slug__in=chosen) if chosen else rows
