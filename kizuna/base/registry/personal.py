"""What every app declares about people, so that copies and erasures reach everything and no later app is forgotten.

A `Person` is a member, a contact or both. Each column that points at a member or a contact stands in the `covers` of a
`PersonalData` or of a `PersonalExempt`; a test fails for a column that does not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kizuna.base.registry.resolve import of

GIVEN, WITHHELD = "given", "withheld"


@dataclass(frozen=True)
class Person:
    """One human being under every number, address and outside id that leads to them.

    `words` are what texts of the team may call them by (full name, telephone): looked for when they are erased.
    """

    member_id: int | None = None
    contact_id: int | None = None
    name: str = ""
    language: str = "ja"
    addresses: frozenset[str] = frozenset()
    external_ids: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    # Rows that stand for the person as a whole: in B2C the customer is the person.
    account_ids: frozenset[int] = frozenset()

    def joined(self, **more: Any) -> "Person":
        """Return the person with more of what leads to them; what is known stays."""
        sets = {name: getattr(self, name) | frozenset(values) for name, values in more.items() if name in SETS}
        plain = {name: value for name, value in more.items() if name not in SETS and value and not getattr(self, name)}
        return replace(self, **sets, **plain)

    def as_args(self) -> dict[str, Any]:
        """Return the person as plain values, to be kept until an erasure is done."""
        kept = {name: sorted(getattr(self, name)) for name in SETS}
        return {**vars(self), **kept}

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> "Person":
        """Return the person that `as_args` described."""
        return cls(**{**args, **{name: frozenset(args[name]) for name in SETS}})


SETS = ("addresses", "external_ids", "words", "account_ids")


@dataclass(frozen=True)
class PersonSource:
    """An app that has a row standing for people.

    `link(person=)` adds the numbers of the same human being elsewhere; `describe(person=)` adds what leads to them from
    this app's own row. `born_at(person=)` returns when that row was made, as text, or "" when there is none: after a
    restore a number may be given to somebody else.
    """

    name: str
    link: Callable[..., Person]
    describe: Callable[..., Person]
    born_at: Callable[..., str]


@dataclass(frozen=True)
class Erased:
    """What an eraser did: rows or lines taken away, and rows that stay without the person's name."""

    removed: int = 0
    kept: int = 0


@dataclass(frozen=True)
class PersonalFile:
    """A file about or by the person, for their copy."""

    name: str
    path: Path


@dataclass(frozen=True)
class PersonalData:
    """One kind of record about people.

    `covers`: columns ("discussions.Post.author") that point at a member or a contact. `collect(person=)` yields plain
    dicts with the same keys each; `files(person=)` yields PersonalFile. `erase(person=, now=)` returns Erased and may run
    twice; with `is_outside` it runs outside of a transaction (files, lake) and must be able to go on after a kill.
    `is_long`: collecting takes long, so it is in the whole copy (made by a job) and not in the quick one.
    `order`: erasers run from low to high; what leads to others goes last. `disclosure` WITHHELD leaves it out of copies
    unless a manager decides otherwise; `withheld_because` and `kept_because` say why in words.
    """

    name: str
    label: Any
    covers: tuple[str, ...] = ()
    collect: Callable[..., Any] | None = None
    files: Callable[..., Any] | None = None
    erase: Callable[..., Erased] | None = None
    is_outside: bool = False
    is_long: bool = False
    order: int = 50
    disclosure: str = GIVEN
    withheld_because: Any = ""
    kept_because: Any = ""


@dataclass(frozen=True)
class PersonalExempt:
    """Columns that point at a person and need neither copy nor eraser, with the reason in one sentence."""

    name: str
    covers: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ErasureDoor:
    """What begins the rest of an erasure: `begin(person=, by_id=, now=)`, in the transaction that closes a membership."""

    name: str
    begin: Callable[..., Any]


@dataclass(frozen=True)
class AuditWords:
    """How an app's entries in the audit log are said: {"customers.exported": "Customers exported"}.

    `pages`: what `note_viewing` calls a page; `things`: what an entry is about where no `Target` has that name;
    `settings`: what changed, by the key of a setting.
    """

    name: str
    words: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


def audit_words(part: str) -> dict[str, Any]:
    """Return how everything of one part ("words", "pages", …) is said, of all apps."""
    return {key: said for declared in of(AuditWords) for key, said in getattr(declared, part).items()}


def completed(person: Person) -> Person:
    """Return the whole human being: as member, as contact, and everything that leads to them."""
    before = None
    while before != person:
        before = person
        for source in of(PersonSource):
            person = source.link(person=person)
    return described(person)


def described(person: Person) -> Person:
    """Return the person with what leads to the rows they are given by, and to no other."""
    for source in of(PersonSource):
        person = source.describe(person=person)
    return person


def born_at(*, person: Person) -> dict[str, str]:
    """Return when the rows that stand for the person were made, by source; "" where there is none."""
    return {source.name: source.born_at(person=person) for source in of(PersonSource)}


def collectors(*, withheld: frozenset[str]) -> Iterator[PersonalData]:
    """Yield what goes into a copy, in the order of config."""
    for declared in of(PersonalData):
        if declared.name not in withheld and (declared.collect or declared.files):
            yield declared


def erasers() -> list[PersonalData]:
    """Return everything that erases, in the order in which it must run."""
    return sorted((declared for declared in of(PersonalData) if declared.erase), key=lambda declared: declared.order)
