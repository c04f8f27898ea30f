"""Backup and restore in the engine's own form, together with the files. Safe while the community is in use."""

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, cast

from django.db import connection

from kizuna.base import hosting
from kizuna.interfaces.integrations.bundles.portable import BadBundle

FORMAT = "kizuna-backup"


def write_backup(file: Path, *, now: datetime) -> dict[str, int]:
    """Write database and files of the community entered to one `.tar.gz`. The database is copied first."""
    temporary = file.with_name(file.name + ".new")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(temporary, "w:gz", compresslevel=5) as archive:
        database = Path(folder) / "database"
        _copy_database(database)
        entries = {"database": _digest(database)}
        archive.add(database, "database")
        for path, name in _files():
            entries[name] = _digest(path)
            archive.add(path, name)
        manifest = {"format": FORMAT, "engine": connection.vendor, "made_at": now.isoformat(), "files": entries}
        content = json.dumps(manifest).encode()
        header = tarfile.TarInfo("manifest.json")
        header.size = len(content)
        archive.addfile(header, io.BytesIO(content))
    temporary.replace(file)
    return {"files": len(entries) - 1, "bytes": file.stat().st_size}


def restore_backup(file: Path) -> int:
    """Put a backup in the place of the community entered. It is checked whole before anything is replaced."""
    community = hosting.current()
    with tempfile.TemporaryDirectory(dir=community.folder) as folder:
        root = Path(folder)
        manifest = _unpack(file, root)
        if manifest["engine"] != connection.vendor:
            raise BadBundle(
                f"The backup is of {manifest['engine']}, this community uses {connection.vendor}: "
                "use `community export` and `community import` between engines."
            )
        _replace_database(root / "database")
        for name in ("media", "lake"):
            shutil.rmtree(community.folder / name, ignore_errors=True)
            if (root / name).exists():
                (root / name).rename(community.folder / name)
        community.make_folders()
    return len(manifest["files"]) - 1


def _copy_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        with sqlite3.connect(connection.settings_dict["NAME"]) as source, sqlite3.connect(target) as copy:
            source.backup(copy, pages=2000)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _replace_database(source: Path) -> None:
    if connection.vendor == "sqlite":
        with sqlite3.connect(source) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise BadBundle(f"The database in the backup is damaged: {verdict}")
        connection.close()
        with sqlite3.connect(source) as copy, sqlite3.connect(connection.settings_dict["NAME"], timeout=30) as live:
            copy.backup(live)
        return
    connection.close()
    _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname", _name(), str(source))


def _name() -> str:
    return connection.settings_dict["NAME"]


def _run(program: str, *arguments: str) -> None:
    settings = connection.settings_dict
    environment = {
        "PGHOST": settings["HOST"] or settings["OPTIONS"].get("host", ""),
        "PGPORT": settings["PORT"],
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    done = subprocess.run(  # noqa: S603 (arguments are ours, no shell)
        [program, *arguments],
        env={key: value for key, value in environment.items() if value},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise BadBundle(f"{program} failed: {done.stderr.decode(errors='replace').strip()[:500]}")


def _files() -> list[tuple[Path, str]]:
    root = hosting.current().folder
    found = []
    for folder in ("media", "lake"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix != ".new":
                found.append((path, path.relative_to(root).as_posix()))
    return found


def _unpack(file: Path, root: Path) -> dict:
    try:
        with tarfile.open(file) as archive:
            _extract(archive, root)
        manifest = json.loads((root / "manifest.json").read_text())
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise BadBundle(f"{file} is not a complete backup ({error}).") from error
    if manifest.get("format") != FORMAT:
        raise BadBundle(f"{file} is not a backup of this product.")
    for name, digest in manifest["files"].items():
        if ".." in PurePosixPath(name).parts or _digest(root / name) != digest:
            raise BadBundle(f"{name} in the backup is damaged. Nothing was changed.")
    return manifest


def _extract(archive: tarfile.TarFile, root: Path) -> None:
    """Write the plain files of an archive below `root`; Python 3.11 as Debian has it knows no filters for this yet."""
    for member in archive:
        place = PurePosixPath(member.name)
        if not member.isfile() or place.is_absolute() or ".." in place.parts:
            raise BadBundle(f"{member.name} in the backup is no file of a community. Nothing was changed.")
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(cast(IO[bytes], archive.extractfile(member)), out)


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
