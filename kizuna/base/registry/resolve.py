"""Resolve declarations once per process and find what is wrong with them."""

from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

Kind = TypeVar("Kind")


@cache
def _everything() -> tuple[Any, ...]:
    return tuple(import_string(name) for name in settings.KIZUNA_DECLARATIONS)


def of(kind: type[Kind]) -> list[Kind]:
    """Return every declaration of `kind`, in the order of the list in config."""
    return [item for item in _everything() if isinstance(item, kind)]


def by_name(kind: type[Kind], name: str) -> Kind | None:
    return next((item for item in of(kind) if item.name == name), None)  # type: ignore[attr-defined]


def problems() -> list[str]:
    """Return a sentence for each declared name that does not resolve or stands twice."""
    found, seen = [], set()
    for dotted in settings.KIZUNA_DECLARATIONS:
        try:
            item = import_string(dotted)
        except ImportError as error:
            found.append(f"{dotted}: {error}")
            continue
        key = (type(item), getattr(item, "name", None))
        if key in seen:
            found.append(f"{dotted}: a {key[0].__name__} named {key[1]!r} is declared twice")
        seen.add(key)
    return found
