"""`kizuna doctor`: what is wrong with this installation, and what to do about it."""

import argparse

HELP = "explain what is wrong with the set-up"
SCOPE = "installation"
MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="only show what is not all right")


def run(options: argparse.Namespace) -> int:
    from kizuna.base.hosting import directory, entered
    from kizuna.interfaces.cli import examination

    findings = list(examination.of_installation())
    communities = [directory().get(options.community)] if options.community else directory().all()
    for community in communities:
        with entered(community):
            findings += examination.of_community(community)
    for finding in findings:
        if options.quiet and finding.state == "ok":
            continue
        print(f"{MARKS[finding.state]}  {finding.subject}: {finding.sentence}")
    return 1 if any(finding.state == "bad" for finding in findings) else 0
