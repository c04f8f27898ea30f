"""Write down imports: the file chosen, what its columns mean, how far it came, what it did."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs import running
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import ImportKind, by_name
from kizuna.base.rows import insert_plain
from kizuna.base.tables import ValueProblem, problem_text
from kizuna.base.tables.headers import folded_header
from kizuna.core.activity.actions import take_import_number
from kizuna.core.community.actions import forget_details, log_manager_action
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.imports import policies, sight
from kizuna.success.imports.marks import Marks
from kizuna.success.imports.models import ImportedRow, ImportRun, ImportSample, RememberedColumn
from kizuna.success.imports.reading import value_of
from kizuna.success.imports.records import BAD, OUTCOMES, ImportField, Plan, Undone

State, Phase = ImportRun.State, ImportSample.Phase
MOST_SAMPLES = 1_000
LONGEST_FIXED = 200
ENCODINGS = ("utf-8-sig", "cp932", "utf-16")
# What may begin in which state.
BEGINS = {
    State.EXAMINING: (State.MAPPING, State.REHEARSED, State.FAILED, State.EXAMINING),
    State.REHEARSING: (State.MAPPING, State.REHEARSED, State.REHEARSING),
    State.RUNNING: (State.MAPPING, State.REHEARSED, State.STOPPED, State.RUNNING),
    State.UNDOING: (State.DONE, State.STOPPED, State.FAILED, State.UNDOING),
}


class Overtaken(RuntimeError):
    """Somebody else went on with the same run: this batch is undone."""


@transaction.atomic
def begin_run(*, viewer: Viewer, kind: str, file_name: str, digest: str, byte_count: int, now: datetime) -> ImportRun:
    """Note that a file was chosen."""
    policies.require_worker(viewer)
    if by_name(ImportKind, kind) is None:
        raise Refused(_("Please choose from the list."), field="kind")
    sight.require_kind(viewer, kind)
    return ImportRun.objects.create(
        pk=take_import_number(above=ImportRun.objects.aggregate(last=Max("pk"))["last"] or 0),
        kind=kind,
        file_name=file_name[-200:],
        digest=digest,
        byte_count=byte_count,
        started_by_id=viewer.member_id,
        created_at=now,
        updated_at=now,
    )


@transaction.atomic
def note_examined(
    *,
    run: ImportRun,
    columns: list[dict],
    row_count: int,
    encoding: str,
    mapping: Mapping[str, int],
    fixed: Mapping[str, str],
    now: datetime,
) -> None:
    """Note the columns of a file and what they seem to be."""
    ImportRun.objects.filter(pk=run.pk).update(
        columns=columns,
        row_count=row_count,
        position=0,
        encoding=encoding,
        mapping=dict(mapping),
        fixed=dict(fixed),
        state=State.MAPPING,
        updated_at=now,
    )


@transaction.atomic
def choose_columns(
    *,
    viewer: Viewer,
    run: ImportRun,
    mapping: Mapping[str, int],
    orders: Mapping[str, str],
    clears_empty: bool,
    now: datetime,
    fixed: Mapping[str, str] | None = None,
) -> ImportRun:
    """Say which column is which field, and what every row says besides; the next file with the same headers begins with it."""
    policies.require_worker(viewer)
    run, fixed = _locked(run, State.MAPPING, State.REHEARSED), dict(fixed or {})
    fields = sight.fields_for(viewer, kind_of(run))
    if any(name not in fields or not 0 <= place < len(run.columns) for name, place in mapping.items()):
        raise Refused(_("Please choose from the list."), field="mapping")
    if len(set(mapping.values())) < len(mapping):
        raise Refused(_("One column cannot be two fields."), field="mapping")
    _require_readable(fixed, fields, mapping)
    missing = [field for field in fields.values() if field.is_needed and field.name not in {*mapping, *fixed}]
    if missing:
        raise Refused(_("A column for “%(field)s” is needed.") % {"field": missing[0].label}, field="mapping")
    if not mapping:
        raise Refused(_("Please choose what at least one column is."), field="mapping")
    run.mapping, run.fixed, run.clears_empty, run.updated_at = dict(mapping), fixed, clears_empty, now
    run.orders = {place: order for place, order in orders.items() if order in ("dmy", "mdy")}
    run.save(update_fields=["mapping", "fixed", "clears_empty", "updated_at", "orders"])
    _remember(run, with_left_out=sight.sees_all(viewer))
    return run


@transaction.atomic
def begin_phase(*, viewer: Viewer, run: ImportRun, state: str, now: datetime, in_worker: bool = True) -> ImportRun:
    """Begin to examine, rehearse, import or undo, or go on with it. The worker does it, unless the caller will."""
    policies.require_worker(viewer)
    run = _locked(run, *BEGINS[State(state)])
    sight.require_rows(viewer, run)
    goes_on = run.state == state or (state == State.RUNNING and run.state == State.STOPPED)
    if state == State.UNDOING and not run.is_undoable:
        raise Refused(_("This import can no longer be undone: it is more than 30 days old."))
    if not goes_on:
        run.position = 0
    if state == State.REHEARSING:
        run.position, run.bad_bytes, run.rehearsal = 0, 0, {}
        _clear_samples(run, Phase.REHEARSAL)
    if state == State.RUNNING and not goes_on:
        run.begun_at, run.bad_bytes, run.counts = now, 0, {}
        _tell(viewer, run, "table_import.begun", now=now)
    if state == State.UNDOING and not goes_on:
        run.undo_counts = {}
        _clear_samples(run, Phase.UNDO)
        _tell(viewer, run, "table_import.undone", now=now)
    run.state, run.is_stopping, run.updated_at, run.problem = state, False, now, {}
    run.save()
    if in_worker:
        enqueue(f"imports.{state}", args={"run_id": run.pk}, key=f"import:{run.pk}")
    return run


@transaction.atomic
def read_again(*, viewer: Viewer, run: ImportRun, encoding: str, now: datetime) -> None:
    """Have a file read again in another encoding."""
    policies.require_worker(viewer)
    if encoding not in ENCODINGS:
        raise Refused(_("Please choose from the list."), field="encoding")
    run = begin_phase(viewer=viewer, run=run, state=State.EXAMINING, now=now)
    ImportRun.objects.filter(pk=run.pk).update(encoding=encoding)


@transaction.atomic
def stop(*, viewer: Viewer, run: ImportRun) -> None:
    """Ask a running import to stop after the batch in hand; it can go on later."""
    policies.require_worker(viewer)
    ImportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(is_stopping=True)


@transaction.atomic
def note_rehearsed(*, run: ImportRun, size: int, plans: Sequence[Plan], bad_bytes: int, now: datetime) -> None:
    """Note what a batch would do."""
    run.rehearsal = _counted(run.rehearsal, plans)
    _move(run, size=size, now=now, rehearsal=run.rehearsal, bad_bytes=bad_bytes)
    _keep_samples(run, Phase.REHEARSAL, plans, run.rehearsal, outcomes=OUTCOMES)


@transaction.atomic
def note_imported(
    *,
    run: ImportRun,
    size: int,
    plans: Sequence[Plan],
    done: Mapping[int, list[list[Any]]],
    bad_bytes: int,
    now: datetime,
) -> None:
    """Note what a batch did, in the transaction in which it did."""
    run.counts = _counted(run.counts, plans)
    _move(run, size=size, now=now, counts=run.counts, bad_bytes=bad_bytes)
    rows = [(run.pk, line, now, entries) for line, entries in done.items() if entries]
    insert_plain(ImportedRow, ["run", "line", "at", "done"], rows)
    _keep_samples(run, Phase.RUN, plans, run.counts, outcomes=(BAD,))


@transaction.atomic
def note_undone(*, run: ImportRun, lines: Sequence[int], undone: Sequence[Undone], now: datetime) -> None:
    """Note which rows were taken back, and what of them stays."""
    back = sum(item.back for item in undone)
    kept = sum(len(item.kept) for item in undone)
    counts = run.undo_counts
    run.undo_counts = {"back": counts.get("back", 0) + back, "kept": counts.get("kept", 0) + kept}
    _move(run, size=len(lines), now=now, undo_counts=run.undo_counts)
    ImportedRow.objects.filter(run=run, line__in=list(lines)).delete()
    room = max(0, MOST_SAMPLES - counts.get("kept", 0))
    ImportSample.objects.bulk_create(
        [
            ImportSample(run=run, phase=Phase.UNDO, outcome="kept", line=item.line, changes=[list(one) for one in item.kept])
            for item in undone
            if item.kept
        ][:room]
    )  # fmt: skip


@transaction.atomic
def end_phase(*, run: ImportRun, state: str, now: datetime) -> None:
    """Note that a phase came to its end."""
    fields: dict[str, Any] = {"state": state, "updated_at": now, "is_stopping": False}
    if state == State.DONE:
        fields |= {"finished_at": now}
    if state == State.UNDONE:
        fields |= {"undone_at": now}
    ImportRun.objects.filter(pk=run.pk).update(**fields)


@transaction.atomic
def fail(*, run: ImportRun, code: str, line: int, now: datetime) -> None:
    """Note that the file cannot be read."""
    ImportRun.objects.filter(pk=run.pk).update(
        state=State.FAILED, problem={"code": code, "line": line}, updated_at=now, is_stopping=False
    )


@transaction.atomic
def forget_some(*, run: ImportRun, limit: int = 1_000) -> bool:
    """Forget a part of an old run's ledger; once nothing is left, its samples too. Returns whether there is more."""
    ids = list(ImportedRow.objects.filter(run=run).values_list("pk", flat=True)[:limit])
    if ids:
        ImportedRow.objects.filter(pk__in=ids).delete()
        return True
    ImportSample.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(is_undoable=False)
    return False


