"""`kizuna migrate`: bring databases to today's schema; makes an empty bundle where there is none."""

import argparse
from datetime import UTC, datetime

from django.core.management import call_command

from kizuna.base.hosting import Community, directory, entered
from kizuna.core.privacy.actions import replay
from kizuna.interfaces.cli import schema

HELP = "make or update the database of every community (or of one)"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="only show what would be done")


def run(options: argparse.Namespace) -> int:
    communities = [directory().get(options.community)] if options.community else directory().all()
    for community in communities:
        migrate_community(community, plan=options.plan)
    return 0


def migrate_community(community: Community, *, plan: bool = False, verbosity: int = 1) -> None:
    """Run the migrations of one community. Resumable: a stopped run goes on where it was."""
    community.make_folders()
    with entered(community):
        if verbosity:
            print(f"{community.slug}: migrating", flush=True)
        if not plan and schema.is_empty():
            schema.make_schema()
        else:
            call_command("migrate", plan=plan, verbosity=0 if not plan else 1, interactive=False)
        if not plan:  # a database put back by hand may hold people who were erased since
            replay(now=datetime.now(UTC))
