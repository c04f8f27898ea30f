"""Stack Exchange's dump: Users.xml and Posts.xml (questions and answers), Comments.xml as short posts beneath them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.parsers import expat

from kizuna.base.text.html import to_markdown
from kizuna.interfaces.integrations.importers import sources
from kizuna.interfaces.integrations.importers.records import (
    AUTHORS,
    POSTS,
    TOPICS,
    Author,
    Post,
    Record,
    Skipped,
    Topic,
)
from kizuna.interfaces.integrations.importers.sources import Source
from kizuna.interfaces.integrations.importers.values import moment, number

QUESTION, ANSWER = "1", "2"
TAG = re.compile(r"<([^<>]+)>|\|?([^|<>]+)\|?")
START = re.compile(rb"<row[\s/]")
MAX_ROW = 5_000_000
KINDS = {"users": AUTHORS, "posts": POSTS, "comments": POSTS}
Row = dict[str, str]


def read(paths: list[str], *, columns: dict[str, str]) -> Iterator[Record]:
    """Yield authors, topics and posts."""
    for source in _ordered(paths):
        if isinstance(source, Skipped):
            yield source
            continue
        stem = _stem(source)
        reader = {"users": _user, "posts": _post, "comments": _comment}[stem]
        for place, row in _rows(source, kind=KINDS[stem]):
            if isinstance(row, Skipped):
                yield row
                continue
            try:
                yield from reader(place, row)
            except KeyError as error:
                yield Skipped(place, f"the row has no {error.args[0]}", kind=_kind(stem, row))
            except ValueError as error:
                yield Skipped(place, str(error), kind=_kind(stem, row))


def _kind(stem: str, row: Row) -> str:
    return TOPICS if stem == "posts" and row.get("PostTypeId") == QUESTION else KINDS[stem]


def _stem(source: Source | Skipped) -> str:
    name = source.place if isinstance(source, Skipped) else source.name
    return name.rpartition("/")[2].lower().partition(".")[0]


def _ordered(paths: list[str]) -> Iterator[Source | Skipped]:
    # Three passes over the names: one file is open at a time, and Users.xml knows the names best, so it comes first.
    found = False
    for wanted in KINDS:
        for source in sources.files(paths, suffixes=(".xml",)):
            if _stem(source) == wanted:
                found = True
                yield source
    if not found:
        raise sources.NothingToRead(f"There is no Posts.xml in {', '.join(paths)}.")


def _rows(source: Source, *, kind: str) -> Iterator[tuple[str, Row | Skipped]]:
    """Yield each `<row …/>` by itself, so that one broken row costs itself only. `<` cannot stand inside a row."""
    pending, line = b"", 1
    for chunk in source.chunks():
        pending += chunk
        starts = [match.start() for match in START.finditer(pending)]
        if not starts:
            cut = max(0, len(pending) - 8)  # a start may be cut in two by the chunk's end
            line, pending = line + pending.count(b"\n", 0, cut), pending[cut:]
            continue
        line += pending.count(b"\n", 0, starts[0])
        for start, end in pairwise(starts):
            place = f"{source.name}:{line}"
            yield place, _attributes(pending[start:end], place, kind)
            line += pending.count(b"\n", start, end)
        pending = pending[starts[-1] :]
        if len(pending) > MAX_ROW:
            place = f"{source.name}:{line}"
            yield place, Skipped(place, f"a row of more than {MAX_ROW} bytes", kind=kind)
            line, pending = line + pending.count(b"\n"), b""
    if START.match(pending):
        place = f"{source.name}:{line}"
        yield place, _attributes(pending, place, kind)


def _attributes(text: bytes, place: str, kind: str) -> Row | Skipped:
    end = text.rfind(b"/>")
    if end < 0:
        return Skipped(place, "the row does not end", kind=kind)
    found: list[Row] = []
    parser = expat.ParserCreate("utf-8")  # rows stand alone, so there is no place where an entity could be declared
    parser.StartElementHandler = lambda _name, attributes: found.append(attributes)
    try:
        parser.Parse(text[: end + 2], True)
    except expat.ExpatError as error:
        return Skipped(place, f"not an XML row ({expat.ErrorString(error.code)})", kind=kind)
    return found[0]


def _user(place: str, row: Row) -> Iterator[Record]:
    joined = moment(row["CreationDate"]) if row.get("CreationDate") else None
    yield Author(key=row["Id"], name=row.get("DisplayName") or f"user{row['Id']}", joined_at=joined)


def _post(place: str, row: Row) -> Iterator[Record]:
    kind = row["PostTypeId"]
    if kind not in (QUESTION, ANSWER):
        yield Skipped(place, "neither a question nor an answer", kind=POSTS)
        return
    author = _author(row)
    common = {
        "key": row["Id"],
        "body": to_markdown(row.get("Body", "")),
        "author_key": author.key,
        "created_at": moment(row["CreationDate"]),
        "place": place,
        "vote_count": number(row.get("Score")),
    }
    if kind == ANSWER:
        answer = Post(topic_key=row["ParentId"], **common)
        yield author
        yield answer
        return
    question = Topic(
        title=row.get("Title", "").strip(),
        tags=tuple(first or second for first, second in TAG.findall(row.get("Tags", ""))),
        view_count=number(row.get("ViewCount")),
        accepted_key=row.get("AcceptedAnswerId", ""),
        is_closed="ClosedDate" in row,
        closed_at=moment(row["ClosedDate"]) if row.get("ClosedDate") else None,
        **common,
    )
    yield author
    yield question


def _comment(place: str, row: Row) -> Iterator[Record]:
    author = _author(row, prefix="User")
    comment = Post(
        key=f"c{row['Id']}",
        topic_key="",
        body=row.get("Text", ""),
        author_key=author.key,
        created_at=moment(row["CreationDate"]),
        place=place,
        vote_count=number(row.get("Score")),
        reply_to_key=row["PostId"],
    )
    yield author
    yield comment


def _author(row: Row, *, prefix: str = "Owner") -> Author:
    name = row.get(f"{prefix}DisplayName", "")
    user_id = row.get("OwnerUserId" if prefix == "Owner" else "UserId", "")
    if user_id:
        return Author(key=user_id, name=name or f"user{user_id}")
    return Author(key=f"name:{name or 'unknown'}", name=name or "unknown")
