"""Mozilla Support's questions and answers as CSV: one file of each, told apart by their headings."""

from collections.abc import Iterator

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources, tables
from kizuna.interfaces.integrations.importers.records import POSTS, TOPICS, Author, Note, Post, Record, Skipped, Topic
from kizuna.interfaces.integrations.importers.values import moment, number

QUESTION = ("id", "created", "title", "content", "creator")
ANSWER = ("id", "question_id", "created", "content", "creator")


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield the records of all files. Spam is skipped and reported."""
    for source in sources.files(paths, suffixes=(".csv",)):
        if isinstance(source, Skipped):
            yield source
            continue
        heading = source.head.partition(b"\n")[0].decode("utf-8", "replace")
        is_answers = columns.get("question_id", "question_id") in heading
        needed, kind, made = (ANSWER, POSTS, _post) if is_answers else (QUESTION, TOPICS, _topic)
        for item in tables.rows(source, needed=needed, columns=columns, kind=kind):
            if isinstance(item, Skipped | Note):
                yield item
                continue
            place, row = item
            if row.get("is_spam") == "true":
                yield Skipped(place, "marked as spam", kind=kind)
                continue
            try:
                record = made(place, row)
            except ValueError as error:
                yield Skipped(place, str(error), kind=kind)
                continue
            yield _author(row)
            yield record


def _author(row: dict[str, str]) -> Author:
    name = row["creator"].strip() or "unknown"
    return Author(key=name, name=name, handle=row["creator"].strip())


def _topic(place: str, row: dict[str, str]) -> Topic:
    return Topic(
        key=row["id"].strip(),
        title=row["title"].strip(),
        body=to_markdown(row["content"]),
        author_key=_author(row).key,
        created_at=moment(row["created"]),
        place=place,
        tags=tuple(tag for tag in row.get("tags", "").split(";") if tag),
        vote_count=number(row.get("num_votes")),
        is_doubted=True,
        accepted_key=row.get("solution", "").strip(),
        is_closed=row.get("is_locked") == "true",
        lang=row.get("locale", "").partition("-")[0],
    )


def _post(place: str, row: dict[str, str]) -> Post:
    return Post(
        key=row["id"].strip(),
        topic_key=row["question_id"].strip(),
        body=to_markdown(row["content"]),
        author_key=_author(row).key,
        created_at=moment(row["created"]),
        place=place,
        vote_count=number(row.get("num_helpful")),
    )
