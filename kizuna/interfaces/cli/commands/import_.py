"""`kizuna import FORMAT PATH…`: bring a community over from another product."""

import argparse
import re
import sys
import time
from dataclasses import asdict

from django.utils import timezone, translation

from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions.models import Space
from kizuna.interfaces.cli.errors import UsageError
from kizuna.interfaces.integrations.importers.formats import FORMATS
from kizuna.interfaces.integrations.importers.records import ARTICLES, AUTHORS, POSTS, TOPICS, Report
from kizuna.interfaces.integrations.importers.running import CannotImport, Order, Outcome, rehearse_import, run_import
from kizuna.interfaces.integrations.importers.sources import NothingToRead

HELP = "bring topics, posts and articles over from another product"
SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
SAY_SECONDS = 0.5
SAY_SECONDS_IN_LOG = 10.0
LONGEST_LIST = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", choices=sorted(FORMATS))
    parser.add_argument("path", nargs="+", help="files, folders, .gz, or - for the standard input")
    parser.add_argument("--space", default="", metavar="SLUG", help="where topics go (default: named by the source)")
    parser.add_argument("--space-kind", default="", choices=Space.Kind.values, help="of a space that is made for them")
    parser.add_argument("--source", default="", metavar="NAME", help="name before external ids (default: the format)")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN", help="which column of a table holds a field"
    )
    parser.add_argument("--dry-run", action="store_true", help="read and report, write nothing")


def run(options: argparse.Namespace) -> int:
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


class Voice:
    """Says how far it is, on one line of a terminal or now and then in a log."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self.pause = SAY_SECONDS if self.is_terminal else SAY_SECONDS_IN_LOG
        self.said_at = time.monotonic()

    def say(self, text: str) -> None:
        now = time.monotonic()
        if now - self.said_at >= self.pause:
            self.said_at = now
            print(
                f"\r\x1b[K{text}" if self.is_terminal else text, end="" if self.is_terminal else "\n", file=sys.stderr
            )
            sys.stderr.flush()

    def end(self) -> None:
        if self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


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
