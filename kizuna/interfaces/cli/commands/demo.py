"""`kizuna demo`: load the two demo communities (once) and print the sign-ins."""

import argparse
import sys
import time
from datetime import UTC, datetime

from kizuna.interfaces.cli.listening import require_free_port
from kizuna.interfaces.integrations.demo.loading import REAL, SAMPLE, address_of, load_demo, read_sign_ins

HELP = "load the demo communities and print the sign-ins"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port that the printed addresses name")


def run(options: argparse.Namespace) -> int:
    require_free_port("127.0.0.1", options.port)  # said now, not after the loading
    began = time.monotonic()
    load_demo(now=datetime.now(UTC), say=_say)
    sample, real = address_of(SAMPLE, port=options.port), address_of(REAL, port=options.port)
    print(f"\n  みせばこ オーナーズ広場（見本）  {sample}")
    _print_sign_ins(SAMPLE)
    print(f"    {'mail (as owner)':16} {sample}studio/mail/")
    print(f"\n  Thunderbird support (real)  {real}")
    _print_sign_ins(REAL)
    print(f"\n  ready after {time.monotonic() - began:.0f} s. Ctrl-C stops everything.\n", flush=True)
    return 0


def _say(line: str) -> None:
    """Say a line in one piece: two processes load, and `print` writes the end of the line apart."""
    sys.stdout.write(f"kizuna: {line}\n")
    sys.stdout.flush()


def _print_sign_ins(slug: str) -> None:
    for row in read_sign_ins(slug):
        print(f"    {row['role']:16} {row['email']:28} {row['password']}")
