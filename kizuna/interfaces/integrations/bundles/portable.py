"""Export and import: rows and files in one zip, readable on either database.

The rows of one export are one moment: they are read inside one transaction. The zip's directory is written last, so a
file cut off half-way is recognised and refused.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from kizuna.base import hosting
from kizuna.base.jobs.models import Job
from kizuna.base.registry import Rebuild, of
from kizuna.core.audit import guard
from kizuna.core.notifications.actions import stop_waiting_mails
from kizuna.core.privacy import actions as privacy
from kizuna.interfaces.integrations.bundles import rows
from kizuna.interfaces.webhooks.actions import stop_after_copy

FORMAT = "kizuna-community"
FORMAT_VERSION = 1


class BadBundle(ValueError):
    """The file is no export of this format, damaged, or of another schema."""


def export_community(file: Path, *, now: datetime) -> dict[str, int]:
    """Write the community entered to `file` and return the number of rows per table."""
    counts: dict[str, int] = {}
    temporary = file.with_name(file.name + ".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for model in rows.tables():
                counts[model._meta.label_lower] = _write_table(bundle, model)
        files = _write_files(bundle)
        manifest = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "slug": hosting.current().slug,
            "exported_at": now.isoformat(),
            "schema": _schema(),
            "rows": counts,
            "files": files,
        }
        bundle.writestr("manifest.json", json.dumps(manifest, indent=1))
    temporary.replace(file)
    return counts


def read_manifest(file: Path) -> dict:
    """Return the manifest of an export. Raises BadBundle when it is none."""
    try:
        with zipfile.ZipFile(file) as bundle:
            manifest = json.loads(bundle.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadBundle(f"{file} is not a complete export ({error}).") from error
    if manifest.get("format") != FORMAT or manifest.get("version") != FORMAT_VERSION:
        raise BadBundle(f"{file} is not an export this version can read.")
    return manifest


def import_community(file: Path, *, now: datetime, tombstones: Iterable[str] = ()) -> dict[str, int]:
    """Fill the freshly migrated, empty community entered from an export. All rows or none.

    Work that was waiting to reach the outside (mail above all) is stopped: a copy must not send it again. Whoever was
    erased since the export, as `tombstones` (lines of the exported community's `erasures.jsonl`) say, is erased again.
    """
    manifest = read_manifest(file)
    if manifest["schema"] != _schema():
        raise BadBundle(
            "The export was made by another version. Import it with that version, update, and export again."
        )
    with zipfile.ZipFile(file) as bundle:
        names = list(_safe_names(bundle))
        with transaction.atomic():
            counts = _load_tables(bundle, manifest)
            rows.reset_sequences()
            stop_outside_work(now=now)
        _unpack_files(bundle, names)
    for rebuild in of(Rebuild):
        if rebuild.name == "search":
            rebuild.run(report=lambda line: None)
    privacy.add_tombstones(tombstones)
    privacy.replay(now=now)
    return counts


def stop_outside_work(*, now: datetime) -> int:
    """Stop every unfinished job and waiting mail of a copied database; what was lost to the outside is listed."""
    stop_waiting_mails(now=now)
    stop_after_copy(now=now)
    unfinished = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING], cron_slot__isnull=True)
    return unfinished.exclude(name__startswith="activity.").update(
        state=Job.State.FAILED, finished_at=now, error="Stopped: this community was restored from a copy."
    )


def _write_table(bundle: zipfile.ZipFile, model: type) -> int:
    count = 0
    with bundle.open(f"rows/{model._meta.label_lower}.jsonl", "w", force_zip64=True) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        for line in rows.dumped(model):
            out.write(line + "\n")
            count += 1
        out.flush()
        out.detach()
    return count


def _load_tables(bundle: zipfile.ZipFile, manifest: dict) -> dict[str, int]:
    known = {model._meta.label_lower: model for model in rows.tables()}
    if unknown := set(manifest["rows"]) - set(known):
        raise BadBundle(f"The export holds tables this version does not know: {sorted(unknown)}.")
    with guard.lowered():  # the audit log is replaced as well
        for model in known.values():  # what the migrations put in comes back with the export
            model._base_manager.all()._raw_delete(using=connection.alias)
    counts = {}
    for name in manifest["rows"]:
        with bundle.open(f"rows/{name}.jsonl") as raw:
            counts[name] = rows.load(known[name], io.TextIOWrapper(raw, encoding="utf-8"))
        if counts[name] != manifest["rows"][name]:
            raise BadBundle(f"{name}: {counts[name]} rows instead of {manifest['rows'][name]}: the file is damaged.")
    return counts


def _write_files(bundle: zipfile.ZipFile) -> int:
    count = 0
    for folder in ("media", "lake"):
        root = hosting.current().folder / folder
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix != ".new":
                bundle.write(path, f"{folder}/{path.relative_to(root).as_posix()}")
                count += 1
    return count


def _unpack_files(bundle: zipfile.ZipFile, names: list[str]) -> None:
    root = hosting.current().folder
    for name in names:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with bundle.open(name) as source, target.open("wb") as out:
            while part := source.read(1 << 20):
                out.write(part)


def _safe_names(bundle: zipfile.ZipFile) -> Iterator[str]:
    for name in bundle.namelist():
        parts = PurePosixPath(name).parts
        if parts[0] not in {"media", "lake"} or name.endswith("/"):
            continue
        if ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
            raise BadBundle(f"{name!r} would leave the community's folder.")
        yield name


def _schema() -> dict[str, str]:
    """Return the newest migration of each app: two databases with the same ones have the same tables."""
    leaves = MigrationLoader(connection, ignore_no_migrations=True).graph.leaf_nodes()
    return dict(leaves)
