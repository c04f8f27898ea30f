"""返事の手がかり: what may answer an inquiry, where it is from, and whether its reader may see that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kizuna.base.hosting.links import absolute_url
from kizuna.base.text import html as text_html
from kizuna.base.text import markdown
from kizuna.core.members.queries import viewer_of, visitor
from kizuna.core.members.viewer import MEMBERS, PUBLIC, Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.search.hits import Hit
from kizuna.core.search.queries import similar
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.engagement.discussions.queries import posts_visible_to
from kizuna.engagement.knowledge.models import Article
from kizuna.engagement.knowledge.queries import articles_visible_to, published
from kizuna.success.answering import likeness
from kizuna.success.answering.models import InquiryFeatures
from kizuna.success.answering.queries.near import features_of, near, text_of, weights_of
from kizuna.success.answering.queries.redacting import names_of, without_names
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.inbox.queries import inquiries_visible_to

ASKED, SHOWN_OF_KIND, LOOKED_BACK = 12, 3, timedelta(days=400)
LONGEST = 1_500
WORDS_SHOWN = 3
FOR_EVERYBODY = (PUBLIC, MEMBERS)
_SOLVED = re.compile(
    r"解決(し|でき)|できました|出来ました|直りました|助かりました|solved|works now|fixed", re.IGNORECASE
)


@dataclass(frozen=True)
class Clue:
    """One thing that may help. `text` is empty where nothing of it may be put into an answer; `link` where its reader could not open it."""

    kind: str  # article, topic, reply
    id: int
    title: str
    url: str
    on: date | datetime
    text: str
    link: str
    words: tuple[str, ...]
    name: str = ""  # who answered
    is_internal: bool = False
    is_said_solved: bool = False
    review_on: date | None = None
    is_due: bool = False  # the day to look at it again has come

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


def customer_of(inquiry: Inquiry) -> Viewer:
    """Return as whom the customer reads: the member they are, else a visitor."""
    member = inquiry.member or (inquiry.contact.member if inquiry.contact else None)
    return viewer_of(member) if member is not None else visitor()


def clues_for(viewer: Viewer, inquiry: Inquiry, *, now: datetime) -> list[Clue]:
    """Return what may help to answer: articles, solved questions, answers given before. Only what really fits."""
    body = text_of(inquiry)
    asked = likeness.meant(inquiry.title, body)
    own = [("topic", inquiry.source_id)] if inquiry.source_type == "topic" and inquiry.source_id else []
    hits = _found(viewer, [inquiry.title, asked], own)
    customer = customer_of(inquiry)
    words = likeness.words_as_written(f"{inquiry.title}\n{body}")
    return [
        *_articles(viewer, customer, [hit for hit in hits if hit.type == "article"], words, now=now),
        *_topics(viewer, customer, [hit for hit in hits if hit.type == "topic" and hit.is_solved], words),
        *_replies(viewer, inquiry, words, now=now),
    ]


def _found(viewer: Viewer, texts: list[str], without: list[tuple[str, int]]) -> list[Hit]:
    """Return what fits the title or the whole question, best first: a long letter says more than it asks."""
    best: dict[tuple[str, int], Hit] = {}
    for text in filter(None, texts):
        for hit in similar(viewer=viewer, text=text, limit=ASKED, exclude=without):
            known = best.get((hit.type, hit.id))
            if known is None or hit.score > known.score:
                best[hit.type, hit.id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.type, -hit.id))


def _articles(
    viewer: Viewer, customer: Viewer, hits: list[Hit], words: Mapping[str, str], *, now: datetime
) -> list[Clue]:
    ids = [hit.id for hit in hits]
    rows = articles_visible_to(viewer).filter(state=Article.State.PUBLISHED).in_bulk(ids)
    open_to = set(published(customer).filter(pk__in=ids).values_list("pk", flat=True))
    clues = []
    for row in [rows[pk] for pk in ids if pk in rows][:SHOWN_OF_KIND]:
        text = row.short_answer or text_html.to_text(row.html)
        may_see = row.pk in open_to
        clues.append(
            Clue(
                kind="article",
                id=row.pk,
                title=row.title,
                url=f"/k/{row.pk}/",
                on=row.updated_at,
                review_on=row.review_on,
                is_due=row.review_on is not None and row.review_on <= local_day(now),
                text=_cut(text) if may_see or row.audience_id in FOR_EVERYBODY else "",
                link=absolute_url(f"/k/{row.pk}/") if may_see else "",
                words=_shared(words, f"{row.title}\n{text}"),
                is_internal=not may_see and row.audience_id not in FOR_EVERYBODY,
            )
        )
    return clues


def _topics(viewer: Viewer, customer: Viewer, hits: list[Hit], words: Mapping[str, str]) -> list[Clue]:
    ids = [hit.id for hit in hits]
    topics = Topic.objects.filter(pk__in=ids, accepted_post__isnull=False).in_bulk()
    answers = [topic.accepted_post_id or 0 for topic in topics.values()]
    posts = posts_visible_to(viewer).filter(pk__in=answers).select_related("author", "topic").in_bulk()
    open_to = set(posts_visible_to(customer).filter(pk__in=answers).values_list("pk", flat=True))
    clues: list[Clue] = []
    for pk in ids:
        post = posts.get(topics[pk].accepted_post_id or 0) if pk in topics else None
        if post is None or len(clues) == SHOWN_OF_KIND:
            continue
        clues.append(_topic(topics[pk], post, words, may_see=post.pk in open_to))
    return clues


def _topic(topic: Topic, post: Post, words: Mapping[str, str], *, may_see: bool) -> Clue:
    text = markdown.to_text(post.body)
    is_for_all = {post.audience_id, topic.audience_id, topic.container_audience_id} <= set(FOR_EVERYBODY)
    return Clue(
        kind="topic",
        id=topic.pk,
        title=topic.title,
        url=f"/t/{topic.pk}/",
        on=post.created_at,
        text=_cut(text) if may_see or is_for_all else "",
        link=absolute_url(f"/t/{topic.pk}/") if may_see else "",
        words=_shared(words, f"{topic.title}\n{text}"),
        name=post.author.name if post.author else "",
        is_internal=not may_see and not is_for_all,
    )


def _replies(viewer: Viewer, inquiry: Inquiry, words: Mapping[str, str], *, now: datetime) -> list[Clue]:
    """Return answers to others that were closed as answered, without what says who those were; first those who said that it helped."""
    row = InquiryFeatures.objects.filter(pk=inquiry.pk).first()
    if row is None or not row.terms:
        return []
    answered = inquiries_visible_to(viewer).filter(
        state=Inquiry.State.CLOSED, closed_because=Inquiry.Reason.ANSWERED, first_response_at__isnull=False
    )
    weights = weights_of(row.terms, now=now)
    found = near(
        features_of(row), weights, since=now - LOOKED_BACK, until=now, without=inquiry.pk, among=answered
    )  # fmt: skip
    found = {pk: nearness for pk, nearness in found.items() if nearness.is_same}
    best = sorted(found, key=lambda pk: (-found[pk].score, -pk))[: 4 * SHOWN_OF_KIND]
    inquiries = answered.select_related("account", "contact", "member").in_bulk(best)
    clues = [clue for pk in best if pk in inquiries and (clue := _reply(inquiries[pk], words))]
    clues.sort(key=lambda clue: not clue.is_said_solved)
    return clues[:SHOWN_OF_KIND]


def _reply(other: Inquiry, words: Mapping[str, str]) -> Clue | None:
    sent = InquiryMessage.objects.filter(inquiry=other, direction=InquiryMessage.Direction.OUT)
    sent = sent.filter(delivery__state=Delivery.State.SENT).select_related("author")
    message = sent.order_by("-at", "-pk").first()
    if message is None:
        return None
    after = InquiryMessage.objects.filter(inquiry=other, direction=InquiryMessage.Direction.IN, at__gt=message.at)
    text = without_names(message.body, names_of([other]))
    return Clue(
        kind="reply",
        id=other.pk,
        title=f"#{other.pk} {other.title}",
        url=f"/desk/inquiries/{other.pk}/#m-{message.pk}",
        on=message.at,
        text=_cut(text),
        link="",
        words=_shared(words, f"{other.title}\n{text_of(other)}\n{text}"),
        name=message.author.name if message.author else "",
        is_said_solved=any(_SOLVED.search(body) for body in after.values_list("body", flat=True)[:5]),
    )


def _shared(words: Mapping[str, str], text: str) -> tuple[str, ...]:
    """Return the words of the question that stand in a text, as a reason to look at it."""
    held = likeness.words_of(text[:LONGEST])
    return tuple(written for word, written in words.items() if word in held)[:WORDS_SHOWN]


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
