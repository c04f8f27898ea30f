"""Take over topics that were opened elsewhere: as history, at their own times, and nobody is told."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import japanese, markdown
from kizuna.core.activity.actions import record_imported
from kizuna.core.community import queries as community
from kizuna.core.community.actions import bump_generation
from kizuna.core.community.queries import CONTENT
from kizuna.core.community.screening import Verdict, screen
from kizuna.core.members.actions import add_to_many_counts
from kizuna.core.members.policies import Refused, can_manage, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import actions as search
from kizuna.core.search import rows as search_rows
from kizuna.engagement.discussions import activities
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.tagging import MAX_TAG_LENGTH, tags_named
from kizuna.engagement.discussions.actions.writing import is_empty, tidied
from kizuna.engagement.discussions.models import IdeaStatus, Post, Space, Tag, Topic, TopicClosure, TopicTag
from kizuna.engagement.discussions.queries.counts import is_open

IMPORT_CHUNK = 1_000
MAX_IMPORTED_TAGS = 20
MAX_KEY_LENGTH = 60
Row = dict[str, Any]
MentionURL = Callable[[str], str | None]


@dataclass
class Imported:
    """What became of the rows: {external id: id} of those written, {external id: reason} of those refused.

    `held_seconds` is how long the database was held.
    """

    written: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    held_seconds: float = 0.0


@dataclass(frozen=True)
class Text:
    """A text as it is stored, and its tokens: all that takes long is done before the transaction."""

    body: str
    html: str
    plain: str
    lang: str
    tokens: dict[str, str]


def import_topics(
    *,
    viewer: Viewer,
    space: Space,
    rows: Iterable[Row],
    import_id: int,
    now: datetime,
    mention_url: MentionURL | None = None,
) -> Imported:
    """Write topics with their opening posts; those known by their external id are left alone. At most 1,000 a call.

    A row has `external_id`, `author_id`, `title`, `body`, `created_at`, and perhaps `tags`, `view_count`, `vote_count`,
    `is_doubted` (votes mean "me too"), `is_closed`, `closed_at`, `lang`. Names in the text stay plain text unless
    `mention_url` knows them.
    """
    require(can_manage(viewer), _("Only owners and admins may do this."))
    wanted = chunk_of(rows)
    known = set(Topic.objects.filter(external_id__in=wanted).values_list("external_id", flat=True))
    result = Imported()
    new = [row for key, row in wanted.items() if key not in known]
    _name_tags(new)
    texts = read_texts(new, viewer=viewer, result=result, mention_url=mention_url, screened=("title", "body"))
    new = [row for row in new if row["external_id"] in texts]
    if new:
        began = time.monotonic()
        with transaction.atomic():
            result.written = _write(new, texts, space=space, import_id=import_id)
        result.held_seconds = time.monotonic() - began
    return result


def chunk_of(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by external id. Raises ValueError when they are too many for one transaction."""
    wanted = {row["external_id"]: dict(row) for row in rows}
    if len(wanted) > IMPORT_CHUNK:
        raise ValueError(f"At most {IMPORT_CHUNK} rows a call.")
    return wanted


def read_texts(
    rows: list[Row], *, viewer: Viewer, result: Imported, mention_url: MentionURL | None, screened: tuple[str, ...]
) -> dict[str, Text]:
    """Return the rendered text of each row; put those that a rule refuses into the result with the reason."""
    found: dict[str, Text] = {}
    together = "\n".join(tidied(row[name]) for row in rows for name in screened)
    is_clean = screen(text=together, viewer=viewer) == Verdict(text=together)
    for row in rows:
        try:
            if not is_clean:
                _screen(row, viewer, screened)
            found[row["external_id"]] = _read(row, mention_url)
        except Refused as refused:
            result.refused[row["external_id"]] = str(refused.reason)
    return found


def _screen(row: Row, viewer: Viewer, fields: tuple[str, ...]) -> None:
    """Mask what is to be masked. A word that would hold a new post refuses an imported one, to be looked at and imported again."""
    for name in fields:
        verdict = screen(text=tidied(row[name]), viewer=viewer)
        if word := verdict.refused_for or verdict.held_for:
            raise Refused(_("The word “%(word)s” cannot be used here.") % {"word": word})
        row[name] = verdict.text


def _read(row: Row, mention_url: MentionURL | None) -> Text:
    body = tidied(row.get("title", "") if is_empty(row["body"]) else row["body"])
    if is_empty(body):
        raise Refused(_("Please write something."))
    try:
        document = markdown.document(body, mention_url=mention_url)
    except markdown.TooLong as error:
        raise Refused(f"a text of {error.length} characters; {error.limit} fit") from None
    lang = row.get("lang") or japanese.lang_of(document.text)
    tags = [tag.name for tag in row.get("labels", ())]
    tokens = search_rows.tokens_of(title=row.get("title", ""), body=document.text, tags=tags)
    return Text(body=body, html=document.html, plain=document.text, lang=lang[:5], tokens=tokens)


