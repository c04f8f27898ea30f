"""What every format is turned into. Keys are the source's own ids; bodies are Markdown."""

from dataclasses import dataclass, field
from datetime import datetime

AUTHORS, TOPICS, POSTS, ARTICLES = "authors", "topics", "posts", "articles"


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
    """A topic with its opening post. `accepted_key` names the post that solved it.

    `is_doubted`: the votes say "I have this question too" rather than thanks.
    """

    key: str
    title: str
    body: str
    author_key: str
    created_at: datetime
    place: str
    tags: tuple[str, ...] = ()
    view_count: int = 0
    vote_count: int = 0
    is_doubted: bool = False
    accepted_key: str = ""
    is_closed: bool = False
    closed_at: datetime | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A reply. `topic_key` may be left empty where `reply_to_key` (a topic or a post) tells it."""

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
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not taken over, where it stands, and why. `kind` is what it would have become, where that is known."""

    place: str
    reason: str
    kind: str = "rows"


@dataclass(frozen=True, slots=True)
class Note:
    """A row that was taken over, but not as it stands: what was changed."""

    place: str
    text: str


@dataclass
class Report:
    """The reconciliation: read = written + already here + skipped, for each kind. Places of skipped rows are in the file."""

    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    present: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, dict[str, int]] = field(default_factory=dict)  # kind to reason to number
    notes: dict[str, int] = field(default_factory=dict)

    def count(self, column: str, kind: str, number: int = 1) -> None:
        """Add to `read`, `written` or `present`."""
        row = getattr(self, column)
        row[kind] = row.get(kind, 0) + number

    def count_skipped(self, kind: str, reason: str) -> None:
        reasons = self.skipped.setdefault(kind, {})
        reasons[reason] = reasons.get(reason, 0) + 1

    def skipped_of(self, kind: str) -> int:
        return sum(self.skipped.get(kind, {}).values())

    def unaccounted(self) -> dict[str, int]:
        """Return kinds whose rows do not add up; empty when nothing was lost."""
        missing = {
            kind: self.read[kind] - self.written.get(kind, 0) - self.present.get(kind, 0) - self.skipped_of(kind)
            for kind in self.read
        }
        return {kind: number for kind, number in missing.items() if number}


Record = Author | Topic | Post | Question | Skipped | Note
