"""Read the command line, set Django up, enter the community, run the command."""

import argparse
import importlib
import os
import pkgutil
import sys
from contextlib import nullcontext
from types import ModuleType

from kizuna.base.hosting.directory import UnknownCommunity, directory
from kizuna.interfaces.cli import commands
from kizuna.interfaces.cli.errors import UsageError


def main(arguments: list[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuna.config.settings")
    os.environ.setdefault("KIZUNA_PROCESS", "command")
    modules = _modules()
    options = _parser(modules).parse_args(arguments)
    command = modules[options.command]
    if os.environ["KIZUNA_PROCESS"] == "command" and getattr(command, "NEEDS_DJANGO", True):
        _set_up_django()
    try:
        with _community(command, options):
            return command.run(options) or 0
    except (UsageError, UnknownCommunity) as error:
        print(f"kizuna: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _modules() -> dict[str, ModuleType]:
    found = {}
    for info in pkgutil.iter_modules(commands.__path__):
        name = info.name.removesuffix("_").replace("_", "-")
        found[name] = importlib.import_module(f"{commands.__name__}.{info.name}")
    return found


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kizuna", description="Customer community and success.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in sorted(modules.items()):
        command = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--community", metavar="SLUG", help="which community (needed when there are several)")
        module.add_arguments(command)
    return parser


def _set_up_django() -> None:
    import django

    django.setup()


def _community(command: ModuleType, options: argparse.Namespace):
    """Enter the community the command works on. Commands over all communities say `SCOPE = "installation"`."""
    if getattr(command, "SCOPE", "community") == "installation":
        return nullcontext()
    from kizuna.base.hosting import entered

    return entered(chosen_community(options.community))


def chosen_community(slug: str | None):
    """Return the community `slug`, or the only one there is. Raises UsageError when that is not clear."""
    if slug:
        return directory().get(slug)
    everyone = directory().all()
    if len(everyone) != 1:
        slugs = ", ".join(community.slug for community in everyone)
        raise UsageError(f"There are several communities ({slugs}): say which by --community SLUG.")
    return everyone[0]
