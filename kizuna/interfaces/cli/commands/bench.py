"""`kizuna bench NAME`: measure, print a table, or JSON for a program."""

import argparse
import json
import sys
from pathlib import Path

HELP = "measure pages, search, segments, customers, the inbox, the receiving of usage or the maths"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=["pages", "search", "segments", "customers", "inbox", "ingest", "stats"])
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="pages, segments, customers: keep the data set here; search, stats: folder of data sets",
    )
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--scale", type=int, default=1, help="pages: this many times 1,000 members, 5,000 topics, 100,000 posts"
    )
    parser.add_argument(
        "--seconds", type=float, help="pages: length of each measurement (4); ingest: of the sending (30)"
    )
    parser.add_argument("--members", type=int, default=100_000, help="segments: how many members")
    parser.add_argument("--inquiries", type=int, default=100_000, help="inbox: how many that are not closed")
    parser.add_argument("--accounts", type=int, default=500_000, help="customers: how many accounts")


def run(options: argparse.Namespace) -> int:
    def say(line: str) -> None:
        print(line, file=sys.stderr if options.json else sys.stdout, flush=True)

    commands = {
        "pages": _pages, "search": _search, "segments": _segments, "customers": _customers, "inbox": _inbox, "ingest": _ingest,
        "stats": _stats,
    }  # fmt: skip
    result = commands[options.name](options, say)
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        print(json.dumps(result.get("conditions", {}), ensure_ascii=False))
        if "memory_mb" in result:
            print(f"private memory of a web process: {result['memory_mb']} MB")
    return 0


def _pages(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import pages

    return pages.run(folder=options.data, scale=options.scale, seconds=options.seconds or 4.0, say=say)


def _search(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import search

    return search.run(data=options.data, say=say)


def _segments(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import segments

    return segments.run(folder=options.data, members=options.members, say=say)


def _inbox(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import inbox

    return inbox.run(folder=options.data, inquiries=options.inquiries, say=say)


def _customers(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import customers

    return customers.run(folder=options.data, accounts=options.accounts, say=say)


def _ingest(options: argparse.Namespace, say) -> dict:
    from kizuna.interfaces.bench import ingest

    return ingest.run(seconds=options.seconds or 30.0, say=say)


def _stats(options: argparse.Namespace, say) -> dict:
    from kizuna.stats import bench

    result = bench.run(data=options.data)
    if not options.json:
        say(json.dumps(result, ensure_ascii=False, indent=1))
    return result