@transaction.atomic
def stop_for_erasure(*, run: ImportRun, now: datetime) -> None:
    """End a run that still needs a file which names an erased person; what it has done so far can be undone."""
    needing = ImportRun.objects.filter(pk=run.pk).exclude(
        state__in=(State.DONE, State.UNDOING, State.UNDONE, State.FAILED)
    )
    needing.update(state=State.FAILED, problem={"code": "person_erased", "line": 0}, updated_at=now, is_stopping=False)


@transaction.atomic
def cover_run(*, run: ImportRun, marks: Marks) -> None:
    """Take an erased person out of what a run shows of its file: the first values of its columns, and its name."""
    file_name = marks.covered(run.file_name)[:200]
    columns = run.columns
    if marks.are_in(column["first"] for column in columns):
        columns = [{**column, "first": ""} for column in columns]
    if file_name != run.file_name:
        forget_details(subject=f"{run.kind}:{run.pk}")
    fixed = marks.covered(run.fixed)
    if (file_name, columns, fixed) != (run.file_name, run.columns, run.fixed):
        ImportRun.objects.filter(pk=run.pk).update(file_name=file_name, columns=columns, fixed=fixed)


@transaction.atomic
def keep_covered(rows: Sequence[Any], *columns: str) -> int:
    """Keep rows out of which an erased person was taken; return how many."""
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, columns, batch_size=200)
    return len(rows)


