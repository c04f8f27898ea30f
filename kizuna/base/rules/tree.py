"""A rule as JSON and as a tree. Parsing checks the form and the caps; whether the facts exist is for `checking`.

{"version": 1, "entity": "member", "root": {"all": [
    {"fact": "member.posts", "op": "gte", "value": 3, "days": 30},
    {"none": [{"fact": "member.roles", "op": "has_any", "value": ["moderator"]}]}]}}
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

VERSION = 1
MAX_BYTES = 32_000
MAX_DEPTH = 6
MAX_CONDITIONS = 60
MAX_VALUES = 200
MAX_TEXT = 200
MAX_DAYS = 1_100
MAX_NUMBER = 10**15
JOINS = ("all", "any", "none")
MATCHES = ("any", "all", "count")
_PARTS = {
    "condition": {"fact", "op", "value", "days"},
    "relation": {"relation", "match", "op", "value", "where"},
}


class BadRule(ValueError):
    """The JSON is no rule. `path` is where: `root.all.2`."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path


@dataclass(frozen=True)
class Condition:
    """A comparison of one fact. `days` is the window of a count, None for all time."""

    fact: str
    op: str
    value: Any = None
    days: int | None = None


@dataclass(frozen=True)
class Related:
    """A condition over what a relation leads to: for any, for all (and at least one), or for how many."""

    relation: str
    match: str
    where: "Node"
    op: str = ""
    value: int = 0


@dataclass(frozen=True)
class Group:
    """Conditions of which all, any or none must hold."""

    join: str
    parts: tuple["Node", ...]


Node = Condition | Related | Group


@dataclass(frozen=True)
class Rule:
    """A parsed rule."""

    entity: str
    root: Node

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that parses to this rule."""
        return {"version": VERSION, "entity": self.entity, "root": node_to_json(self.root)}


def parse(source: Any) -> Rule:
    """Return the rule that `source` (decoded JSON) says. Raises BadRule."""
    if not isinstance(source, dict) or set(source) != {"version", "entity", "root"}:
        raise BadRule("a rule has a version, an entity and a root")
    if source["version"] != VERSION or isinstance(source["version"], bool):
        raise BadRule(f"version {source['version']!r} is not known")
    if not isinstance(source["entity"], str):
        raise BadRule("the entity is a name")
    if _depth_of(source["root"]) > MAX_DEPTH:
        raise BadRule(f"more than {MAX_DEPTH} levels")
    if len(json.dumps(source, ensure_ascii=False).encode("utf-8", "replace")) > MAX_BYTES:
        raise BadRule(f"more than {MAX_BYTES} bytes")
    rule = Rule(source["entity"], _node(source["root"], "root"))
    if len(list(conditions_of(rule.root))) > MAX_CONDITIONS:
        raise BadRule(f"more than {MAX_CONDITIONS} conditions")
    return rule


def conditions_of(node: Node) -> Iterator[Condition | Related]:
    """Yield every condition below a node, those inside a relation too."""
    if isinstance(node, Group):
        for part in node.parts:
            yield from conditions_of(part)
        return
    yield node
    if isinstance(node, Related):
        yield from conditions_of(node.where)


def node_to_json(node: Node) -> dict[str, Any]:
    """Return the JSON of a node."""
    if isinstance(node, Group):
        return {node.join: [node_to_json(part) for part in node.parts]}
    if isinstance(node, Related):
        counted = {"op": node.op, "value": node.value} if node.match == "count" else {}
        return {"relation": node.relation, "match": node.match, **counted, "where": node_to_json(node.where)}
    said: dict[str, Any] = {"fact": node.fact, "op": node.op}
    if node.value is not None:
        said["value"] = list(node.value) if isinstance(node.value, tuple) else node.value
    if node.days is not None:
        said["days"] = node.days
    return said


def _depth_of(source: Any) -> int:
    """Return the levels of nesting without recursion, so that a hostile depth cannot exhaust the stack."""
    deepest, waiting = 0, [(source, 1)]
    while waiting:
        item, depth = waiting.pop()
        if not isinstance(item, dict):
            continue
        deepest = max(deepest, depth)
        if deepest > MAX_DEPTH:
            return deepest
        below = [item.get("where"), *(part for join in JOINS for part in _listed(item.get(join)))]
        waiting += [(part, depth + 1) for part in below if part is not None]
    return deepest


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _node(source: Any, path: str) -> Node:
    if not isinstance(source, dict):
        raise BadRule("a condition is an object", path)
    join = next((join for join in JOINS if join in source), None)
    if join is not None:
        return _group(source, join, path)
    if "relation" in source:
        return _related(source, path)
    if not {"fact", "op"} <= set(source) <= _PARTS["condition"]:
        raise BadRule("a condition has a fact and an operator", path)
    fact, op, days = source["fact"], source["op"], source.get("days")
    if not isinstance(fact, str) or not isinstance(op, str) or len(fact) > MAX_TEXT:
        raise BadRule("fact and operator are names", path)
    if days is not None and not (_is_whole(days) and 1 <= days <= MAX_DAYS):
        raise BadRule(f"a window is 1 to {MAX_DAYS} days", path)
    return Condition(fact, op, _value(source.get("value"), path), days)


def _group(source: dict[str, Any], join: str, path: str) -> Group:
    parts = source[join]
    if set(source) != {join} or not isinstance(parts, list):
        raise BadRule("a group is one list", path)
    if not parts:
        raise BadRule("a group has at least one condition", f"{path}.{join}")
    return Group(join, tuple(_node(part, f"{path}.{join}.{place}") for place, part in enumerate(parts)))


def _related(source: dict[str, Any], path: str) -> Related:
    if not {"relation", "match", "where"} <= set(source) <= _PARTS["relation"]:
        raise BadRule("a relation has a match and a condition", path)
    relation, match = source["relation"], source["match"]
    if not isinstance(relation, str) or match not in MATCHES:
        raise BadRule(f"a relation matches {', '.join(MATCHES)}", path)
    op, value = source.get("op", ""), source.get("value", 0)
    if match == "count" and not (op in ("gte", "lte", "gt", "lt", "eq", "ne") and _is_whole(value) and value >= 0):
        raise BadRule("a counted relation has a comparison and a number", path)
    if match != "count" and ("op" in source or "value" in source):
        raise BadRule("only a counted relation has a number", path)
    where = _node(source["where"], f"{path}.where")
    if any(isinstance(inner, Related) for inner in conditions_of(where)):  # SQLite's parser has a stack of 100
        raise BadRule("a relation leads to no further relation", path)
    return Related(relation, match, where, op, value)


def _value(value: Any, path: str) -> Any:
    if isinstance(value, list):
        if len(value) > MAX_VALUES:
            raise BadRule(f"more than {MAX_VALUES} values", path)
        return tuple(_single(item, path) for item in value)
    return _single(value, path)


def _single(value: Any, path: str) -> Any:
    if isinstance(value, str):
        if len(value) > MAX_TEXT or not value.isprintable():
            raise BadRule(f"a text has at most {MAX_TEXT} characters and no control characters", path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if not -MAX_NUMBER <= value <= MAX_NUMBER:  # refuses nan too
            raise BadRule("the number is too large", path)
    elif value is not None:
        raise BadRule("a value is a text or a number", path)
    return value


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
