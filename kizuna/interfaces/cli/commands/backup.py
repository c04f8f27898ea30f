"""`kizuna backup FILE`: the community's database and files, in one file, while it is in use."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kizuna.interfaces.cli.errors import UsageError

HELP = "write a backup of a community (same engine; see `community export` to move)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    from kizuna.base import hosting
    from kizuna.interfaces.cli import schema
    from kizuna.interfaces.integrations.bundles import backup

    if schema.is_empty():  # a wrong KIZUNA_HOME must not look like a backup for months
        raise UsageError(f"There is nothing to back up in {hosting.current().folder}. Is KIZUNA_HOME right?")
    written = backup.write_backup(options.file, now=datetime.now(UTC))
    print(f"{options.file}: {written['files']} files, {written['bytes']:,} bytes")
    return 0
