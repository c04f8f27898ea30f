"""What machinery and kinds tell each other about fields, rows and plans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import translation

from kizuna.core.members.viewer import Viewer

NEW, CHANGED, UNCHANGED, BAD = "new", "changed", "unchanged", "bad"
OUTCOMES = (NEW, CHANGED, UNCHANGED, BAD)
ADDED, SET, ENDED = "added", "changed", "ended"


@dataclass(frozen=True)
class ImportField:
    """Something a row may say: the words above its column and how a cell of it is read (`reading.READERS`)."""

    name: str
    label: Any
    words: tuple[str, ...]
    reads: str = "line"
    is_needed: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)  # folded word: value


def listed(words: str) -> tuple[str, ...]:
    """Return words that are written one behind the other with bars between."""
    return tuple(words.split("|"))


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: the column (a header or ""), the value, a code (`wording.sentence`), another line where one is meant."""

    column: str
    value: str
    code: str
    at: int = 0


def code_of(reason: Any) -> str:
    """Return a reason in no language: a code as it is, what an action says by the words of the source."""
    if isinstance(reason, str):
        return reason
    with translation.override(None):
        return str(reason)


@dataclass
class Incoming:
    """A row as it was read: only what it says, empty cells left out (unless they are to clear)."""

    line: int
    cells: tuple[str, ...]
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    # The line that first named each thing this row names, by the kind's own key; this row's own line when it is the first.
    firsts: dict[str, int] = field(default_factory=dict)

    def is_first(self, key: str) -> bool:
        return self.firsts.get(key, self.line) == self.line


@dataclass(frozen=True)
class Context:
    """What a kind is told besides the rows. `run_id` stands on what is added; a rehearsal has none."""

    viewer: Viewer
    now: datetime
    run_id: int | None
    header: Callable[[str], str]  # the header of the column that holds a field

    @property
    def is_rehearsal(self) -> bool:
        return self.run_id is None


@dataclass
class Plan:
    """What a row would do. `work` is the kind's own; `changes` are (thing, field, before, after)."""

    row: Incoming
    outcome: str = UNCHANGED
    title: str = ""
    changes: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    notes: list[tuple[str, int]] = field(default_factory=list)  # (reason, percent)
    problems: list[Problem] = field(default_factory=list)
    work: Any = None

    def refuse(self, column: str, reason: Any, *, value: Any = "", at: int = 0) -> None:
        """Say that the row is bad, and in which column. `reason` is a code of `wording`, or what an action says."""
        self.problems.append(Problem(column, str(value)[:80], code_of(reason), at))

    def settle(self) -> None:
        """Work the outcome out from what was found."""
        if self.problems:
            self.outcome, self.changes = BAD, []
        elif any(before is None for _thing, _field, before, _after in self.changes):
            self.outcome = NEW
        else:
            self.outcome = CHANGED if self.changes else UNCHANGED


@dataclass(frozen=True)
class Undoing:
    """A ledger row to be taken back."""

    line: int
    at: Any
    done: list[list[Any]]


@dataclass
class Undone:
    """What became of a ledger row: how many of its parts went back, and why others stay."""

    line: int
    title: str = ""
    back: int = 0
    kept: list[tuple[str, int, str]] = field(default_factory=list)  # (thing, id, reason)
