"""Carry a run through its phases: examine, rehearse, import, undo. Whoever is killed in here goes on where it was committed."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone, translation

from kizuna.base.registry import ImportKind
from kizuna.base.tables import FileProblem, Row, match_headers
from kizuna.base.tables.headers import Field
from kizuna.core.members import queries as members
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.viewer import Viewer
from kizuna.success.imports import actions, queries, sight
from kizuna.success.imports.firsts import Firsts
from kizuna.success.imports.mending import BadFile, bad_rows_of
from kizuna.success.imports.models import ImportRun
from kizuna.success.imports.reading import Reader, examined, firsts, opened, reader_of
from kizuna.success.imports.records import BAD, Context, Incoming, Plan, Problem, Undoing
from kizuna.success.imports.storing import ignored_headers, table_of

BATCH = 200
LARGEST_BATCH = 1_000
ATTEMPTS = 5
FINISHED_EVERY = 20_000
State = ImportRun.State
Say = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """Say nothing of the progress."""


def examine(run: ImportRun, *, encoding: str = "", say: Say = silent) -> None:
    """Read the file once and find out its columns, and what they seem to be."""
    with _failing(run):
        table, columns, count = examined(table_of(run.pk), encoding=encoding, told=lambda done: say(done, 0))
        with translation.override(viewer_of(run).language):
            mapping = suggested(viewer_of(run), actions.kind_of(run), table.headers)
            fixed = _fixed_before(run, table.headers, mapping)
        actions.note_examined(
            run=run,
            columns=columns,
            row_count=count,
            encoding=table.encoding or "xlsx",
            mapping=mapping,
            fixed=fixed,
            now=timezone.now(),
        )


def _fixed_before(run: ImportRun, headers: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """Return what was said for every row the last time a table with the same columns came."""
    fields = sight.fields_for(viewer_of(run), actions.kind_of(run))
    before = queries.fixed_before(run, list(headers))
    return {name: text for name, text in before.items() if name in fields and name not in mapping}


def suggested(viewer: Viewer, kind: ImportKind, headers: tuple[str, ...]) -> dict[str, int]:
    """Return which column is which field that the viewer sees: as a person chose the last time, else by the words above them."""
    fields = sight.fields_for(viewer, kind)
    known = queries.remembered(kind.name, list(headers))
    chosen = {name: place for place, name in sorted(known.items(), reverse=True) if name in fields}
    left_out = [headers[place] for place, name in known.items() if not name]
    wanted = [Field(field.name, field.words, field.is_needed) for field in fields.values()]
    return match_headers(headers, wanted, chosen=chosen, ignored=[*ignored_headers(), *left_out]).columns


def rehearse(run: ImportRun, *, say: Say = silent) -> None:
    """Plan every row and note what would happen. Begins anew when it was cut short."""
    if not _is_seen(run):
        return
    with _prepared(run, is_rehearsal=True) as work:
        for batch in work.batches():
            plans = work.planned(batch)
            work.write_bad(batch, plans)
            actions.note_rehearsed(run=run, size=len(batch), plans=plans, bad_bytes=work.bad.size, now=work.context.now)
            say(run.position, run.row_count)
        actions.end_phase(run=run, state=State.REHEARSED, now=timezone.now())


def carry_out(run: ImportRun, *, say: Say = silent) -> None:
    """Write every row that is not bad, batch by batch, from where the run stands."""
    if not _is_seen(run):
        return
    finished = run.position
    with _prepared(run, is_rehearsal=False) as work:
        for batch in work.batches():
            if ImportRun.objects.filter(pk=run.pk, is_stopping=True).exists():
                _end(work, State.STOPPED)
                return
            _take(work, batch)
            say(run.position, run.row_count)
            if work.kind.finish is not None and run.position - finished >= FINISHED_EVERY:
                work.kind.finish(now=timezone.now())
                finished = run.position
        _end(work, State.DONE)


def _end(work: "_Work", state: str) -> None:
    if work.kind.finish is not None:
        work.kind.finish(now=timezone.now())
    actions.end_phase(run=work.run, state=state, now=timezone.now())


def _take(work: "_Work", batch: list[tuple[Row, Incoming]]) -> None:
    """Write a batch. Where another import wrote one of the same things meanwhile, it is planned anew with them there."""
    run, stands = work.run, (work.run.position, work.run.state)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                _write(work, batch)
            return
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS:
                raise
            run.refresh_from_db()
            if (run.position, run.state) != stands:
                raise actions.Overtaken(f"import {run.pk} was gone on with by somebody else") from None
            work.begin_anew(batch)


def _write(work: "_Work", batch: list[tuple[Row, Incoming]]) -> None:
    plans = work.planned(batch)
    fine = [item for item in plans if item.outcome != BAD]
    done = work.kind.write(plans=fine, context=work.context)
    work.write_bad(batch, plans)
    actions.note_imported(
        run=work.run,
        size=len(batch),
        plans=plans,
        done={item.row.line: entries for item, entries in zip(fine, done, strict=True)},
        bad_bytes=work.bad.size,
        now=work.context.now,
    )


def undo(run: ImportRun, *, say: Say = silent) -> None:
    """Take back what the ledger holds, the last line first."""
    kind, viewer = actions.kind_of(run), viewer_of(run)
    if not _is_seen(run):
        return
    with translation.override(viewer.language):
        while True:
            with transaction.atomic():
                part = queries.ledger_part(run, limit=BATCH)
                if not part:
                    break
                context = Context(viewer, timezone.now(), run.pk, lambda name: name)
                rows = [Undoing(row.line, row.at, row.done) for row in part]
                undone = kind.undo(rows=rows, context=context)
                actions.note_undone(run=run, lines=[row.line for row in part], undone=undone, now=context.now)
            say(run.position, run.position)
        actions.end_phase(run=run, state=State.UNDONE, now=timezone.now())


def _is_seen(run: ImportRun) -> bool:
    """Tell whether whoever began the run sees, as of now, what it writes; if not, note that it ends here."""
    if sight.sees_rows(viewer_of(run), run):
        return True
    actions.fail(run=run, code="not_seen", line=0, now=timezone.now())
    return False


def viewer_of(run: ImportRun) -> Viewer:
    """Return whoever began the run, as they are now; the system where nobody did."""
    return members.viewer_of(run.started_by) if run.started_by is not None else system_viewer()


@dataclass
class _Work:
    """What the batches of one phase share."""

    run: ImportRun
    kind: ImportKind
    reader: Reader
    rows: Iterator[Row]
    firsts: Firsts
    bad: BadFile
    viewer: Viewer
    is_rehearsal: bool
    context: Any = None

    def batches(self) -> Iterator[list[tuple[Row, Incoming]]]:
        """Yield the batches that are still to do; rows before the position are read for what they name first."""
        batch: list[tuple[Row, Incoming]] = []
        group = ""
        for number, row in enumerate(self.rows):
            incoming = self.reader.read(row)
            if number < self.run.position:
                self._claim(incoming)
                continue
            own = self.kind.group(values=incoming.values) if self.kind.group else ""
            is_full = len(batch) >= BATCH and (not own or own != group)
            if batch and (is_full or len(batch) >= LARGEST_BATCH):
                yield batch
                batch = []
            group = own
            batch.append((row, incoming))
        if batch:
            yield batch

    def planned(self, batch: list[tuple[Row, Incoming]]) -> list[Plan]:
        """Plan a batch as of now."""
        header = self.reader.header_of
        run_id = None if self.is_rehearsal else self.run.pk
        self.context = Context(self.viewer, timezone.now(), run_id, header)
        for _row, incoming in batch:
            self._claim(incoming)
        plans = self.kind.plan(rows=[incoming for _row, incoming in batch], context=self.context)
        for item in plans:
            if item.outcome == BAD:
                self._forget(item.row)
        return plans

    def write_bad(self, batch: list[tuple[Row, Incoming]], plans: list[Plan]) -> None:
        """Write the bad rows of a batch, on the disk before the commit that counts them."""
        bad = {item.row.line: item for item in plans if item.outcome == BAD}
        for row, _incoming in batch:
            if row.line in bad:
                self.bad.add(row, bad[row.line].problems)
        if bad:
            self.bad.make_durable()

    def begin_anew(self, batch: list[tuple[Row, Incoming]]) -> None:
        """Forget what a batch that was undone has left: bad rows in the file, problems of rows and what they named."""
        self.bad.cut(self.run.bad_bytes)
        for place, (row, incoming) in enumerate(batch):
            self._forget(incoming)
            batch[place] = row, self.reader.read(row)

    def _claim(self, incoming: Incoming) -> None:
        """Note what a row names; one that says of the same thing what an earlier row does not say is bad."""
        if incoming.problems:
            return
        for key, said in self.kind.keys(values=incoming.values):
            line, before = self.firsts.claim(key, said, incoming.line)
            incoming.firsts[key] = line
            if line != incoming.line and said and before and said != before:
                incoming.problems.append(Problem("", "", "contradicts", line))
        if incoming.problems:
            self._forget(incoming)

    def _forget(self, incoming: Incoming) -> None:
        for key in incoming.firsts:
            self.firsts.forget(key, incoming.line)


@contextmanager
def _prepared(run: ImportRun, *, is_rehearsal: bool) -> Iterator[_Work]:
    kind, viewer = actions.kind_of(run), viewer_of(run)
    with translation.override(viewer.language), _failing(run), _collecting_rarely(), firsts() as seen:
        encoding = "" if run.encoding == "xlsx" else run.encoding
        with opened(table_of(run.pk), encoding=encoding) as table:
            reader = reader_of(
                kind,
                mapping=run.mapping,
                fixed=run.fixed,
                columns=run.columns,
                orders=run.orders,
                clears=run.clears_empty,
            )
            bad = BadFile(bad_rows_of(run.pk), table.headers, committed=run.bad_bytes)
            try:
                yield _Work(run, kind, reader, table.rows, seen, bad, viewer, is_rehearsal)
            finally:
                bad.close()


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Look for circles of objects less often: rows hold none, and looking costs a seventh of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _failing(run: ImportRun) -> Iterator[None]:
    """Note a file that cannot be read; what was taken before its broken place stays and can be undone."""
    try:
        yield
    except FileProblem as problem:
        actions.fail(run=run, code=problem.code, line=getattr(problem, "line", 0) or 0, now=timezone.now())
    except UnicodeDecodeError:
        actions.fail(run=run, code="encoding", line=0, now=timezone.now())
    except FileNotFoundError:
        actions.fail(run=run, code="file_gone", line=0, now=timezone.now())
