"""Run an import from its paths to its report. One at a time in a community."""

import csv
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.db import IntegrityError
from django.utils import timezone

from kizuna.base import hosting
from kizuna.base.tables.writing import neutralised
from kizuna.core.members import queries
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.models import Member, Role
from kizuna.core.members.viewer import MEMBERS, Viewer
from kizuna.engagement.discussions.actions import create_space
from kizuna.engagement.discussions.models import Space
from kizuna.interfaces.integrations.actions import begin_import, finish_import
from kizuna.interfaces.integrations.importers.formats import FORMATS
from kizuna.interfaces.integrations.importers.loading import Destination, Say, load, rehearse
from kizuna.interfaces.integrations.importers.records import Report
from kizuna.interfaces.integrations.importers.staging import Staging

STAGING = "staging.sqlite3"


class CannotImport(ValueError):
    """What was asked for does not fit together; the message says why."""


@dataclass(frozen=True)
class Order:
    """What to import, and where to."""

    format: str
    paths: list[str]
    source: str
    space: str
    space_kind: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """The report of a run, and the file that names every row which was skipped or changed."""

    report: Report
    file: Path | None
    import_id: int | None


def run_import(order: Order, *, now: datetime, say: Say) -> Outcome:
    """Import, or go on with an import that was killed. Raises CannotImport and NothingToRead before anything is written."""
    with _folder_of_one_run() as folder:
        viewer = importing_viewer()
        space = _space(order, viewer, now=now)
        with _staged(order, folder, now=now, say=say) as staging:
            begun = begin_import(viewer=viewer, format=order.format, source=order.source, space=order.space, now=now)
            try:
                load(staging, _destination(order, viewer, begun.pk, space, now=now), say=say)
            except IntegrityError as error:
                raise CannotImport(f"Somebody else wrote the same rows meanwhile; run it again. ({error})") from error
            file = _remarks_kept(staging, folder / f"{begun.pk}-{order.format}.csv")
            report = staging.report
            finish_import(viewer=viewer, import_id=begun.pk, report=asdict(report), now=timezone.now())
    return Outcome(report=report, file=file, import_id=begun.pk)


def rehearse_import(order: Order, *, now: datetime, say: Say) -> Outcome:
    """Read everything and report what would be written."""
    with _folder_of_one_run() as folder:
        with _staged(order, folder, now=now, say=say) as staging:
            rehearse(staging, _destination(order, importing_viewer(), 0, None, now=now))
            file = _remarks_kept(staging, folder / f"rehearsal-{order.format}.csv")
    return Outcome(report=staging.report, file=file, import_id=None)


def importing_viewer() -> Viewer:
    """Return the oldest owner, or the system member while there is none."""
    owners = Member.objects.filter(role_grants__role=Role.OWNER, state=Member.State.ACTIVE, is_system=False)
    owner = owners.order_by("joined_at", "pk").first()
    return queries.viewer_of(owner) if owner else system_viewer()


def _destination(order: Order, viewer: Viewer, import_id: int, space: Space | None, *, now: datetime) -> Destination:
    return Destination(
        viewer=viewer,
        source=order.source,
        import_id=import_id,
        space=space,
        article_audience_id=MEMBERS,
        now=now,
    )


def _space(order: Order, viewer: Viewer, *, now: datetime) -> Space | None:
    """Return the space for the topics, made for members when it is missing; None when the format has no topics."""
    own_kind = FORMATS[order.format].space_kind
    if not own_kind:
        return None
    space = Space.objects.filter(slug=order.space).first()
    if space is None:
        name = order.space.replace("-", " ").capitalize()
        return create_space(
            viewer=viewer,
            slug=order.space,
            kind=order.space_kind or own_kind,
            name={"ja": name, "en": name},
            audience_id=MEMBERS,
            now=now,
        )
    if order.space_kind and order.space_kind != space.kind:
        raise CannotImport(f"The space {space.slug!r} is of the kind {space.kind!r}, not {order.space_kind!r}.")
    return space


@contextmanager
def _staged(order: Order, folder: Path, *, now: datetime, say: Say) -> Iterator[Staging]:
    file = folder / STAGING
    for leftover in (file, file.with_name(f"{STAGING}-journal")):
        leftover.unlink(missing_ok=True)
    staging = Staging(file, report=Report(), now=now)
    try:
        staging.take(_telling(FORMATS[order.format].read(order.paths, columns=order.columns), say))
        yield staging
    finally:
        staging.close()
        file.unlink(missing_ok=True)


def _telling(records: Iterator, say: Say) -> Iterator:
    for position, record in enumerate(records, start=1):
        if position % 1000 == 0:
            say(f"reading: {position} records")
        yield record


@contextmanager
def _folder_of_one_run() -> Iterator[Path]:
    folder = hosting.current().folder / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotImport("Another import is running in this community; wait until it has ended.") from None
        yield folder


def _remarks_kept(staging: Staging, file: Path) -> Path | None:
    """Write the list of rows that were skipped or changed; no file when there are none."""
    with suppress(FileNotFoundError):
        file.unlink()
    remarks = staging.remarks()
    first = next(remarks, None)
    if first is None:
        return None
    with open(file, "w", encoding="utf-8", newline="", opener=_private) as out:
        writer = csv.writer(out)
        writer.writerow(("place", "kind", "reason"))
        writer.writerows([neutralised(cell) for cell in remark] for remark in chain([first], remarks))
    return file


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
