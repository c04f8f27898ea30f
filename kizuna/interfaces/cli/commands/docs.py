"""`kizuna docs NAME`: write the generated pages of docs/."""

import argparse
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from kizuna.core.activity import catalogue

HELP = "write the generated pages of docs/"
SCOPE = "installation"

PAGES: dict[str, Callable[[], str]] = {"activities": catalogue.page}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=sorted(PAGES), help="which page")
    parser.add_argument("--check", action="store_true", help="only say whether the page is fresh")


def run(options: argparse.Namespace) -> int:
    file = Path(settings.BASE_DIR) / "docs" / f"{options.name}.md"
    text = PAGES[options.name]()
    is_fresh = file.exists() and file.read_text(encoding="utf-8") == text
    if options.check:
        print(f"{file.name} is {'fresh' if is_fresh else 'stale: run `kizuna docs ' + options.name + '`'}")
        return 0 if is_fresh else 1
    if not is_fresh:
        file.write_text(text, encoding="utf-8")
    print(f"docs/{file.name}: {'unchanged' if is_fresh else 'written'}")
    return 0
