"""What every format is turned into. Keys are the source's own ids; bodies are Markdown."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Author:
    key: str
    name: str
    handle: str = ""
    email: str = ""
    company: str = ""
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its opening post. `accepted_key` names the post that solved it."""

    key: str
    title: str
    body: str
    author_key: str
    created_at: datetime
    place: str
    tags: tuple[str, ...] = ()
    view_count: int = 0
    vote_count: int = 0
    accepted_key: str = ""
    is_closed: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    key: str
    topic_key: str
    body: str
    author_key: str
    created_at: datetime
    place: str
    vote_count: int = 0
    is_accepted: bool = False
    reply_to_key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A frequent question with its answer: an article."""

    key: str
    question: str
    answer: str
    place: str
    category: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not taken over, where it stands, and why."""

    place: str
    reason: str


@dataclass
class Report:
    """The reconciliation: read = written + already here + skipped, per kind."""

    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)

    def count(self, column: str, kind: str, number: int = 1) -> None:
        row = getattr(self, column)
        row[kind] = row.get(kind, 0) + number

    def reasons(self) -> dict[str, int]:
        """Return how many rows were skipped for each reason."""
        found: dict[str, int] = {}
        for row in self.skipped:
            found[row.reason] = found.get(row.reason, 0) + 1
        return found


Record = Author | Topic | Post | Question | Skipped
