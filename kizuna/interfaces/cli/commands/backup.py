"""`kizuna backup FILE`: the community's database and files, in one file, while it is in use."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

HELP = "write a backup of a community (same engine; see `community export` to move)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    from kizuna.interfaces.integrations.bundles import backup

    written = backup.write_backup(options.file, now=datetime.now(UTC))
    print(f"{options.file}: {written['files']} files, {written['bytes']:,} bytes")
    return 0
