"""`kizuna import FORMAT PATH…`: bring a community over from another product, or a table of customers and the like."""

import argparse
import re
import sys
import time
from dataclasses import asdict

from django.utils import timezone, translation

from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions.models import Space
from kizuna.interfaces.cli import tables
from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.cli.voice import Voice
from kizuna.interfaces.integrations.importers.formats import FORMATS
from kizuna.interfaces.integrations.importers.records import ARTICLES, AUTHORS, POSTS, TOPICS, Report
from kizuna.interfaces.integrations.importers.running import CannotImport, Order, Outcome, rehearse_import, run_import
from kizuna.interfaces.integrations.importers.sources import NothingToRead

HELP = "bring topics, posts and articles over from another product, or tables of customers, contracts, …"
SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
LONGEST_LIST = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", choices=sorted([*FORMATS, *tables.kinds()]))
    parser.add_argument("path", nargs="*", help="files, folders, .gz, or - for the standard input")
    parser.add_argument("--space", default="", metavar="SLUG", help="where topics go (default: named by the source)")
    parser.add_argument("--space-kind", default="", choices=Space.Kind.values, help="of a space that is made for them")
    parser.add_argument("--source", default="", metavar="NAME", help="name before external ids (default: the format)")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column of a table holds a field; FIELD=:TEXT says the same for every row",
    )
    parser.add_argument("--undo", type=int, metavar="ID", help="take a table's import back")
    parser.add_argument("--clear-empty", action="store_true", help="empty cells of a table clear what is there")
    parser.add_argument("--encoding", default="", help="of a table (default: found out)")
    parser.add_argument(
        "--date-order",
        action="append",
        default=[],
        metavar="COLUMN=dmy|mdy",
        help="of days such as 04/05/2024 in a table",
    )
    parser.add_argument("--dry-run", action="store_true", help="read and report, write nothing")


def run(options: argparse.Namespace) -> int:
    if options.format in tables.kinds():
        return tables.run(options)
    if not options.path or options.undo:
        raise UsageError(f"import {options.format} takes files or folders, and cannot be undone.")
    source = options.source or options.format
    if not SOURCE.fullmatch(source):
        raise UsageError("--source takes small letters, digits, hyphens and underscores, up to 30.")
    order = Order(
        format=options.format,
        paths=options.path,
        source=source,
        space=options.space or source.replace("_", "-"),
        space_kind=options.space_kind,
        columns=_columns(options.map),
    )
    began = time.monotonic()
    voice = Voice()
    act = rehearse_import if options.dry_run else run_import
    with translation.override("en"):
        try:
            outcome = act(order, now=timezone.now(), say=voice.say)
        except (CannotImport, NothingToRead) as error:
            raise UsageError(str(error)) from error
        except Refused as refused:
            raise UsageError(f"{refused.field or 'import'}: {refused.reason}") from refused
    voice.end()
    _print(order, outcome, seconds=time.monotonic() - began)
    return 1 if outcome.report.unaccounted() else 0


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise UsageError(f"--map takes FIELD=COLUMN, not {pair!r}.")
        columns[field] = column
    return columns


def _print(order: Order, outcome: Outcome, *, seconds: float) -> None:
    report = outcome.report
    number = f"import {outcome.import_id}" if outcome.import_id else "nothing was written: this was a rehearsal"
    print(f"{order.format} ({number})")
    print(f"{'':10}{'read':>10}{'written':>10}{'here already':>14}{'skipped':>10}")
    kinds = [kind for kind in (AUTHORS, TOPICS, POSTS, ARTICLES) if report.read.get(kind)]
    kinds += sorted(set(report.read) - {AUTHORS, TOPICS, POSTS, ARTICLES})
    for kind in kinds:
        numbers = (report.read.get(kind, 0), report.written.get(kind, 0), report.present.get(kind, 0))
        print(f"{kind:10}{numbers[0]:>10}{numbers[1]:>10}{numbers[2]:>14}{report.skipped_of(kind):>10}")
    _print_reasons(report)
    for kind, missing in report.unaccounted().items():
        print(f"{missing} {kind} are neither written nor skipped: please report this as a fault.", file=sys.stderr)
    if outcome.file:
        print(f"Each of them by file and line: {outcome.file}")
    print(f"{seconds:.1f} s")


def _print_reasons(report: Report) -> None:
    reasons = [(number, kind, reason) for kind, row in report.skipped.items() for reason, number in row.items()]
    notes = [(number, "changed", text) for text, number in asdict(report)["notes"].items()]
    for title, rows in (("Skipped:", reasons), ("Taken over, but not as it stands:", notes)):
        if rows:
            print(title)
        for number, kind, reason in sorted(rows, reverse=True)[:LONGEST_LIST]:
            print(f"{number:>10} {kind}: {reason}")
        if len(rows) > LONGEST_LIST:
            print(f"{'':10} and {len(rows) - LONGEST_LIST} other reasons")
