"""Answers as CSV: out for a spreadsheet, and in again, where each change is shown before anything is stored."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kizuna.base.tables import csv_lines
from kizuna.base.tables.dates import read_date
from kizuna.base.tables.numbers import read_number
from kizuna.base.tables.reading import meant
from kizuna.base.tables.words import read_yes_no
from kizuna.core.community.settings import in_language
from kizuna.core.members import actions, queries
from kizuna.core.members.models import Attribute, Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries.attributes import Answer
from kizuna.core.members.viewer import Viewer

MAX_BYTES = 1_000_000
MAX_ROWS = 10_000
CHUNK = 500
WHO = {"handle": "handle", "ハンドル": "handle", "email": "email", "メールアドレス": "email"}


@dataclass(frozen=True)
class Change:
    """One answer that a file would change."""

    member: Member
    attribute: Attribute
    before: str
    after: str


@dataclass(frozen=True)
class Reading:
    """What a file says: the changes, by member the answers, and what is wrong by line."""

    changes: list[Change]
    answers: dict[int, dict[str, Any]]
    faults: list[tuple[int, str]]
    rows: int


def written(viewer: Viewer, *, language: str) -> Iterator[str]:
    """Return the lines of a CSV of all members with the answers that the viewer may see."""
    known = queries.attributes()
    heads = ["handle", _("Name"), _("E-mail address"), *(item.key for item in known)]
    # Not a generator: the heads are words of the reader's language, which is over when the lines are sent.
    return csv_lines(heads, _rows(viewer, known, language=language))


def _rows(viewer: Viewer, known: list[Attribute], *, language: str) -> Iterator[list[str]]:
    people = Member.objects.filter(state=Member.State.ACTIVE, is_system=False, is_imported=False).order_by("pk")
    after = 0
    while batch := list(people.filter(pk__gt=after)[:CHUNK]):
        after = batch[-1].pk
        found = queries.answers_visible_to(viewer, [member.pk for member in batch])
        for member in batch:
            shown = {answer.attribute.key: answer.shown(language) for answer in found[member.pk]}
            yield [member.handle, member.name, member.email, *(shown.get(item.key, "") for item in known)]


def read(content: str, *, viewer: Viewer) -> Reading:
    """Read a CSV whose first line names `handle` or `email` and attributes by key or name. Stores nothing."""
    if len(content.encode()) > MAX_BYTES:
        raise Refused(_("This file is too large: at most 1 MB."), field="file")
    try:
        rows = list(csv.reader(io.StringIO(content.replace("\0", ""))))
    except csv.Error:
        raise Refused(_("This file cannot be read as CSV."), field="file") from None
    columns = _columns(rows[0]) if rows else {}
    if not any(isinstance(column, str) for column in columns.values()):
        raise Refused(_("The first line needs a column “handle” or “email”."), field="file")
    if len(rows) > MAX_ROWS + 1:
        raise Refused(_("This file holds more than 10,000 rows. Please send it in parts."), field="file")
    return _read_rows(viewer, columns, list(enumerate(rows[1:], 2)))


def changed_by(people: list[Member], attribute: Attribute, said: Any, *, viewer: Viewer) -> list[Change]:
    """Return what one answer for many members would change."""
    value, before = (
        actions.clean_answer(viewer, attribute, said),
        queries.answers_of_many([m.pk for m in people], [attribute]),
    )
    nothing: Any = [] if attribute.kind == Attribute.Kind.CHOICES else None
    after = Answer(attribute, value).shown(viewer.language)
    return [
        Change(member, attribute, Answer(attribute, was).shown(viewer.language), after)
        for member in people
        if (was := before.get((member.pk, attribute.key), nothing)) != value
    ]


def apply(reading: Reading, *, viewer: Viewer, now: datetime) -> int:
    """Store what a file says, some members a transaction; return how many answers changed."""
    ids, count = sorted(reading.answers), 0
    for start in range(0, len(ids), CHUNK):
        part = {member_id: reading.answers[member_id] for member_id in ids[start : start + CHUNK]}
        count += actions.set_answers_of_many(viewer=viewer, answers=part, now=now)
    return count


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, or in the Japanese encoding of Windows."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The encoding of this file is not known. Please save it as UTF-8."), field="file")


def _columns(head: list[str]) -> dict[int, Attribute | str]:
    known: dict[str, Attribute] = {}
    for attribute in queries.attributes():
        known |= {attribute.key: attribute, **{text: attribute for text in attribute.label.values() if text}}
    found: dict[int, Attribute | str] = {}
    for place, text in enumerate(head):
        name = text.strip()
        if name.lower() in WHO or name in WHO:
            found[place] = WHO.get(name) or WHO[name.lower()]
        elif name in known:
            found[place] = known[name]
    return found


def _read_rows(viewer: Viewer, columns: dict[int, Attribute | str], rows: list[tuple[int, list[str]]]) -> Reading:
    people = _people(columns, [row for _number, row in rows])
    wanted = [column for column in columns.values() if isinstance(column, Attribute)]
    before: dict[tuple[int, str], Any] = {}
    ids = sorted({member.pk for member in people.values()})
    for start in range(0, len(ids), CHUNK):
        before |= queries.answers_of_many(ids[start : start + CHUNK], wanted)
    reading = Reading(changes=[], answers={}, faults=[], rows=len(rows))
    for number, row in rows:
        if any(cell.strip() for cell in row):
            _read_row(viewer, columns, people, before, number, row, reading)
    return reading


def _read_row(viewer, columns, people, before, number, row, reading: Reading) -> None:  # type: ignore[no-untyped-def]
    keys = [(name, _who(name, row, place)) for place, name in columns.items() if isinstance(name, str)]
    member = next((people[key] for key in keys if key in people), None)
    if member is None:
        reading.faults.append((number, _("Nobody has this handle or address.")))
        return
    if member.pk in reading.answers:
        reading.faults.append((number, _("This member stands in the file twice.")))
        return
    said: dict[str, Any] = {}
    for place, attribute in columns.items():
        if not isinstance(attribute, Attribute) or place >= len(row):
            continue
        try:
            value = actions.clean_answer(viewer, attribute, _value(attribute, row[place].strip()))
        except (Refused, ValueError):
            fault = _("“%(text)s” does not fit “%(name)s”.")
            reading.faults.append(
                (number, fault % {"text": row[place][:40], "name": in_language(attribute.label, viewer.language)})
            )
            continue
        said[attribute.key] = value
        was = before.get((member.pk, attribute.key), [] if attribute.kind == Attribute.Kind.CHOICES else None)
        if value != was:
            shown = [Answer(attribute, item).shown(viewer.language) for item in (was, value)]
            reading.changes.append(Change(member, attribute, *shown))
    reading.answers[member.pk] = said


def _people(columns: dict[int, Attribute | str], rows: list[list[str]]) -> dict[tuple[str, str], Member]:
    found: dict[tuple[str, str], Member] = {}
    people = Member.objects.filter(is_system=False, state=Member.State.ACTIVE)
    for place, name in columns.items():
        if not isinstance(name, str):
            continue
        texts = sorted({text for row in rows if (text := _who(name, row, place))})
        field = "email_key" if name == "email" else "handle"
        for start in range(0, len(texts), CHUNK):
            for member in people.filter(**{f"{field}__in": texts[start : start + CHUNK]}):
                found[name, getattr(member, field)] = member
    return found


def _who(name: str, row: list[str], place: int) -> str:
    text = row[place].strip() if place < len(row) else ""
    return normalised_email(text) if name == "email" else text.lstrip("@").lower()


def _value(attribute: Attribute, text: str) -> Any:
    """Return a cell as its kind of answer: choices by key or by name."""
    if not text:
        return None
    text = meant(text)
    if attribute.kind == Attribute.Kind.YES_NO:
        return read_yes_no(text)
    if attribute.kind in (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES):
        keys = {name: choice["value"] for choice in attribute.choices for name in choice.values() if name}
        parts = [part.strip() for part in text.replace("、", ",").replace(";", ",").split(",")]
        chosen = [keys[text]] if text in keys else [keys.get(part, part) for part in parts]
        return chosen if attribute.kind == Attribute.Kind.CHOICES else (chosen[0] if len(chosen) == 1 else text)
    if attribute.kind == Attribute.Kind.DATE:
        return read_date(text)
    return read_number(text) if attribute.kind == Attribute.Kind.NUMBER else text
