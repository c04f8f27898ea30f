"""`kizuna rebuild NAME`: compute again what follows from something else."""

import argparse
import time

from kizuna.base import registry
from kizuna.interfaces.cli.errors import UsageError

HELP = "compute rollups, search rows and the like again from their source"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what to rebuild: " + ", ".join(_names()))


def run(options: argparse.Namespace) -> int:
    declared = registry.by_name(registry.Rebuild, options.name)
    if declared is None:
        raise UsageError(f"There is nothing to rebuild by the name {options.name!r}; there is {', '.join(_names())}.")
    began = time.monotonic()
    result = declared.run(report=print)
    read = f"{result} rows read, " if isinstance(result, int) else ""
    print(f"{options.name}: rebuilt ({read}{time.monotonic() - began:.1f} s)")
    return 0


def _names() -> list[str]:
    return [declared.name for declared in registry.of(registry.Rebuild)]
