"""Tombstones: whom an older copy of the database must not bring back."""

import json
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from kizuna.base import hosting
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import Person
from kizuna.base.registry import personal as people
from kizuna.core.members.actions import blank_member
from kizuna.core.privacy.models import PersonErasure, Tombstone
from kizuna.core.privacy.queries.people import is_there

FILE = "erasures.jsonl"
JOB = "privacy.erase"


def lay_tombstone(*, person: Person, now: datetime) -> None:
    """Write a tombstone into the database, and after the commit into the file beside it."""
    row = Tombstone.objects.create(
        key=secrets.token_hex(16),
        member_id=person.member_id,
        contact_id=person.contact_id,
        born=people.born_at(person=person),
        erased_at=now,
    )
    transaction.on_commit(lambda: _append([_line(row)]))


def replay(*, now: datetime) -> int:
    """Erase again whom an older copy of the database brought back, and go on with what was cut off.

    Returns how many persons are erased again. What shows who they are goes at once, the rest by the job.
    """
    known = set(Tombstone.objects.values_list("key", flat=True))
    written = list(_written())
    count = sum(_replayed(line, now=now) for line in written if line["key"] not in known)
    missing = Tombstone.objects.exclude(key__in=[line["key"] for line in written])
    _append([_line(row) for row in missing])
    for erasure_id in PersonErasure.objects.filter(finished_at__isnull=True).values_list("pk", flat=True):
        enqueue(JOB, args={"erasure": erasure_id}, key=str(erasure_id))
    return count


def add_tombstones(lines: Iterable[str]) -> int:
    """Take over tombstones of another copy of this community's folder; `replay` acts on them. Returns how many were new."""
    known = {line["key"] for line in _written()}
    new = [line for text in lines if text.strip() and (line := _read(text))["key"] not in known]
    _append(new)
    return len(new)


@transaction.atomic
def _replayed(line: dict[str, Any], *, now: datetime) -> bool:
    Tombstone.objects.create(**line)
    person = Person(member_id=line["member_id"], contact_id=line["contact_id"])
    born = people.born_at(person=person)
    same = {source: made for source, made in line["born"].items() if made and born.get(source) == made}
    # A number that was given anew after the restore is somebody else.
    person = Person(
        member_id=person.member_id if "member" in same else None,
        contact_id=person.contact_id if "contact" in same else None,
    )
    if not is_there(person):
        return False
    person = people.described(person)
    erasure = PersonErasure.objects.create(
        member_id=person.member_id,
        contact_id=person.contact_id,
        is_replayed=True,
        person=person.as_args(),
        created_at=now,
    )
    if person.member_id:
        blank_member(member_id=person.member_id, now=now)
    enqueue(JOB, args={"erasure": erasure.pk}, key=str(erasure.pk))
    return True


def _file() -> Path:
    return hosting.current().folder / FILE


def _written() -> Iterable[dict[str, Any]]:
    if _file().exists():
        for text in _file().read_text(encoding="utf-8").splitlines():
            if text.endswith("}"):  # a line cut off by a crash stands in the database, and is written again
                yield _read(text)


def _read(text: str) -> dict[str, Any]:
    line = json.loads(text)
    return {**line, "erased_at": datetime.fromisoformat(line["erased_at"])}


def _line(row: Tombstone) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("key", "member_id", "contact_id", "born", "erased_at")}


def _append(lines: list[dict[str, Any]]) -> None:
    if not lines:
        return
    with _file().open("a", encoding="utf-8") as file:
        if file.tell() and not _file().read_bytes().endswith(b"\n"):
            file.write("\n")
        for line in lines:
            file.write(json.dumps({**line, "erased_at": line["erased_at"].isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
