"""What apps declare for rules: entities, facts about them and relations between them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import F, Q, QuerySet

from kizuna.base import registry

Words = dict[str, str]  # {"ja": …, "en": …}
Held = Callable[[date], Q]  # which rows hold on a day, where rows have a beginning and an end


def in_words(words: Words, language: str) -> str:
    """Return the text in `language`, else the other language's."""
    return words.get(language) or words.get("ja") or words.get("en") or ""


class Kind(StrEnum):
    """The type of a fact: which comparisons it offers and how its values are written."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    YES_NO = "yes_no"
    COUNT = "count"


@dataclass(frozen=True)
class Column:
    """A value on the entity's own row: a field's name or an ORM expression."""

    expression: Any

    def resolved(self) -> Any:
        """Return the expression."""
        return F(self.expression) if isinstance(self.expression, str) else self.expression


@dataclass(frozen=True)
class Rows:
    """Values in another table, by `subject`: one row per subject, or several where the fact is a many-choice."""

    rows: Callable[[], QuerySet[Any]]
    subject: str
    value: str
    held: Held | None = None


@dataclass(frozen=True)
class Total:
    """A number that is a sum: of `amount` over the rows of a `subject`; 0 for those without rows."""

    rows: Callable[[], QuerySet[Any]]
    subject: str
    amount: Any
    held: Held | None = None


@dataclass(frozen=True)
class Dated:
    """Rows to be counted over days: the sum of `amount` (a field's name, an ORM expression or a number) per `subject`.

    `day` names a date field, `at` a moment; exactly one of them is given. `key` is the entity's field that `subject`
    holds: another one than its id where rows name it by a number of their own.
    """

    rows: Callable[[], QuerySet[Any]]
    subject: str
    amount: Any
    day: str = ""
    at: str = ""
    key: str = "pk"


Source = Column | Rows | Total | Dated


@dataclass(frozen=True)
class Choice:
    """A value that a fact may have, and its words."""

    value: str
    label: Words


@dataclass(frozen=True)
class Stale:
    """An activity that changes a fact, and of whom: `actor`, `object` or the name of a property that holds the id."""

    verb: str
    whom: str = "actor"


@dataclass(frozen=True)
class Fact:
    """Something rules may ask about an entity.

    `name` is `entity.word` and stays for good: saved rules hold it. `unit` follows a number (件, posts). Money is in minor
    units of the one currency that `currency` names. `is_clocked` says that time alone changes the value; windows and
    relative dates are known to be clocked without it.
    """

    name: str
    entity: str
    label: Words
    kind: Kind
    source: Source
    unit: Words = field(default_factory=dict)
    currency: str = ""
    choices: Callable[[], list[Choice]] | None = None
    stale_by: tuple[Stale, ...] = ()
    is_clocked: bool = False
    heading: Words = field(default_factory=dict)
    # Of which `registry.FieldGroup` its values are; "" when everybody who may ask the entity may know them.
    field_group: str = ""

    def choice_words(self, value: str, language: str) -> str:
        """Return how a choice is called, or its bare value when it is gone."""
        found = next((choice for choice in self.all_choices() if choice.value == value), None)
        return in_words(found.label, language) if found else value

    def all_choices(self) -> list[Choice]:
        """Return what may be chosen, as of now."""
        return self.choices() if self.choices else []


@dataclass(frozen=True)
class FactGroup:
    """An app's facts. `facts()` is asked each time, so a manager's own attributes can be among them."""

    name: str
    facts: Callable[[], Iterable[Fact]]


@dataclass(frozen=True)
class Relation:
    """A way from one entity to another: `links()` has a row per pair, with the fields `source` and `target`."""

    name: str
    entity: str
    to: str
    label: Words
    links: Callable[[], QuerySet[Any]]
    source: str
    target: str


@dataclass(frozen=True)
class Entity:
    """What a rule picks: members, accounts. `population()` are all that can be picked; `noun` is one, `plural` many."""

    name: str
    noun: Words
    plural: Words
    unit: Words
    population: Callable[[], QuerySet[Any]]
    # What brings a subject into the population.
    stale_by: tuple[Stale, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything declared, by name, as of one moment."""

    entities: dict[str, Entity]
    facts: dict[str, Fact]
    relations: dict[str, Relation]

    def without_groups(self, names: Collection[str]) -> "Catalogue":
        """Return the catalogue for somebody who does not see these groups of fields."""
        if not names:
            return self
        return replace(self, facts={name: fact for name, fact in self.facts.items() if fact.field_group not in names})

    def facts_of(self, entity: str) -> list[Fact]:
        """Return the facts about `entity`, in the order of declaration."""
        return [fact for fact in self.facts.values() if fact.entity == entity]


def catalogue() -> Catalogue:
    """Return what the apps declare now. Ask once per piece of work: attributes are read from the database."""
    facts = [fact for group in registry.of(FactGroup) for fact in group.facts()]
    return Catalogue(
        entities={entity.name: entity for entity in registry.of(Entity)},
        facts={fact.name: fact for fact in facts},
        relations={relation.name: relation for relation in registry.of(Relation)},
    )