def votes_as_reactions(row: Row) -> dict[str, int]:
    """Return a source's votes as counts of reactions. Who voted is not known, so there are no rows behind them."""
    votes = row.get("vote_count") or 0
    if votes <= 0:
        return {}
    words = {reaction["word"] for reaction in community.setting(keys.REACTIONS)}
    return {keys.DOUBTED if row.get("is_doubted") and keys.DOUBTED in words else keys.THANKS: votes}


def _name_tags(rows: list[Row]) -> None:
    """Put the tags of each row beside their names, as `labels`; those that are new are made."""
    folded: dict[str, str] = {}
    shown: dict[str, str] = {}
    for name in sorted({name for row in rows for name in row.get("tags") or ()}):
        short = " ".join(tidied(name).replace(",", " ").split()).lstrip("#＃")[:MAX_TAG_LENGTH]
        if (key := japanese.fold(short).strip()) and len(key) <= MAX_KEY_LENGTH:
            folded[name] = key
            shown.setdefault(key, short)
    made = dict(zip(shown, tags_named(shown), strict=True))
    for row in rows:
        keys_of_row = dict.fromkeys(folded[name] for name in row.get("tags") or () if name in folded)
        row["labels"] = [made[key] for key in keys_of_row][:MAX_IMPORTED_TAGS]


def _write(rows: list[Row], texts: dict[str, Text], *, space: Space, import_id: int) -> dict[str, int]:
    topics = [_topic(row, texts[row["external_id"]], space, import_id) for row in rows]
    Topic.objects.bulk_create(topics)
    openings = [_opening(topic, row, texts[topic.external_id]) for topic, row in zip(topics, rows, strict=True)]
    Post.objects.bulk_create(openings)
    _put_tags([(topic.pk, tag.pk) for topic, row in zip(topics, rows, strict=True) for tag in row["labels"]])
    _close(topics, rows)
    search.index_many(_search_row(topic, space, texts[topic.external_id]) for topic in topics)
    record_imported([_posted(post, space) for post in openings], import_id=import_id)
    Space.objects.filter(pk=space.pk).update(topic_count=F("topic_count") + len(topics))
    if is_open(space.audience_id):
        _count(openings, [tag.pk for row in rows for tag in row["labels"]])
    bump_generation(CONTENT)
    return {topic.external_id: topic.pk for topic in topics}


def _topic(row: Row, text: Text, space: Space, import_id: int) -> Topic:
    return Topic(
        space=space,
        author_id=row["author_id"],
        title=row["title"],
        lang=text.lang,
        audience_id=space.audience_id,
        container_audience_id=space.audience_id,
        created_at=row["created_at"],
        bumped_at=row["created_at"],
        last_post_author_id=row["author_id"],
        tags=[tag.name for tag in row["labels"]],
        view_count=row.get("view_count") or 0,
        vote_count=row.get("vote_count") or 0,
        is_closed=bool(row.get("is_closed")),
        idea_status=IdeaStatus.RECEIVED if space.kind == Space.Kind.IDEA else "",
        external_id=row["external_id"],
        import_id=import_id,
    )


def _opening(topic: Topic, row: Row, text: Text) -> Post:
    counts = votes_as_reactions(row)
    return Post(
        topic=topic,
        number=1,
        author_id=topic.author_id,
        body=text.body,
        html=text.html,
        render_version=markdown.RENDER_VERSION,
        lang=text.lang,
        audience_id=topic.audience_id,
        container_audience_id=topic.container_audience_id,
        created_at=topic.created_at,
        is_staff=bool(row.get("is_staff")),
        reaction_counts=counts,
        thanks_count=counts.get(keys.THANKS, 0),
    )


def _put_tags(pairs: list[tuple[int, int]]) -> None:
    TopicTag.objects.bulk_create(TopicTag(topic_id=topic_id, tag_id=tag_id) for topic_id, tag_id in pairs)


def _count(openings: list[Post], tag_ids: list[int]) -> None:
    counts: dict[int, Counter[str]] = {}
    for post in openings:
        counts.setdefault(post.author_id, Counter()).update(topic_count=1, thanks_count=post.thanks_count)
    add_to_many_counts(changes=counts)
    by_count: dict[int, list[int]] = {}
    for tag_id, count in Counter(tag_ids).items():
        by_count.setdefault(count, []).append(tag_id)
    for count, tag_ids in sorted(by_count.items()):
        Tag.objects.filter(pk__in=tag_ids).update(topic_count=F("topic_count") + count)


def _close(topics: list[Topic], rows: list[Row]) -> None:
    TopicClosure.objects.bulk_create(
        TopicClosure(topic=topic, closed_at=row.get("closed_at") or topic.created_at)
        for topic, row in zip(topics, rows, strict=True)
        if topic.is_closed
    )


def _search_row(topic: Topic, space: Space, text: Text) -> Row:
    return indexing.topic_row(topic=topic, space=space, text=text.plain) | {"tokens": text.tokens}


def _posted(post: Post, space: Space) -> tuple[Any, Row]:
    return activities.TOPIC_POSTED, {
        "actor_id": post.author_id,
        "object_type": "topic",
        "object_id": post.topic_id,
        "at": post.created_at,
        "props": {
            "space": space.pk,
            "kind": space.kind,
            "urgency": str(Topic.Urgency.NORMAL),
            "post": post.pk,
            "is_staff": post.is_staff,
        },
    }
