"""Mozilla Support's questions and answers as CSV: one file of each, told apart by their headings."""

import io
from collections.abc import Iterator

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import Author, Post, Record, Skipped, Topic

QUESTION = ("id", "created", "title", "content", "creator")
ANSWER = ("id", "question_id", "created", "content", "creator")


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield the records of all files. Spam is skipped and reported."""
    for name, source in sources.files(paths, suffixes=(".csv",)):
        seekable = io.BufferedReader(source) if not isinstance(source, io.BufferedReader) else source  # type: ignore[arg-type]
        heading = seekable.peek(4096).decode("utf-8", "replace").partition("\n")[0]
        yield from _answers(name, seekable) if "question_id" in heading else _questions(name, seekable)


def _questions(name: str, source: io.BufferedReader) -> Iterator[Record]:
    for item in sources.rows(name, source, needed=QUESTION):
        if isinstance(item, Skipped):
            yield item
            continue
        place, row = item
        if row.get("is_spam") == "true":
            yield Skipped(place, "marked as spam")
            continue
        yield Author(key=row["creator"] or "unknown", name=row["creator"] or "unknown", handle=row["creator"])
        try:
            yield _topic(place, row)
        except ValueError as error:
            yield Skipped(place, str(error))


def _topic(place: str, row: dict[str, str]) -> Topic:
    if not row["id"].strip():
        raise ValueError("no id")
    return Topic(
        key=row["id"].strip(),
        title=row["title"].strip() or "(no title)",
        body=to_markdown(row["content"]),
        author_key=row["creator"] or "unknown",
        created_at=sources.moment(row["created"]),
        place=place,
        tags=tuple(tag for tag in row.get("tags", "").split(";") if tag)[:10],
        vote_count=sources.number(row.get("num_votes")),
        accepted_key=row.get("solution", "").strip(),
        is_closed=row.get("is_locked") == "true",
        lang=row.get("locale", "").partition("-")[0],
    )


def _answers(name: str, source: io.BufferedReader) -> Iterator[Record]:
    for item in sources.rows(name, source, needed=ANSWER):
        if isinstance(item, Skipped):
            yield item
            continue
        place, row = item
        if row.get("is_spam") == "true":
            yield Skipped(place, "marked as spam")
            continue
        yield Author(key=row["creator"] or "unknown", name=row["creator"] or "unknown", handle=row["creator"])
        try:
            yield Post(
                key=row["id"].strip(),
                topic_key=row["question_id"].strip(),
                body=to_markdown(row["content"]),
                author_key=row["creator"] or "unknown",
                created_at=sources.moment(row["created"]),
                place=place,
                vote_count=sources.number(row.get("num_helpful")),
            )
        except ValueError as error:
            yield Skipped(place, str(error))
