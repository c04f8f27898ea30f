"""`kizuna demo`: load the two demo communities (once) and print the sign-ins."""

import argparse
import time
from datetime import UTC, datetime

HELP = "load the demo communities and print the sign-ins"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port that the printed addresses name")


def run(options: argparse.Namespace) -> int:
    from kizuna.interfaces.integrations.demo.loading import load_demo

    began = time.monotonic()
    sign_ins = load_demo(now=datetime.now(UTC), say=lambda line: print(f"kizuna: {line}", flush=True))
    port = options.port
    print(f"\n  みせばこ オーナーズ広場（見本）  http://127.0.0.1:{port}/")
    print(f"  Thunderbird support (real)       http://thunderbird.localhost:{port}/")
    print(f"  Mail of the demo (as owner)      http://127.0.0.1:{port}/studio/mail/\n")
    for row in sign_ins:
        print(f"  {row['role']:16} {row['email']:28} {row['password']}")
    print(f"\n  ready after {time.monotonic() - began:.0f} s. Ctrl-C stops everything.\n", flush=True)
    return 0
