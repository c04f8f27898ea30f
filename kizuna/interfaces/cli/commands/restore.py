"""`kizuna restore FILE`: put a backup in the place of a community."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kizuna.interfaces.cli.errors import UsageError

HELP = "put a backup in the place of a community (stop serving first)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--tombstones", type=Path, help="erasures.jsonl of the machine that is gone, if it was kept apart"
    )
    parser.add_argument("--yes", action="store_true", help="replace what is there")


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    from kizuna.base import hosting
    from kizuna.core.privacy import actions
    from kizuna.interfaces.integrations.bundles import backup, portable

    if not options.yes:
        raise UsageError(f"This replaces the community {hosting.current().slug!r} as it is now: add --yes.")
    try:
        files = backup.restore_backup(options.file)
    except portable.BadBundle as error:
        raise UsageError(str(error)) from error
    call_command("migrate", verbosity=0, interactive=False)
    if options.tombstones:
        actions.add_tombstones(options.tombstones.read_text(encoding="utf-8").splitlines())
    stopped = portable.stop_outside_work(now=datetime.now(UTC))
    erased = actions.replay(now=datetime.now(UTC))
    print(f"{hosting.current().slug}: restored with {files} files; {stopped} waiting jobs were stopped, not sent again")
    if erased:
        print(f"{erased} people erased since the backup are erased again; the worker finishes it")
    return 0
