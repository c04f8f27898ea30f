"""Read the command line, set Django up, enter the community, run the command.

Django is set up before a command's module is imported, so commands import what they need at the top. Only the
processes that supervise others do without Django: they start at once and stay small.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType

import django

from kizuna.base.hosting import Community, directory, entered
from kizuna.base.hosting.databases import BadDatabaseURL
from kizuna.base.hosting.directory import UnknownCommunity
from kizuna.interfaces.cli import commands
from kizuna.interfaces.cli.errors import UsageError, meaning

WITHOUT_DJANGO = {"encoder", "messages", "serve", "web"}


def main(arguments: list[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuna.config.settings")
    os.environ.setdefault("KIZUNA_PROCESS", "command")
    arguments = _with_community_first(sys.argv[1:] if arguments is None else arguments)
    modules = _modules(arguments)
    options = _parser(modules).parse_args(arguments)
    command = modules[options.command]
    try:
        with _community(command, options):
            return command.run(options) or 0
    except (UsageError, UnknownCommunity, BadDatabaseURL) as error:
        return _refused(str(error))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if sentence := meaning(error):
            return _refused(sentence)
        raise


def _refused(sentence: str) -> int:
    print(f"kizuna: {sentence}", file=sys.stderr)
    return 2


def _modules(arguments: list[str]) -> dict[str, ModuleType]:
    """Return the module of the command asked for, or of all when none is named (then their help is wanted)."""
    files = {name.removesuffix("_").replace("_", "-"): name for _, name, _ in pkgutil.iter_modules(commands.__path__)}
    wanted = [arguments[0]] if arguments and arguments[0] in files else list(files)
    if not WITHOUT_DJANGO.issuperset(wanted):
        django.setup()
    return {name: importlib.import_module(f"{commands.__name__}.{files[name]}") for name in wanted}


def _with_community_first(arguments: list[str]) -> list[str]:
    """Put `--community SLUG` right behind the command: people write it behind `create` or a file as well."""
    reader = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    reader.add_argument("--community")
    try:
        found, rest = reader.parse_known_args(arguments)
    except argparse.ArgumentError:  # named without a slug: the real parser says so
        return arguments
    return [*rest[:1], "--community", found.community, *rest[1:]] if found.community else arguments


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kizuna", description="Customer community and success.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in sorted(modules.items()):
        command = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--community", metavar="SLUG", help="which community (needed when there are several)")
        module.add_arguments(command)
    return parser


def _community(command: ModuleType, options: argparse.Namespace) -> AbstractContextManager[Community | None]:
    """Enter the community the command works on. Commands over all communities say `SCOPE = "installation"`."""
    if getattr(command, "SCOPE", "community") == "installation":
        return nullcontext()
    return entered(chosen_community(options.community))


def chosen_community(slug: str | None) -> Community:
    """Return the community `slug`, or the only one there is. Raises UsageError when that is not clear."""
    if slug:
        return directory().get(slug)
    everyone = directory().all()
    if len(everyone) != 1:
        slugs = ", ".join(community.slug for community in everyone)
        raise UsageError(f"There are several communities ({slugs}): say which by --community SLUG.")
    return everyone[0]
