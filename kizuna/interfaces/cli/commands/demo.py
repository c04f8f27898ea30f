"""`kizuna demo`: load the two demo communities (once) and print the sign-ins."""

import argparse
import time
from datetime import UTC, datetime

from kizuna.interfaces.cli.listening import require_free_port
from kizuna.interfaces.integrations.demo.loading import REAL, SAMPLE, address_of, load_demo

HELP = "load the demo communities and print the sign-ins"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port that the printed addresses name")


def run(options: argparse.Namespace) -> int:
    require_free_port("127.0.0.1", options.port)  # said now, not after the loading
    began = time.monotonic()
    sign_ins = load_demo(now=datetime.now(UTC), say=lambda line: print(f"kizuna: {line}", flush=True))
    sample, real = address_of(SAMPLE, port=options.port), address_of(REAL, port=options.port)
    print(f"\n  みせばこ オーナーズ広場（見本）  {sample}")
    print(f"  Thunderbird support (real)       {real}")
    print(f"  Mail of the demo (as owner)      {sample}studio/mail/\n")
    for row in sign_ins:
        print(f"  {row['role']:16} {row['email']:28} {row['password']}")
    print(f"\n  ready after {time.monotonic() - began:.0f} s. Ctrl-C stops everything.\n", flush=True)
    return 0
