"""Make a person's copy: a ZIP with a page to read, JSON and CSV of each kind of record, and files. Written row by row."""

import csv
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import override

from kizuna.base import registry
from kizuna.base.registry import Person, PersonalData
from kizuna.base.registry import personal as people
from kizuna.base.tables.writing import neutralised
from kizuna.core.members.settings import withheld_records
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy
from kizuna.core.privacy.queries.copies import file_of
from kizuna.core.privacy.wording import field_word

SHOWN_ROWS = 30  # of each kind on the page; the tables hold all
SAFE = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


@dataclass
class Section:
    """One kind of record on the page."""

    label: Any
    name: str
    count: int = 0
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    withheld_because: Any = ""


def make_copy(*, copy_id: int, clock: Callable[[], datetime]) -> None:
    """Write the copy's file and note that it is ready. Begun again after a kill, it starts the file over."""
    copy = PersonCopy.objects.filter(pk=copy_id, state=PersonCopy.State.WAITING).first()
    if copy is None:
        return
    person = people.completed(Person(member_id=copy.member_id, contact_id=copy.contact_id))
    target = file_of(copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(".new")
    with override(copy.language):
        sections = _write(new, person, made_at=clock())
    new.replace(target)
    count = sum(section.count for section in sections)
    actions.finish_copy(copy=copy, size_bytes=target.stat().st_size, record_count=count, now=clock())


def _write(path: Path, person: Person, *, made_at: datetime) -> list[Section]:
    withheld = withheld_records()
    sections = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for declared in people.collectors(withheld=withheld):
            section = _section(bundle, declared, person)
            sections.append(section)
        kept_back = [
            Section(declared.label, declared.name, withheld_because=declared.withheld_because)
            for declared in registry.of(PersonalData)
            if declared.collect is not None and declared.name in withheld
        ]
        page = render_to_string(
            "privacy/copy_index.html",
            {"name": person.name, "made_at": made_at, "sections": sections, "withheld": kept_back},
        )
        bundle.writestr("index.html", page)
    return sections


def _section(bundle: zipfile.ZipFile, declared: PersonalData, person: Person) -> Section:
    section = Section(declared.label, declared.name)
    if declared.collect is not None:
        _write_records(bundle, section, declared.collect(person=person))
    for file in declared.files(person=person) if declared.files else ():
        name = f"files/{declared.name}/{SAFE.sub('_', file.name)}"
        bundle.write(file.path, name)
        section.files.append(name)
    return section


def _write_records(bundle: zipfile.ZipFile, section: Section, records: Iterator[dict[str, Any]]) -> None:
    """Write one kind of record as JSON and, beside it, as a table. Only the rows of the table are held on disk meanwhile."""
    with io.TextIOWrapper(tempfile.TemporaryFile(), encoding="utf-8-sig", newline="") as table:
        _write_both(bundle, section, records, table)
        if section.count:
            table.flush()
            table.buffer.seek(0)
            with bundle.open(f"tables/{section.name}.csv", "w", force_zip64=True) as out:
                shutil.copyfileobj(table.buffer, out)


def _write_both(
    bundle: zipfile.ZipFile, section: Section, records: Iterator[dict[str, Any]], table: io.TextIOWrapper
) -> None:
    writer = csv.writer(table)
    with _opened(bundle, f"data/{section.name}.json") as out:
        out.write("[")
        for record in records:
            if not section.heads:
                section.heads = [field_word(key) for key in record]
                writer.writerow([neutralised(head) for head in section.heads])
            out.write((",\n" if section.count else "\n") + _json(record))
            cells = [_cell(value) for value in record.values()]
            writer.writerow([neutralised(cell) for cell in cells])
            if section.count < SHOWN_ROWS:
                section.rows.append(cells)
            section.count += 1
        out.write("\n]\n")


@contextmanager
def _opened(bundle: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    with bundle.open(name, "w", force_zip64=True) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        yield out
        out.flush()
        out.detach()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return _json(value) if isinstance(value, dict | list) else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
