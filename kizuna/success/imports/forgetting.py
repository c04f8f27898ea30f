"""Forget a person in imports: the ledger by which rows are taken back, the rows shown on pages, and the files.

Undoing afterwards takes the other rows back as before: only what it would give back of the person is gone.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.base.tables import FileProblem
from kizuna.engagement.surveys.actions import answered_by
from kizuna.engagement.surveys.models import Response
from kizuna.success.customers.models import Contact
from kizuna.success.imports import actions, mending, storing
from kizuna.success.imports.marks import Marks, texts_in
from kizuna.success.imports.models import ImportedRow, ImportRun, ImportSample
from kizuna.success.imports.reading import opened
from kizuna.success.imports.records import SET
from kizuna.success.inbox.actions import asked_by
from kizuna.success.inbox.models import Inquiry
from kizuna.success.usage import queries as usage

Lines = set[tuple[int, int]]
Own = dict[str, frozenset[int]]
BATCH = 500


def own_rows(person: Person) -> Own:
    """Return the numbers of everything imported that is the person's own, by the ledger's name of it."""
    inquiries = Inquiry.objects.filter(asked_by(person)).values_list("pk", flat=True)
    responses = Response.objects.filter(answered_by(person)).values_list("pk", flat=True)
    accounts = frozenset(person.account_ids)
    lines = usage.lines_of_person(usage.ids_of(person)).values_list("pk", flat=True)
    return {
        "contact": frozenset({person.contact_id} if person.contact_id else ()),
        "inquiry": frozenset(inquiries),
        "response": frozenset(responses),
        "usage": frozenset(lines),
        **dict.fromkeys(("account", "attributes", "names"), accounts),
    }


def changes_of(person: Person) -> Iterator[dict[str, Any]]:
    """Yield what imports added and changed of the person, as the ledger holds it."""
    own = own_rows(person)
    rows = ImportedRow.objects.select_related("run").order_by("pk")
    for row in rows.iterator(chunk_size=BATCH):
        for thing, number, what, *rest in row.done:
            if number in own.get(thing, ()):
                differing = rest[0] if rest and what == SET else {"": ["", ""]}
                for name, (before, after) in differing.items():
                    said = {"kind": thing, "name": name, "before": before, "after": after}
                    yield {"at": row.at, "line": row.line, **said}


def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take a person out of ledgers, shown rows, columns and files. Begun again after a kill, it does the rest."""
    marks, own = Marks(person), own_rows(person)
    if _stays_a_contact(person):
        return Erased()
    if not marks.words and not person.external_ids and not any(own.values()):
        return Erased()
    lines, removed = _forget_ledger(marks, own)
    removed += _forget_samples(marks, lines)
    for run in ImportRun.objects.order_by("pk"):
        actions.cover_run(run=run, marks=marks)
        removed += _forget_files(run, marks, {line for run_id, line in lines if run_id == run.pk}, now=now)
    return Erased(removed=removed, kept=len(lines))


def _stays_a_contact(person: Person) -> bool:
    """Tell whether somebody only leaves the community: what was imported of the customer's person stays true."""
    same = Q(member_id=person.member_id or 0) | Q(email_key__in=person.addresses)
    return person.contact_id is None and Contact.objects.filter(same).exists()


def _forget_ledger(marks: Marks, own: Own) -> tuple[Lines, int]:
    """Drop what undoing would give back of the person; return the lines that were about them."""
    lines: Lines = set()
    changed: list[ImportedRow] = []
    count = 0
    for row in ImportedRow.objects.order_by("pk").iterator(chunk_size=BATCH):
        theirs = [entry for entry in row.done if entry[1] in own.get(entry[0], ())]
        if theirs:
            lines.add((row.run_id, row.line))
        done = [marks.covered(entry) for entry in row.done if entry not in theirs or len(entry) == 3]
        if done != row.done:
            row.done = done
            changed.append(row)
        if len(changed) >= BATCH:
            count += actions.keep_covered(changed, "done")
            changed = []
    return lines, count + actions.keep_covered(changed, "done")


def _forget_samples(marks: Marks, lines: Lines) -> int:
    changed = []
    for sample in ImportSample.objects.order_by("pk").iterator(chunk_size=BATCH):
        said = [sample.title, *texts_in([sample.changes, sample.problems])]
        if (sample.run_id, sample.line) not in lines and not marks.are_in(said, number=_number_in(sample)):
            continue
        problems = [[column, "", code, at] for column, _value, code, at in sample.problems]
        if any((sample.title, sample.changes, sample.notes, problems != sample.problems)):
            sample.title, sample.changes, sample.notes, sample.problems = "", [], [], problems
            changed.append(sample)
    return actions.keep_covered(changed, "title", "changes", "notes", "problems")


def _number_in(sample: ImportSample) -> str:
    """Return the outside number of a person that a shown row names, however short it is."""
    named = (
        after
        for thing, name, _before, after in sample.changes
        if name == "contact_external_id" or (thing, name) == ("contact", "external_id")
    )
    return str(next(named, "") or "")


def _forget_files(run: ImportRun, marks: Marks, lines: set[int], *, now: datetime) -> int:
    """Remove a file that names the person. A run that still needs it cannot go on: it would bring them back."""
    removed = 0
    table = storing.table_of(run.pk)
    if table.exists() and (lines or _is_named(run, marks)):
        actions.stop_for_erasure(run=run, now=now)
        table.unlink(missing_ok=True)
        removed += 1
    bad = mending.bad_rows_of(run.pk)
    return removed + (_rewrite_bad(run, marks) if bad.exists() else 0)


def _is_named(run: ImportRun, marks: Marks) -> bool:
    encoding = "" if run.encoding == "xlsx" else run.encoding
    place = run.mapping.get("contact_external_id")
    try:
        with opened(storing.table_of(run.pk), encoding=encoding) as table:
            return (
                marks.are_in(table.headers)
                or marks.are_in(run.fixed.values())
                or any(
                    marks.are_in(row.cells, number=row.cells[place] if place is not None else "") for row in table.rows
                )
            )
    except (FileProblem, UnicodeDecodeError):
        return True  # nobody can say who is in there


def _rewrite_bad(run: ImportRun, marks: Marks) -> int:
    """Write the file of bad rows without those that name the person."""
    path = mending.bad_rows_of(run.pk)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for place, row in enumerate(rows) if not place or not marks.are_in(row[2:])]
    if len(kept) == len(rows):
        return 0
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(kept)
    new.chmod(0o600)
    new.replace(path)
    mending.laid_out(run.pk).unlink(missing_ok=True)
    actions.keep_bad_length(run=run, length=path.stat().st_size)
    return len(rows) - len(kept)