def keep_bad_length(*, run: ImportRun, length: int) -> None:
    """Note how long the file of bad rows is after rows were taken out of it."""
    ImportRun.objects.filter(pk=run.pk).update(bad_bytes=length)


def kind_of(run: ImportRun) -> ImportKind:
    """Return the kind of a run. Raises LookupError for one that is declared no more."""
    kind = by_name(ImportKind, run.kind)
    if kind is None:
        raise LookupError(f"No import kind {run.kind!r} is declared.")
    return kind


def _require_readable(fixed: Mapping[str, str], fields: Mapping[str, ImportField], mapping: Mapping[str, int]) -> None:
    """Raise Refused unless what stands for every row can be read, and no column says it as well."""
    for name, text in fixed.items():
        if name not in fields or len(text) > LONGEST_FIXED:
            raise Refused(_("Please choose from the list."), field="fixed")
        if name in mapping:
            words = {"field": fields[name].label}
            raise Refused(_("“%(field)s” cannot be a column and the same in every row.") % words, field="fixed")
        try:
            value_of(text, fields[name])
        except ValueProblem as problem:
            raise Refused(f"{fields[name].label}: {problem_text(problem.code)}", field="fixed") from None


def _locked(run: ImportRun, *states: str) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state not in states:
        raise Refused(_("This import is at another step by now. Please look at it again."))
    return run


def _move(run: ImportRun, *, size: int, now: datetime, **fields: Any) -> None:
    """Move the position on, or raise Overtaken. The job's lease is asked in the same transaction."""
    moved = ImportRun.objects.filter(pk=run.pk, position=run.position, state=run.state).update(
        position=run.position + size, updated_at=now, **fields
    )
    if not moved:
        raise Overtaken(f"import {run.pk} is not at {run.position} any more")
    run.position += size
    running.checkpoint({"position": run.position})


def _counted(before: Mapping[str, int], plans: Iterable[Plan]) -> dict[str, int]:
    counts = dict(before)
    for item in plans:
        counts[item.outcome] = counts.get(item.outcome, 0) + 1
    return counts


def _keep_samples(
    run: ImportRun, phase: str, plans: Sequence[Plan], counts: Mapping[str, int], *, outcomes: Sequence[str]
) -> None:
    rows = []
    for outcome in outcomes:
        alike = [item for item in plans if item.outcome == outcome]
        room = MOST_SAMPLES - (counts.get(outcome, 0) - len(alike))
        rows += [_sample(run, phase, item) for item in alike[: max(0, room)]]
    ImportSample.objects.bulk_create(rows)


def _sample(run: ImportRun, phase: str, item: Plan) -> ImportSample:
    return ImportSample(
        run=run,
        phase=phase,
        outcome=item.outcome,
        line=item.row.line,
        title=item.title,
        changes=[[thing, name, plain(before), plain(after)] for thing, name, before, after in item.changes],
        problems=[[one.column, one.value, one.code, one.at] for one in item.problems],
        notes=[list(note) for note in item.notes],
    )


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _clear_samples(run: ImportRun, phase: str) -> None:
    ImportSample.objects.filter(run=run, phase=phase).delete()


def _remember(run: ImportRun, *, with_left_out: bool) -> None:
    """Remember which column was which field, and which were left out, unless they had to be."""
    named = {place: name for name, place in run.mapping.items()}
    for place, column in enumerate(run.columns):
        if place not in named and not with_left_out:
            continue
        RememberedColumn.objects.update_or_create(
            kind=run.kind,
            header=folded_header(column["header"])[:200],
            defaults={"field": named.get(place, "")},
        )


def _tell(viewer: Viewer, run: ImportRun, what: str, *, now: datetime) -> None:
    log_manager_action(what, member_id=viewer.member_id, subject=f"{run.kind}:{run.pk}", after=run.file_name, now=now)
