"""English. A clause follows its noun: "with at least 3 posts …", "whose industry is “Food”"."""

from datetime import date
from typing import Any

from kizuna.base.rules.facts import Catalogue, Fact, Kind, in_words
from kizuna.base.rules.operators import CHANGES
from kizuna.base.rules.sentences import values
from kizuna.base.rules.tree import Condition, Group, Node, Related, Rule

JOINS = {"all": "All of these", "any": "Any of these", "none": "None of these"}
OPERATORS = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "lacks": "does not contain",
    "one_of": "is one of",
    "none_of": "is none of",
    "has_any": "include any of",
    "has_all": "include all of",
    "has_none": "include none of",
    "gte": "at least",
    "lte": "at most",
    "gt": "more than",
    "lt": "less than",
    "eq": "exactly",
    "ne": "other than",
    "between": "between",
    "fell_by": "fell by at least (%)",
    "rose_by": "rose by at least (%)",
    "past_within": "within the last days",
    "past_over": "longer ago than days",
    "next_within": "within the next days",
    "next_over": "further ahead than days",
    "on": "is on",
    "from": "is on or after",
    "before": "is before",
    "within": "is between",
    "yes": "is yes",
    "no": "is no",
    "set": "is filled in",
    "empty": "is not filled in",
}
_NUMBERS = {"gte": "at least ", "lte": "at most ", "gt": "more than ", "lt": "fewer than ", "eq": "exactly "}


def sentence(rule: Rule, catalogue: Catalogue) -> str:
    """Return "Members with at least 3 posts in the last 30 days and whose industry is “Food”"."""
    entity = catalogue.entities.get(rule.entity)
    noun = in_words(entity.plural, "en") if entity else rule.entity
    parts = rule.root.parts if isinstance(rule.root, Group) and rule.root.join == "all" else (rule.root,)
    excluded = [part for part in parts if isinstance(part, Group) and part.join == "none"]
    kept = [part for part in parts if part not in excluded]
    is_top = len(kept) == 1
    shown = noun[:1].upper() + noun[1:]
    said = (
        f"{shown} {_joined([_clause(part, catalogue, is_top=is_top) for part in kept], 'and')}"
        if kept
        else f"All {noun}"
    )
    for group in excluded:
        inner = [_clause(part, catalogue, is_top=len(group.parts) == 1) for part in group.parts]  # type: ignore[union-attr]
        said += f", except {noun} {_joined(inner, 'or')}"
    return said


def alone(condition: Condition | Related, catalogue: Catalogue) -> str:
    """Return one condition by itself, without the word that ties it to its noun."""
    said = _clause(condition, catalogue)
    for tie in ("whose ", "with "):
        said = said.removeprefix(tie)
    return said[:1].upper() + said[1:]


