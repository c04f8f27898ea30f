"""`kizuna import KIND FILE`: bring a table of customers, contracts and the like; show, import, go on, take back."""

import argparse
import time
from pathlib import Path

from django.utils import timezone, translation

from kizuna.base.registry import ImportKind, of
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.cli.voice import Voice
from kizuna.interfaces.integrations.importers.running import importing_viewer
from kizuna.success.imports import actions, mending, queries, running, storing, wording
from kizuna.success.imports.models import ImportRun
from kizuna.success.imports.reading import fields_of
from kizuna.success.imports.records import BAD, NEW, OUTCOMES

State = ImportRun.State
UNBALANCED, WITH_BAD_ROWS = 1, 3
SHOWN = 5


def kinds() -> dict[str, ImportKind]:
    """Return the kinds of table that can be brought."""
    return {kind.name: kind for kind in of(ImportKind)}


def run(options: argparse.Namespace) -> int:
    """Do what was asked. Ends with 0, 1 (the books do not balance: a fault), 2 (cannot be done) or 3 (some rows are bad)."""
    kind, viewer, voice = kinds()[options.format], importing_viewer(), Voice()
    began = time.monotonic()
    with translation.override("en"):
        try:
            if options.undo:
                return _undo(kind, options.undo, viewer, voice)
            if len(options.path) != 1:
                raise UsageError(f"import {kind.name} takes one file.")
            found = _run_for(kind, Path(options.path[0]), options, viewer, voice)
            code = _rehearse(found, viewer, voice) if options.dry_run else _import(found, viewer, voice)
        except Refused as refused:
            raise UsageError(f"{refused.field or 'import'}: {refused.reason}") from refused
    print(f"{time.monotonic() - began:.1f} s")
    return code


def _run_for(kind: ImportKind, path: Path, options: argparse.Namespace, viewer: Viewer, voice: Voice) -> ImportRun:
    """Return a run of the file that is ready to begin, or the one that was cut short."""
    if options.encoding and options.encoding not in actions.ENCODINGS:
        raise UsageError(f"--encoding takes {', '.join(actions.ENCODINGS)}.")
    try:
        with path.open("rb") as file:
            arriving = storing.Arriving(storing.pieces_of(file))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    before = queries.unfinished_run(kind=kind.name, digest=arriving.digest)
    if before is not None and not options.dry_run:
        arriving.drop()
        print(f"Going on with import {before.pk} at row {before.position} of {before.row_count}.")
        return before
    found = actions.begin_run(
        viewer=viewer,
        kind=kind.name,
        file_name=path.name,
        digest=arriving.digest,
        byte_count=arriving.size,
        now=timezone.now(),
    )
    arriving.settle(found.pk)
    running.examine(found, encoding=options.encoding, say=lambda done, _of: voice.say(f"reading: {done} rows"))
    found = _fresh(found)
    if found.state == State.FAILED:
        raise UsageError(_unreadable(found))
    return _with_columns(found, kind, options, viewer)


def _with_columns(found: ImportRun, kind: ImportKind, options: argparse.Namespace, viewer: Viewer) -> ImportRun:
    places = {column["header"]: place for place, column in enumerate(found.columns)}
    fields, mapping, fixed, orders = fields_of(kind), dict(found.mapping), dict(found.fixed), {}
    for pair in options.map:
        field, _equals, text = pair.partition("=:")
        if field in fields and _equals:
            mapping.pop(field, None)
            fixed = {**fixed, field: text} if text else {name: one for name, one in fixed.items() if name != field}
            continue
        column, field = _column_and_field(pair, places, set(fields))
        mapping = {name: place for name, place in mapping.items() if place != places[column] and name != field}
        if field:
            mapping[field] = places[column]
            fixed.pop(field, None)
    for pair in options.date_order:
        column, _equals, order = pair.rpartition("=")
        if column not in places or order not in ("dmy", "mdy"):
            raise UsageError(f"--date-order takes COLUMN=dmy or COLUMN=mdy, not {pair!r}.")
        orders[str(places[column])] = order
    return actions.choose_columns(
        viewer=viewer,
        run=found,
        mapping=mapping,
        fixed=fixed,
        orders=orders,
        clears_empty=options.clear_empty,
        now=timezone.now(),
    )


def _column_and_field(pair: str, places: dict[str, int], fields: set[str]) -> tuple[str, str]:
    """Read COLUMN=FIELD, also the other way round as the other importers have it; COLUMN= leaves a column out."""
    left, _equals, right = pair.rpartition("=")
    if left in places and (right in fields or not right):
        return left, right
    left, _equals, right = pair.partition("=")
    if left in fields and right in places:
        return right, left
    raise UsageError(
        f"--map takes COLUMN=FIELD, or FIELD=:TEXT for every row, not {pair!r}. "
        f"Columns: {', '.join(places)}. Fields: {', '.join(sorted(fields))}."
    )


