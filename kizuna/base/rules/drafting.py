"""A rule while it is being edited in a form: every field keeps what was typed, right or wrong.

Fields are named by place: `rule.join`, `rule.0.fact`, `rule.0.op`, `rule.0.value`, `rule.1.join`, `rule.1.0.fact`. A
button `do` carries what to change (`add:rule.1`, `group:rule`, `remove:rule.1.0`), so editing works without JavaScript.
What the form cannot edit (a relation) rides along as JSON in `rule.2.kept`.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from kizuna.base.rules.checking import problems_of
from kizuna.base.rules.facts import Catalogue, Dated, Fact
from kizuna.base.rules.operators import CHANGES, OPERATORS, Shape, shape_of
from kizuna.base.rules.tree import JOINS, MAX_DEPTH, BadRule, Condition, Group, Node, Rule, node_to_json, parse

ROOT = "rule"
MAX_PARTS = 60


@dataclass
class Draft:
    """A node as typed. A group has a join; a condition has a fact; `kept` is JSON that only can be taken away."""

    join: str = ""
    parts: list["Draft"] = field(default_factory=list)
    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    days: str = ""
    kept: str = ""


def draft_of(rule: Rule | None) -> Draft:
    """Return the draft of a saved rule, or an empty one with a line to fill in."""
    if rule is None:
        return Draft(join="all", parts=[Draft()])
    node = _draft(rule.root)
    return node if node.join else Draft(join="all", parts=[node])


def draft_from(fields: QueryDict) -> Draft:
    """Return the draft that a form was sent with, changed as its button says."""
    root = _read(fields, ROOT, depth=1)
    if not root.join:
        root = Draft(join="all", parts=[Draft()])
    deed, _colon, path = fields.get("do", "").partition(":")
    if deed in _DEEDS:
        _DEEDS[deed](root, path)
    return root


def rule_from(draft: Draft, *, entity: str, catalogue: Catalogue) -> Rule:
    """Return the rule that a draft says. Raises BadRule whose path is the name of the place."""
    node = _node(draft, ROOT, catalogue)
    try:
        rule = parse({"version": 1, "entity": entity, "root": node})
    except BadRule as bad:
        raise BadRule(bad.reason, place_of(bad.path)) from None
    if problems := problems_of(rule, catalogue):
        raise BadRule(problems[0].wrong, place_of(problems[0].path))
    return rule


def place_of(path: str) -> str:
    """Return the form's name of a place in a tree: `root.all.1.any.0` is `rule.1.0`."""
    return ".".join([ROOT, *(step for step in path.split(".") if step.isdecimal())])


def operators_of(fact: Fact) -> list[str]:
    """Return the operators that the form offers for a fact."""
    return list(OPERATORS[fact.kind])


def _draft(node: Node) -> Draft:
    if isinstance(node, Group):
        return Draft(join=node.join, parts=[_draft(part) for part in node.parts])
    if not isinstance(node, Condition):
        return Draft(kept=json.dumps(node_to_json(node), ensure_ascii=False))
    values = node.value if isinstance(node.value, tuple) else () if node.value is None else (node.value,)
    return Draft(
        fact=node.fact,
        op=node.op,
        values=[str(value) for value in values],
        days="" if node.days is None else str(node.days),
    )


def _read(fields: QueryDict, path: str, *, depth: int) -> Draft:
    if f"{path}.join" not in fields:
        names = ("fact", "op", "days", "kept")
        said: dict[str, Any] = {name: fields.get(f"{path}.{name}", "")[:4_000] for name in names}
        return Draft(values=[text[:400] for text in fields.getlist(f"{path}.value")][:200], **said)
    join = fields.get(f"{path}.join")
    group = Draft(join=join if join in JOINS else "all")
    if depth < MAX_DEPTH:
        for place in range(MAX_PARTS):
            inner = f"{path}.{place}"
            if f"{inner}.join" not in fields and f"{inner}.fact" not in fields and f"{inner}.kept" not in fields:
                break
            group.parts.append(_read(fields, inner, depth=depth + 1))
    return group


