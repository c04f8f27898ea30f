"""Take over topics that were opened elsewhere: as history, at their own times, and nobody is told."""

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
from kizuna.core.community.screening import screen
from kizuna.core.members.actions import add_to_many_counts
from kizuna.core.members.policies import Refused, can_manage, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import actions as search
from kizuna.engagement.discussions import activities
from kizuna.engagement.discussions import settings as keys
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.tagging import MAX_TAG_LENGTH, tags_named
from kizuna.engagement.discussions.actions.writing import Writing, is_empty, tidied
from kizuna.engagement.discussions.models import IdeaStatus, Post, Space, Tag, Topic, TopicClosure, TopicTag

IMPORT_CHUNK = 1_000
MAX_IMPORTED_TAGS = 20
Row = dict[str, Any]
MentionURL = Callable[[str], str | None]


@dataclass
class Imported:
    """What became of the rows: {external id: id} of those written, {external id: reason} of those refused."""

    written: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


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
    texts = read_texts(new, viewer=viewer, result=result, mention_url=mention_url, screened=("title", "body"))
    new = [row for row in new if row["external_id"] in texts]
    if new:
        with transaction.atomic():
            result.written = _write(new, texts, space=space, import_id=import_id, now=now)
    return result


def chunk_of(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by external id. Raises ValueError when they are too many for one transaction."""
    wanted = {row["external_id"]: dict(row) for row in rows}
    if len(wanted) > IMPORT_CHUNK:
        raise ValueError(f"At most {IMPORT_CHUNK} rows a call.")
    return wanted


def read_texts(
    rows: list[Row], *, viewer: Viewer, result: Imported, mention_url: MentionURL | None, screened: tuple[str, ...]
) -> dict[str, Writing]:
    """Return the rendered text of each row; put those that a rule refuses into the result with the reason."""
    found: dict[str, Writing] = {}
    for row in rows:
        try:
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


def _read(row: Row, mention_url: MentionURL | None) -> Writing:
    body = row.get("title", "") if is_empty(row["body"]) else row["body"]
    if is_empty(body):
        raise Refused(_("Please write something."))
    try:
        document = markdown.document(body, mention_url=mention_url)
    except markdown.TooLong as error:
        raise Refused(f"a text of {error.length} characters; {error.limit} fit") from None
    lang = row.get("lang") or japanese.lang_of(document.text)
    return Writing(body, document.html, document.text, lang[:5], (), ())


def votes_as_reactions(row: Row) -> dict[str, int]:
    """Return a source's votes as counts of reactions. Who voted is not known, so there are no rows behind them."""
    votes = row.get("vote_count") or 0
    if votes <= 0:
        return {}
    words = {reaction["word"] for reaction in community.setting(keys.REACTIONS)}
    return {keys.DOUBTED if row.get("is_doubted") and keys.DOUBTED in words else keys.THANKS: votes}


def _write(
    rows: list[Row], texts: dict[str, Writing], *, space: Space, import_id: int, now: datetime
) -> dict[str, int]:
    tags = _tags_of(rows)
    topics = [_topic(row, texts[row["external_id"]], tags, space, import_id) for row in rows]
    Topic.objects.bulk_create(topics)
    openings = [_opening(topic, row, texts[topic.external_id]) for topic, row in zip(topics, rows, strict=True)]
    Post.objects.bulk_create(openings)
    _put_tags(topics, tags)
    _close(topics, rows)
    search.index_many(
        [indexing.topic_row(topic=topic, space=space, text=texts[topic.external_id].text) for topic in topics]
    )
    record_imported([_posted(post, space) for post in openings], import_id=import_id)
    Space.objects.filter(pk=space.pk).update(topic_count=F("topic_count") + len(topics))
    counts: dict[int, Counter[str]] = {}
    for post in openings:
        counts.setdefault(post.author_id, Counter()).update(topic_count=1, thanks_count=post.thanks_count)
    add_to_many_counts(changes=counts)
    bump_generation(CONTENT)
    return {topic.external_id: topic.pk for topic in topics}


def _tags_of(rows: list[Row]) -> dict[str, Tag]:
    """Return {name as written: tag} of all tags of the rows, made where they are new."""
    written = {name for row in rows for name in row.get("tags") or ()}
    folded: dict[str, str] = {}
    shown: dict[str, str] = {}
    for name in sorted(written):
        short = " ".join(tidied(name).replace(",", " ").split()).lstrip("#＃")[:MAX_TAG_LENGTH]
        if (key := japanese.fold(short).strip()) and len(key) <= 60:
            folded[name] = key
            shown.setdefault(key, short)
    made = dict(zip(shown, tags_named(shown), strict=True))
    return {name: made[key] for name, key in folded.items()}


def _topic(row: Row, text: Writing, tags: dict[str, Tag], space: Space, import_id: int) -> Topic:
    mine = dict.fromkeys(tags[name] for name in row.get("tags") or () if name in tags)
    topic = Topic(
        space=space,
        author_id=row["author_id"],
        title=row["title"],
        lang=text.lang,
        audience_id=space.audience_id,
        container_audience_id=space.audience_id,
        created_at=row["created_at"],
        bumped_at=row["created_at"],
        last_post_author_id=row["author_id"],
        tags=[tag.name for tag in list(mine)[:MAX_IMPORTED_TAGS]],
        view_count=row.get("view_count") or 0,
        vote_count=row.get("vote_count") or 0,
        is_closed=bool(row.get("is_closed")),
        idea_status=IdeaStatus.RECEIVED if space.kind == Space.Kind.IDEA else "",
        external_id=row["external_id"],
        import_id=import_id,
    )
    return topic


def _opening(topic: Topic, row: Row, text: Writing) -> Post:
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


def _put_tags(topics: list[Topic], tags: dict[str, Tag]) -> None:
    by_name = {tag.name: tag.pk for tag in tags.values()}
    links = [TopicTag(topic=topic, tag_id=by_name[name]) for topic in topics for name in topic.tags]
    TopicTag.objects.bulk_create(links, ignore_conflicts=True)
    by_count: dict[int, list[int]] = {}
    for tag_id, count in Counter(link.tag_id for link in links).items():
        by_count.setdefault(count, []).append(tag_id)
    for count, tag_ids in sorted(by_count.items()):
        Tag.objects.filter(pk__in=tag_ids).update(topic_count=F("topic_count") + count)


def _close(topics: list[Topic], rows: list[Row]) -> None:
    TopicClosure.objects.bulk_create(
        TopicClosure(topic=topic, closed_at=row.get("closed_at") or topic.created_at)
        for topic, row in zip(topics, rows, strict=True)
        if topic.is_closed
    )


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
