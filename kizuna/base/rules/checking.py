"""What is wrong with a rule against the facts declared now: before it is saved, and each time it is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kizuna.base.rules.facts import Catalogue, Dated, Fact
from kizuna.base.rules.operators import CHANGES, Shape, shape_of
from kizuna.base.rules.tree import MAX_DAYS, Condition, Group, Node, Related, Rule


class Wrong(StrEnum):
    """The ways in which a condition cannot be asked."""

    ENTITY = "entity"
    FACT = "fact"
    RELATION = "relation"
    OTHER_ENTITY = "other_entity"
    OPERATOR = "operator"
    VALUE = "value"
    CHOICE = "choice"
    WINDOW = "window"


# Gone since the rule was saved, rather than never right.
MISSING = frozenset({Wrong.ENTITY, Wrong.FACT, Wrong.RELATION, Wrong.CHOICE})


@dataclass(frozen=True)
class Problem:
    """One condition that cannot be asked: where it stands, what is wrong and the name of what is concerned."""

    path: str
    wrong: Wrong
    name: str
    detail: str = ""

    @property
    def is_missing(self) -> bool:
        """Say whether something that the rule once used is gone."""
        return self.wrong in MISSING


def problems_of(rule: Rule, catalogue: Catalogue) -> list[Problem]:
    """Return everything that keeps the rule from being asked; an empty list means it can be."""
    if rule.entity not in catalogue.entities:
        return [Problem("entity", Wrong.ENTITY, rule.entity)]
    return list(_below(rule.root, rule.entity, "root", catalogue))


def _below(node: Node, entity: str, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    if isinstance(node, Group):
        for place, part in enumerate(node.parts):
            yield from _below(part, entity, f"{path}.{node.join}.{place}", catalogue)
    elif isinstance(node, Related):
        relation = catalogue.relations.get(node.relation)
        if relation is None or relation.to not in catalogue.entities:
            yield Problem(path, Wrong.RELATION, node.relation)
        elif relation.entity != entity:
            yield Problem(path, Wrong.OTHER_ENTITY, node.relation)
        else:
            yield from _below(node.where, relation.to, f"{path}.where", catalogue)
    else:
        yield from _of_condition(node, entity, path, catalogue)


def _of_condition(condition: Condition, entity: str, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    fact = catalogue.facts.get(condition.fact)
    if fact is None:
        yield Problem(path, Wrong.FACT, condition.fact)
        return
    if fact.entity != entity:
        yield Problem(path, Wrong.OTHER_ENTITY, condition.fact)
        return
    shape = shape_of(fact.kind, condition.op)
    if shape is None:
        yield Problem(path, Wrong.OPERATOR, condition.fact, condition.op)
        return
    if condition.days is None and condition.op in CHANGES:
        yield Problem(path, Wrong.WINDOW, condition.fact)
    if condition.days is not None and not isinstance(fact.source, Dated):
        yield Problem(path, Wrong.WINDOW, condition.fact)
    if not has_shape(condition.value, shape):
        yield Problem(path, Wrong.VALUE, condition.fact)
    elif shape == Shape.CHOICES:
        yield from _gone_choices(fact, condition, path)


def _gone_choices(fact: Fact, condition: Condition, path: str) -> Iterator[Problem]:
    known = {choice.value for choice in fact.all_choices()}
    for value in condition.value:
        if value not in known:
            yield Problem(path, Wrong.CHOICE, fact.name, value)


def has_shape(value: Any, shape: Shape) -> bool:
    """Say whether a value has the form that an operator takes."""
    checks = {
        Shape.NOTHING: lambda: value is None,
        Shape.TEXT: lambda: isinstance(value, str) and value.strip() != "",
        Shape.CHOICES: lambda: _is_list_of(value, str) and len(value) >= 1,
        Shape.NUMBER: lambda: _is_number(value),
        Shape.WHOLE: lambda: isinstance(value, int) and not isinstance(value, bool),
        Shape.NUMBERS: lambda: _is_pair(value) and all(map(_is_number, value)) and value[0] <= value[1],
        Shape.DAY: lambda: _is_day(value),
        Shape.DAYS: lambda: isinstance(value, int) and 0 <= value <= MAX_DAYS * 10,
        Shape.DAY_PAIR: lambda: _is_pair(value) and all(map(_is_day, value)) and value[0] <= value[1],
        Shape.PERCENT: lambda: isinstance(value, int) and 1 <= value <= 10_000,
    }
    return checks[shape]()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and 1900 <= date.fromisoformat(value).year < 3000
    except ValueError:
        return False