def _at(root: Draft, path: str) -> Draft | None:
    """Return the node at a place, None when there is none."""
    node = root
    for step in path.split(".")[1:]:
        place = _place(step)
        if place >= len(node.parts):
            return None
        node = node.parts[place]
    return node


def _place(step: str) -> int:
    """Return a place in a group; one that no group has when it is no number, or one too long to be read."""
    return int(step) if step.isdecimal() and len(step) < 4 else MAX_PARTS + 1


def _add(root: Draft, path: str) -> None:
    group = _at(root, path)
    if group is not None and group.join and len(group.parts) < MAX_PARTS:
        group.parts.append(Draft())


def _add_group(root: Draft, path: str) -> None:
    group = _at(root, path)
    if group is not None and group.join and path.count(".") + 2 < MAX_DEPTH:
        group.parts.append(Draft(join="any", parts=[Draft()]))


def _remove(root: Draft, path: str) -> None:
    above, _dot, step = path.rpartition(".")
    group = _at(root, above) if above else None
    if group is not None and _place(step) < len(group.parts):
        del group.parts[_place(step)]


_DEEDS = {"add": _add, "group": _add_group, "remove": _remove}


def _node(draft: Draft, path: str, catalogue: Catalogue) -> dict[str, Any]:
    if draft.kept:
        try:
            return dict(json.loads(draft.kept))
        except (ValueError, TypeError):
            raise BadRule("kept", path) from None
    if draft.join:
        if not draft.parts:
            raise BadRule("empty", path)
        return {draft.join: [_node(part, f"{path}.{place}", catalogue) for place, part in enumerate(draft.parts)]}
    return _condition(draft, path, catalogue)


def _condition(draft: Draft, path: str, catalogue: Catalogue) -> dict[str, Any]:
    fact = catalogue.facts.get(draft.fact)
    if fact is None:
        raise BadRule("fact", path)
    op = draft.op if draft.op in OPERATORS[fact.kind] else operators_of(fact)[0]
    said: dict[str, Any] = {"fact": fact.name, "op": op}
    try:
        value = _value(shape_of(fact.kind, op), draft.values)
        days = int(_digits(draft.days)) if draft.days.strip() else None
    except (ValueError, IndexError):
        raise BadRule("value", path) from None
    if value is not None:
        said["value"] = value
    if isinstance(fact.source, Dated) and days is not None:
        said["days"] = days
    elif op in CHANGES:
        raise BadRule("days", path)
    return said


def _value(shape: Shape | None, values: list[str]) -> Any:
    if shape in (None, Shape.NOTHING):
        return None
    if shape == Shape.CHOICES:
        return [value for value in values if value]
    if shape in (Shape.TEXT, Shape.DAY):
        return unicodedata.normalize("NFC", values[0]).strip()
    if shape == Shape.DAY_PAIR:
        return [values[0], values[1]]
    if shape == Shape.NUMBERS:
        return [_number(values[0]), _number(values[1])]
    number = _number(values[0])
    if shape != Shape.NUMBER and not isinstance(number, int):
        raise ValueError(values[0])
    return number


def _number(text: str) -> int | float:
    digits = _digits(text)
    return int(digits) if digits.lstrip("-").isdecimal() else float(digits)


def _digits(text: str) -> str:
    """Return a number as typed in Japan: full width, with commas."""
    return unicodedata.normalize("NFKC", text).replace(",", "").strip()


def as_fields(draft: Draft, path: str = ROOT) -> Mapping[str, list[str]]:
    """Return the form data of a draft: what a browser would send of it."""
    if draft.kept:
        return {f"{path}.kept": [draft.kept]}
    if draft.join:
        found = {f"{path}.join": [draft.join]}
        for place, part in enumerate(draft.parts):
            found |= as_fields(part, f"{path}.{place}")
        return found
    return {
        f"{path}.fact": [draft.fact], f"{path}.op": [draft.op], f"{path}.value": list(draft.values),
        f"{path}.days": [draft.days],
    }  # fmt: skip