def plain(value: Any) -> str:
    """Return a bare value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return values.day(value, "en")
    return values.number(value) if isinstance(value, int | float) else str(value)


def _joined(clauses: list[str], word: str) -> str:
    if len(clauses) < 3:
        return f" {word} ".join(clauses)
    return f"{', '.join(clauses[:-1])}, {word} {clauses[-1]}"


def _clause(node: Node, catalogue: Catalogue, *, is_top: bool = False) -> str:
    if isinstance(node, Group):
        return _group(node, catalogue, is_top=is_top)
    if isinstance(node, Related):
        return _related(node, catalogue)
    fact = catalogue.facts.get(node.fact)
    return _about(fact, node) if fact else f"(with a fact that is gone: “{node.fact}”)"


def _group(group: Group, catalogue: Catalogue, *, is_top: bool) -> str:
    inner = [_clause(part, catalogue, is_top=is_top and len(group.parts) == 1) for part in group.parts]
    if group.join == "none":
        return f"for whom this does not hold: ({_joined(inner, 'or')})"
    if len(inner) == 1:
        return inner[0]
    said = _joined(inner, "and" if group.join == "all" else "or")
    if is_top:
        return said
    return f"(either {said})" if group.join == "any" and len(inner) == 2 else f"({said})"


def _related(node: Related, catalogue: Catalogue) -> str:
    relation = catalogue.relations.get(node.relation)
    if relation is None:
        return f"(with a relation that is gone: “{node.relation}”)"
    label, inner = in_words(relation.label, "en"), _clause(node.where, catalogue, is_top=True)
    if node.match == "all":
        return f"with {label}, all of them {inner}"
    op, value = (node.op, node.value) if node.match == "count" else ("gte", 1)
    return f"with {_number(op, values.number(value))} {label} {inner}"


def _number(op: str, shown: str) -> str:
    return f"other than {shown}" if op == "ne" else _NUMBERS[op] + shown


def _about(fact: Fact, condition: Condition) -> str:
    label, op, value = in_words(fact.label, "en"), condition.op, condition.value
    if fact.kind == Kind.COUNT:
        return _counted(fact, condition)
    are = "are" if fact.kind == Kind.CHOICES else "is"
    if op in ("set", "empty"):
        return f"whose {label} {are} {'not ' if op == 'empty' else ''}filled in"
    if fact.kind in (Kind.CHOICE, Kind.CHOICES):
        return f"whose {label} {_chosen(fact, op, value)}"
    if fact.kind == Kind.TEXT:
        verb = {"is": "is", "is_not": "is not", "contains": "contains", "lacks": "does not contain"}[op]
        return f"whose {label} {verb} “{value}”"
    if fact.kind in (Kind.DATE, Kind.DATETIME):
        return f"whose {label} is {_days(op, value)}"
    if fact.kind == Kind.YES_NO:
        return f"whose {label} is {op}"
    if op == "between":
        low, high = (values.amount(fact, item, "en") for item in value)
        return f"whose {label} is between {low} and {high}"
    words = {**_NUMBERS, "lt": "less than ", "eq": "", "ne": "not "}
    return f"whose {label} is {words[op]}{values.amount(fact, value, 'en')}"


def _counted(fact: Fact, condition: Condition) -> str:
    label, op, value, days = in_words(fact.label, "en"), condition.op, condition.value, condition.days
    last = "today" if days == 1 else f"in the last {days} days"
    if op in CHANGES:
        verb = "fell" if op == "fell_by" else "rose"
        before = "the day before" if days == 1 else f"the {days} days before"
        return f"whose {label} {verb} by at least {value}% {last} against {before}"
    when = last if days else "so far"
    if op == "eq" and value == 0:
        return f"with no {label} {when}"
    if op == "between":
        low, high = (values.amount(fact, item, "en") for item in value)
        return f"with {low} to {high} {label} {when}"
    noun = fact.unit.get("en") or label
    return f"with {_number(op, values.amount(fact, value, 'en'))} {noun if value == 1 else label} {when}"


def _chosen(fact: Fact, op: str, chosen: tuple[str, ...]) -> str:
    names = [f"“{fact.choice_words(value, 'en')}”" for value in chosen]
    if op == "one_of":
        return f"is {_joined(names, 'or')}"
    if op == "none_of":
        return f"is not {_joined(names, 'or')}"
    if op == "has_none":
        return f"do not include {_joined(names, 'or')}"
    return f"include {_joined(names, 'or' if op == 'has_any' else 'and')}"


def _days(op: str, value: Any) -> str:
    if op == "within":
        first, last = (values.day(day, "en") for day in value)
        return f"from {first} to {last}"
    if op in ("on", "from", "before"):
        return {"on": "", "from": "on or after ", "before": "before "}[op] + values.day(value, "en")
    if value == 0 and op in ("past_within", "next_within"):
        return "today"
    days = "1 day" if value == 1 else f"{value} days"
    return {
        "past_within": f"within the last {days}",
        "past_over": f"more than {days} ago",
        "next_within": f"within the next {days}",
        "next_over": f"more than {days} ahead",
    }[op]
