"""Write what is staged through the actions of the apps, in batches that nobody has to wait for."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kizuna.base.text.markdown import excerpt
from kizuna.core.members.actions import import_authors
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.actions import Imported, import_posts, import_topics
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.engagement.knowledge.actions import import_articles
from kizuna.engagement.knowledge.models import Article
from kizuna.interfaces.integrations.importers.records import (
    ARTICLES,
    AUTHORS,
    POSTS,
    TOPICS,
    Report,
    Skipped,
)
from kizuna.interfaces.integrations.importers.staging import Staging

MAX_TITLE = 200
FEWEST, MOST = 50, 1_000
BATCH_SECONDS = 0.15  # how long a batch may hold the database: on SQLite everybody who writes waits for it
TABLES = {AUTHORS: Member, TOPICS: Topic, POSTS: Post, ARTICLES: Article}
Row = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Destination:
    """Where the content goes, as whom, and under which name of its source."""

    viewer: Viewer
    source: str
    import_id: int
    space: Space | None
    article_audience_id: int
    now: datetime

    def external_id(self, key: str) -> str:
        return f"{self.source}:{key}" if key else ""


class Pace:
    """Chooses the size of the next batch by how long the last one took."""

    def __init__(self) -> None:
        self.size = 100

    def note(self, seconds: float, rows: int) -> None:
        fitting = rows * BATCH_SECONDS / max(seconds, 0.001)
        self.size = round(max(FEWEST, min(max(fitting, self.size / 2), self.size * 2, MOST)))


def load(staging: Staging, destination: Destination, *, say: Say) -> None:
    """Write everything; what is here already is left alone, so a run that was killed is simply run again."""
    _load_authors(staging, destination, say)
    _load_rows(
        staging, TOPICS, staging.topics(), _topic, lambda rows: _write_topics(rows, destination), destination, say
    )
    _load_rows(staging, POSTS, staging.posts(), _post, lambda rows: _write_posts(rows, destination), destination, say)
    _load_rows(
        staging,
        ARTICLES,
        staging.questions(),
        _article,
        lambda rows: _write_articles(rows, destination),
        destination,
        say,
    )


def rehearse(staging: Staging, destination: Destination) -> None:
    """Count what `load` would do, without writing."""
    report = staging.report
    kinds: list[tuple[str, Iterable[str]]] = [
        (AUTHORS, (author.key for author in staging.authors())),
        (TOPICS, (row["key"] for row in staging.topics())),
        (POSTS, (row["key"] for row in staging.posts())),
        (ARTICLES, (row["key"] for row in staging.questions())),
    ]
    for kind, found in kinds:
        for keys in _batches(found, Pace()):
            known = _known(kind, [destination.external_id(key) for key in keys])
            report.count("present", kind, len(known))
            report.count("written", kind, len(keys) - len(known))


def _load_authors(staging: Staging, destination: Destination, say: Say) -> None:
    report, done, pace = staging.report, 0, Pace()
    for batch in _batches(staging.authors(), pace):
        wanted = {destination.external_id(author.key): author for author in batch}
        known = _known(AUTHORS, list(wanted))
        began = time.monotonic()
        member_ids = import_authors(
            viewer=destination.viewer,
            authors=[{**asdict(author), "external_id": key} for key, author in wanted.items()],
            now=destination.now,
        )
        pace.note(time.monotonic() - began, len(batch))
        staging.know_members({author.key: member_ids[key] for key, author in wanted.items()})
        report.count("written", AUTHORS, len(batch) - len(known))
        report.count("present", AUTHORS, len(known))
        done += len(batch)
        say(_progress(done, report, AUTHORS))


def _load_rows(
    staging: Staging,
    kind: str,
    found: Iterable[Row],
    shaped: Callable[[Row, Staging, Destination], Row],
    write: Callable[[list[Row]], Imported],
    destination: Destination,
    say: Say,
) -> None:
    report, done, pace = staging.report, 0, Pace()
    for batch in _batches(found, pace):
        rows = [shaped(row, staging, destination) for row in batch]
        result = write(rows)
        pace.note(result.held_seconds, len(rows))
        for row in rows:
            if reason := result.refused.get(row["external_id"]):
                staging.skip(Skipped(row["place"], reason, kind=kind))
        report.count("written", kind, len(result.written))
        report.count("present", kind, len(rows) - len(result.written) - len(result.refused))
        done += len(rows)
        say(_progress(done, report, kind))


def _topic(row: Row, staging: Staging, destination: Destination) -> Row:
    title, body = " ".join(row["title"].split()), row["body"]
    if len(title) > MAX_TITLE:
        staging.note(row["place"], f"a title of more than {MAX_TITLE} characters, cut; all of it begins the text")
        title, body = excerpt(title, limit=MAX_TITLE), f"**{title}**\n\n{body}"
    title = title or excerpt(body, limit=60) or "(no title)"
    closed_at = datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None
    return row | {
        "external_id": destination.external_id(row["key"]), "title": title, "body": body, "closed_at": closed_at,
    }  # fmt: skip


def _post(row: Row, staging: Staging, destination: Destination) -> Row:
    return row | {
        "external_id": destination.external_id(row["key"]),
        "topic_external_id": destination.external_id(row["topic_key"]),
        "reply_to_external_id": destination.external_id(row["reply_to_key"]),
    }


def _article(row: Row, staging: Staging, destination: Destination) -> Row:
    title, body = " ".join(row["title"].split()), row["body"]
    if len(title) > MAX_TITLE:
        staging.note(row["place"], f"a question of more than {MAX_TITLE} characters, cut; all of it begins the text")
        title, body = excerpt(title, limit=MAX_TITLE), f"**{title}**\n\n{body}"
    return row | {"external_id": destination.external_id(row["key"]), "title": title, "body": body}


def _write_topics(rows: list[Row], destination: Destination) -> Imported:
    if destination.space is None:
        raise ValueError("topics need a space")
    return import_topics(
        viewer=destination.viewer,
        space=destination.space,
        rows=rows,
        import_id=destination.import_id,
        now=destination.now,
    )


def _write_posts(rows: list[Row], destination: Destination) -> Imported:
    return import_posts(viewer=destination.viewer, rows=rows, import_id=destination.import_id, now=destination.now)


def _write_articles(rows: list[Row], destination: Destination) -> Imported:
    """Write articles together, or one by one where one of them is refused."""
    began = time.monotonic()
    try:
        return Imported(written=_published(rows, destination), held_seconds=time.monotonic() - began)
    except Refused as refused:
        if len(rows) == 1:
            return Imported(refused={rows[0]["external_id"]: str(refused.reason)})
    result = Imported()
    for row in rows:
        single = _write_articles([row], destination)
        result.written |= single.written
        result.refused |= single.refused
    return result


def _published(rows: list[Row], destination: Destination) -> dict[str, int]:
    return import_articles(
        viewer=destination.viewer,
        rows=rows,
        import_id=destination.import_id,
        audience_id=destination.article_audience_id,
        now=destination.now,
    )


def _batches(found: Iterable[Any], pace: Pace) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in found:
        batch.append(row)
        if len(batch) >= pace.size:
            yield batch
            batch = []
    if batch:
        yield batch


def _known(kind: str, external_ids: list[str]) -> set[str]:
    return set(TABLES[kind].objects.filter(external_id__in=external_ids).values_list("external_id", flat=True))


def _progress(done: int, report: Report, kind: str) -> str:
    wanted = report.read.get(kind, 0) - report.skipped_of(kind)
    return f"{kind}: {done} of {max(done, wanted)}"
