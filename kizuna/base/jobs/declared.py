"""What jobs there are: functions declared by `@job("app.verb")` in the modules that `config.jobs` lists."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.conf import settings

Effects = Literal["inside", "outside"]
JobFunction = Callable[..., Any]


class UnknownJob(LookupError):
    """No module listed in `config.jobs` declares a job of that name."""


@dataclass(frozen=True)
class DeclaredJob:
    """A job's name, its function (called with the row's args as keywords) and where its effects lie."""

    name: str
    function: JobFunction
    effects: Effects = "inside"


def job(name: str, *, effects: Effects = "inside") -> Callable[[JobFunction], JobFunction]:
    """Declare the decorated function to be the job `name`.

    `inside`: the body and the ledger's "done" are one transaction, so its database effects happen exactly once. Keep it
    short (SQLite has one writer); it must not call anything outside the database.
    `outside`: the body runs without a transaction, at least once, always with the same args; it may open its own
    transactions and note how far it came in them (`running.checkpoint`).
    """

    def declare(function: JobFunction) -> JobFunction:
        function.declared_job = DeclaredJob(name=name, function=function, effects=effects)  # type: ignore[attr-defined]
        return function

    return declare


def declared_job(name: str) -> DeclaredJob:
    """Return the job declared as `name`, or raise UnknownJob."""
    try:
        return _by_name()[name]
    except KeyError:
        raise UnknownJob(f"No module in config.jobs declares the job {name!r}.") from None


def all_declared() -> list[DeclaredJob]:
    """Return every declared job in the order of the modules listed; a name declared twice stands twice."""
    return [found for dotted in settings.KIZUNA_JOBS for found in _jobs_of(importlib.import_module(dotted))]


@cache
def _by_name() -> dict[str, DeclaredJob]:
    return {declared.name: declared for declared in all_declared()}


def _jobs_of(module: Any) -> list[DeclaredJob]:
    marked = [getattr(value, "declared_job", None) for value in vars(module).values()]
    found = [item for item in marked if isinstance(item, DeclaredJob)]
    return [item for item in found if item.function.__module__ == module.__name__]