def _rehearse(found: ImportRun, viewer: Viewer, voice: Voice) -> int:
    found = actions.begin_phase(viewer=viewer, run=found, state=State.REHEARSING, now=timezone.now(), in_worker=False)
    running.rehearse(found, say=lambda done, of: voice.say(f"comparing: {done} of {of} rows"))
    voice.end()
    found = _fresh(found)
    print(f"{found.kind} (import {found.pk}; nothing was written: this was a rehearsal)")
    _print_columns(found)
    return _report(found, found.rehearsal, phase="rehearsal")


def _import(found: ImportRun, viewer: Viewer, voice: Voice) -> int:
    found = actions.begin_phase(viewer=viewer, run=found, state=State.RUNNING, now=timezone.now(), in_worker=False)
    try:
        running.carry_out(found, say=lambda done, of: voice.say(f"importing: {done} of {of} rows"))
    except actions.Overtaken:
        raise UsageError(f"Import {found.pk} is being carried out by another process.") from None
    voice.end()
    found = _fresh(found)
    print(f"{found.kind} (import {found.pk})")
    _print_columns(found)
    return _report(found, found.counts, phase="run")


def _undo(kind: ImportKind, run_id: int, viewer: Viewer, voice: Voice) -> int:
    found = ImportRun.objects.filter(pk=run_id, kind=kind.name).select_related("started_by").first()
    if found is None:
        raise UsageError(f"There is no import {run_id} of {kind.name}.")
    found = actions.begin_phase(viewer=viewer, run=found, state=State.UNDOING, now=timezone.now(), in_worker=False)
    running.undo(found, say=lambda done, _of: voice.say(f"undoing: {done} rows"))
    voice.end()
    found = _fresh(found)
    print(
        f"{found.kind} (import {found.pk}): {found.undo_counts.get('back', 0)} undone, {found.undo_counts.get('kept', 0)} left as they are"
    )
    for item in queries.samples_of(found, phase="undo", outcome="kept", limit=SHOWN):
        for thing, pk, code in item.changes:
            print(f"{item.line:>10} {thing} {pk}: {wording.kept_reason(code)}")
    return WITH_BAD_ROWS if found.undo_counts.get("kept") else 0


def _report(found: ImportRun, counts: dict[str, int], *, phase: str) -> int:
    if found.state == State.FAILED:
        print(_unreadable(found))
        return WITH_BAD_ROWS
    print(f"{'read':>10}{'new':>10}{'changed':>10}{'unchanged':>12}{'bad':>10}")
    numbers = [counts.get(name, 0) for name in OUTCOMES]
    print(f"{found.row_count:>10}{numbers[0]:>10}{numbers[1]:>10}{numbers[2]:>12}{numbers[3]:>10}")
    words = wording.FieldWords(actions.kind_of(found))
    for outcome in (NEW, "changed") if phase == "rehearsal" else ():
        for item in queries.samples_of(found, phase=phase, outcome=outcome, limit=SHOWN):
            print(f"{item.line:>10} {outcome}: {item.title}: {_changes(item.changes, words)}")
    for item in queries.samples_of(found, phase=phase, outcome=BAD, limit=SHOWN):
        reasons = " / ".join(
            ": ".join(filter(None, [column, value, wording.sentence(code, at=at)]))
            for column, value, code, at in item.problems
        )
        print(f"{item.line:>10} bad: {reasons}")
    if counts.get(BAD):
        with translation.override(running.viewer_of(found).language):
            path = mending.lay_out(found.pk)
        print(f"Rows to mend and import again: {path}")
    if sum(numbers) != found.row_count and found.state != State.STOPPED:
        print(f"{found.row_count - sum(numbers)} rows are neither taken nor bad: please report this as a fault.")
        return UNBALANCED
    return WITH_BAD_ROWS if counts.get(BAD) else 0


def _changes(changes: list[list], words: wording.FieldWords) -> str:
    said = []
    for thing, name, before, after in changes[:8]:
        value = words.value(name, after) or "(empty)"
        said.append(
            f"{words.label(thing, name)} {value}"
            if before is None
            else f"{words.label(thing, name)} {words.value(name, before) or '(empty)'} → {value}"
        )
    return ", ".join(said)


def _print_columns(found: ImportRun) -> None:
    headers = [column["header"] for column in found.columns]
    named = {place: name for name, place in found.mapping.items()}
    left_out = [header for place, header in enumerate(headers) if place not in named and header]
    print("Columns: " + ", ".join(f"{headers[place]} = {name}" for place, name in sorted(named.items())))
    if found.fixed:
        print("In every row: " + ", ".join(f"{name} = {text}" for name, text in sorted(found.fixed.items())))
    if left_out:
        print(f"Left out: {', '.join(left_out)}")


def _unreadable(found: ImportRun) -> str:
    code, line = found.problem.get("code", ""), found.problem.get("line", 0)
    return f"{found.file_name}{f', line {line}' if line else ''}: {wording.sentence(code)}"


def _fresh(found: ImportRun) -> ImportRun:
    return ImportRun.objects.select_related("started_by").get(pk=found.pk)
