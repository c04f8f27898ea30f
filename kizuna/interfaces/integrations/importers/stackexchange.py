"""Stack Exchange's dump: Users.xml and Posts.xml (questions and answers), Comments.xml as short posts beneath them."""

import re
from collections.abc import Iterator
from io import BufferedReader
from xml.parsers import expat

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import Author, Post, Record, Skipped, Topic

QUESTION, ANSWER = "1", "2"
TAG = re.compile(r"<([^<>]+)>|\|?([^|<>]+)\|?")
MAX_ROW = 5_000_000
Row = dict[str, str]


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts. Comments need to know their question, so Posts come before them."""
    topic_of: dict[str, str] = {}
    for name, source in _ordered(paths):
        stem = name.lower().partition(".")[0]
        reader = {"users": _user, "posts": _post, "comments": _comment}.get(stem)
        if reader is None:
            continue
        for place, row in _rows(name, source):
            if isinstance(row, Skipped):
                yield row
                continue
            try:
                yield from reader(place, row, topic_of)
            except (KeyError, ValueError) as error:
                yield Skipped(place, f"the row lacks {error}" if isinstance(error, KeyError) else str(error))


def _ordered(paths: list[str]) -> Iterator[tuple[str, BufferedReader]]:
    # Three passes over the names keep one file open at a time, in the order the rows depend on each other.
    for wanted in ("users", "posts", "comments"):
        for name, source in sources.files(paths, suffixes=(".xml",)):
            if name.lower().startswith(wanted + "."):
                yield name, source


def _rows(name: str, source: BufferedReader) -> Iterator[tuple[str, Row | Skipped]]:
    """Yield each `<row …/>` by itself, so that one broken row costs itself only."""
    pending, start = b"", 0
    for line_number, line in enumerate(source, start=1):
        if not pending:
            if not line.lstrip().startswith(b"<row"):
                continue
            start = line_number
        pending += line
        if line.rstrip().endswith(b"/>") or len(pending) > MAX_ROW:
            place = f"{name}:{start}"
            yield place, _attributes(pending.strip(), place)
            pending = b""
    if pending:
        yield f"{name}:{start}", Skipped(f"{name}:{start}", "the file ends inside a row")


def _attributes(source: bytes, place: str) -> Row | Skipped:
    found: list[Row] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _name, attributes: found.append(attributes)
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        return Skipped(place, f"not an XML row ({expat.ErrorString(error.code)})")
    return found[0]


def _user(place: str, row: Row, topic_of: dict[str, str]) -> Iterator[Record]:
    joined = sources.moment(row["CreationDate"]) if row.get("CreationDate") else None
    yield Author(key=row["Id"], name=row.get("DisplayName") or f"user{row['Id']}", joined_at=joined)


def _post(place: str, row: Row, topic_of: dict[str, str]) -> Iterator[Record]:
    kind = row["PostTypeId"]
    if kind not in (QUESTION, ANSWER):
        yield Skipped(place, "neither a question nor an answer")
        return
    author = _author(row)
    yield author
    if kind == QUESTION:
        topic_of[row["Id"]] = row["Id"]
        yield Topic(
            key=row["Id"],
            title=row.get("Title", "").strip() or "(no title)",
            body=to_markdown(row.get("Body", "")),
            author_key=author.key,
            created_at=sources.moment(row["CreationDate"]),
            place=place,
            tags=tuple(first or second for first, second in TAG.findall(row.get("Tags", "")))[:10],
            view_count=sources.number(row.get("ViewCount")),
            vote_count=sources.number(row.get("Score")),
            accepted_key=row.get("AcceptedAnswerId", ""),
            is_closed="ClosedDate" in row,
        )
        return
    topic_of[row["Id"]] = row["ParentId"]
    yield Post(
        key=row["Id"],
        topic_key=row["ParentId"],
        body=to_markdown(row.get("Body", "")),
        author_key=author.key,
        created_at=sources.moment(row["CreationDate"]),
        place=place,
        vote_count=sources.number(row.get("Score")),
    )


def _comment(place: str, row: Row, topic_of: dict[str, str]) -> Iterator[Record]:
    parent = row["PostId"]
    topic = topic_of.get(parent)
    if topic is None:
        yield Skipped(place, "a comment on a post that is not in the files")
        return
    author = _author(row, prefix="User")
    yield author
    yield Post(
        key=f"c{row['Id']}",
        topic_key=topic,
        body=row.get("Text", ""),
        author_key=author.key,
        created_at=sources.moment(row["CreationDate"]),
        place=place,
        vote_count=sources.number(row.get("Score")),
        reply_to_key=parent if parent != topic else "",
    )


def _author(row: Row, *, prefix: str = "Owner") -> Author:
    name = row.get(f"{prefix}DisplayName", "")
    user_id = row.get("OwnerUserId" if prefix == "Owner" else "UserId", "")
    if user_id:
        return Author(key=user_id, name=name or f"user{user_id}")
    return Author(key=f"name:{name or 'unknown'}", name=name or "unknown")
