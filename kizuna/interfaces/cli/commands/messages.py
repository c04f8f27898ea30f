"""`kizuna messages`: compile the catalogues; check that every word of the interface has its Japanese."""

import argparse

from kizuna.interfaces.cli import catalogues

HELP = "compile or check the translations"
SCOPE = "installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["compile", "check"])
    parser.add_argument("--quiet", action="store_true")


def run(options: argparse.Namespace) -> int:
    if options.action == "compile":
        written = catalogues.compile_all()
        if not options.quiet:
            print(f"{written} catalogues compiled")
        return 0
    problems = catalogues.problems()
    for problem in problems:
        print(problem)
    print(f"translations: {len(problems)} problems")
    return 1 if problems else 0
