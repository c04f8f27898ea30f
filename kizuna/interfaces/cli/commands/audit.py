"""`kizuna audit verify`: recompute the chain of the audit log."""

import argparse

from kizuna.interfaces.cli.errors import UsageError

HELP = "check the audit log: nothing changed, nothing missing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="recompute the chain and name the first entry that is wrong")
    verify.add_argument(
        "--expect",
        metavar="NUMBER:HASH",
        default="",
        help="a head that was written down before: it must still be there",
    )


def run(options: argparse.Namespace) -> int:
    from kizuna.core.audit import actions, queries

    actions.seal()
    verdict = queries.checked(expect=_expected(options.expect))
    if verdict.broken is not None:
        print(f"entry {verdict.broken}: {verdict.reason}. The {verdict.number} entries before it are whole.")
        return 1
    print(f"{verdict.count} entries are whole. Head: {verdict.number}:{verdict.digest}")
    return 0


def _expected(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    number, _colon, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise UsageError("--expect takes the head that an earlier verification printed: NUMBER:HASH.")
    return int(number), digest
