"""Japanese. A clause is a stem with three endings: before another clause, before a noun, and before か."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kizuna.base.rules.facts import Catalogue, Fact, Kind, in_words
from kizuna.base.rules.operators import CHANGES
from kizuna.base.rules.sentences import values
from kizuna.base.rules.tree import Condition, Group, Node, Related, Rule

JOINS = {"all": "すべて満たす", "any": "どれか満たす", "none": "どれも満たさない"}
OPERATORS = {
    "is": "が次と同じ",
    "is_not": "が次と異なる",
    "contains": "が次を含む",
    "lacks": "が次を含まない",
    "one_of": "が次のどれか",
    "none_of": "が次のどれでもない",
    "has_any": "に次のどれかがある",
    "has_all": "に次のすべてがある",
    "has_none": "に次のどれもない",
    "gte": "以上",
    "lte": "以下",
    "gt": "より大きい",
    "lt": "未満",
    "eq": "ちょうど",
    "ne": "以外",
    "between": "から〜まで",
    "fell_by": "前の期間より次の割合以上減った（%）",
    "rose_by": "前の期間より次の割合以上増えた（%）",
    "past_within": "直近の日数以内",
    "past_over": "次の日数より前",
    "next_within": "今日から次の日数以内",
    "next_over": "今日から次の日数より先",
    "on": "が次の日",
    "from": "が次の日以降",
    "before": "が次の日より前",
    "within": "が次の期間",
    "yes": "が「はい」",
    "no": "が「いいえ」",
    "set": "が登録されている",
    "empty": "が登録されていない",
}


@dataclass(frozen=True)
class Clause:
    stem: str
    before_clause: str = "で"
    before_noun: str = "の"
    before_or: str = ""

    @property
    def alone(self) -> str:
        return self.stem + self.before_or


def _verb(stem: str, before_clause: str, plain: str) -> Clause:
    return Clause(stem, before_clause, plain, plain)


def _adjective(stem: str) -> Clause:
    return Clause(stem, "く", "い", "い")


def sentence(rule: Rule, catalogue: Catalogue) -> str:
    """Return 「直近30日に投稿が3件以上で、業種が『飲食』のメンバー」."""
    entity = catalogue.entities.get(rule.entity)
    noun = in_words(entity.noun, "ja") if entity else rule.entity
    parts = rule.root.parts if isinstance(rule.root, Group) and rule.root.join == "all" else (rule.root,)
    excluded = [part for part in parts if isinstance(part, Group) and part.join == "none"]
    kept = [part for part in parts if part not in excluded]
    clauses = [_clause(part, catalogue, is_top=len(kept) == 1) for part in kept]
    said = f"{_chain(clauses)}{clauses[-1].before_noun}{noun}" if clauses else f"すべての{noun}"
    for group in excluded:
        inner = [_clause(part, catalogue, is_top=len(group.parts) == 1) for part in group.parts]  # type: ignore[union-attr]
        said += f"。ただし、{_either(inner)}{inner[-1].before_noun}{noun}を除く"
    return said


def alone(condition: Condition | Related, catalogue: Catalogue) -> str:
    """Return one condition by itself."""
    return _clause(condition, catalogue).alone


def plain(value: Any) -> str:
    """Return a bare value."""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, date):
        return values.day(value, "ja")
    return values.number(value) if isinstance(value, int | float) else str(value)


def _chain(clauses: list[Clause]) -> str:
    """Join clauses that all hold, up to the stem of the last."""
    return "".join(f"{clause.stem}{clause.before_clause}、" for clause in clauses[:-1]) + clauses[-1].stem


def _either(clauses: list[Clause]) -> str:
    return "".join(f"{clause.alone}か、" for clause in clauses[:-1]) + clauses[-1].stem


def _clause(node: Node, catalogue: Catalogue, *, is_top: bool = False) -> Clause:
    if isinstance(node, Group):
        return _group(node, catalogue, is_top=is_top)
    if isinstance(node, Related):
        return _related(node, catalogue)
    fact = catalogue.facts.get(node.fact)
    if fact is None:
        return Clause(f"（なくなった項目「{node.fact}」）")
    return _about(fact, node)


def _group(group: Group, catalogue: Catalogue, *, is_top: bool) -> Clause:
    inner = [_clause(part, catalogue, is_top=is_top and len(group.parts) == 1) for part in group.parts]
    last = inner[-1]
    if group.join == "none":
        return _adjective(f"「{_either(inner)}{last.before_or}」に当てはまらな")
    if len(inner) == 1:
        return last
    said = _chain(inner) if group.join == "all" else _either(inner)
    if is_top:
        return Clause(said, last.before_clause, last.before_noun, last.before_or)
    if group.join == "any":
        return Clause(f"（{said}{last.before_or}）の{'どちらか' if len(inner) == 2 else 'どれか'}")
    return _verb(f"（{said}{last.before_or}）に当てはま", "り", "る")


def _related(node: Related, catalogue: Catalogue) -> Clause:
    relation = catalogue.relations.get(node.relation)
    if relation is None:
        return Clause(f"（なくなった関係「{node.relation}」）")
    label, inner = in_words(relation.label, "ja"), _clause(node.where, catalogue, is_top=True)
    if node.match == "all":
        return _verb(f"すべての{label}が「{inner.alone}」に当てはま", "り", "る")
    entity = catalogue.entities.get(relation.to)
    unit = in_words(entity.unit, "ja") if entity else ""
    op, value = (node.op, node.value) if node.match == "count" else ("gte", 1)
    return _numbered(f"{inner.stem}{inner.before_noun}{label}が", f"{values.number(value)}{unit}", op)


def _about(fact: Fact, condition: Condition) -> Clause:
    label, op, value = in_words(fact.label, "ja"), condition.op, condition.value
    if fact.kind == Kind.COUNT:
        return _counted(fact, condition)
    if op in ("set", "empty"):
        if fact.kind == Kind.CHOICES:
            return _verb(f"{label}があ", "り", "る") if op == "set" else _adjective(f"{label}がな")
        return _verb(f"{label}が登録されて", "いて", "いる") if op == "set" else _adjective(f"{label}が登録されていな")
    if fact.kind in (Kind.CHOICE, Kind.CHOICES):
        return _chosen(fact, label, op, value)
    if fact.kind == Kind.TEXT:
        return _worded(label, op, value)
    if fact.kind in (Kind.DATE, Kind.DATETIME):
        return Clause(f"{label}が{_days(op, value)}")
    if fact.kind == Kind.YES_NO:
        return Clause(f"{label}が「{'はい' if op == 'yes' else 'いいえ'}」")
    if op == "between":
        low, high = (values.amount(fact, item, "ja") for item in value)
        return Clause(f"{label}が{low}以上{high}以下")
    return _numbered(f"{label}が", values.amount(fact, value, "ja"), op)


def _numbered(stem: str, shown: str, op: str) -> Clause:
    if op == "gt":
        return _adjective(f"{stem}{shown}より大き")
    if op == "ne":
        return _adjective(f"{stem}{shown}ではな")
    return Clause(stem + shown + {"gte": "以上", "lte": "以下", "lt": "未満", "eq": ""}[op])


def _counted(fact: Fact, condition: Condition) -> Clause:
    label, op, value, days = in_words(fact.label, "ja"), condition.op, condition.value, condition.days
    if op in CHANGES:
        said = f"直近{days}日の{label}が、その前の{days}日より{value}%以上"
        return _verb(f"{said}減", "り", "った") if op == "fell_by" else _verb(f"{said}増え", "", "た")
    when = f"直近{days}日に" if days else "これまでに"
    if op == "eq" and value == 0:
        return _adjective(f"{when}{label}がな")
    if op == "between":
        low, high = (values.amount(fact, item, "ja") for item in value)
        return Clause(f"{when}{label}が{low}以上{high}以下")
    return _numbered(f"{when}{label}が", values.amount(fact, value, "ja"), op)


def _chosen(fact: Fact, label: str, op: str, chosen: tuple[str, ...]) -> Clause:
    names = "".join(f"『{fact.choice_words(value, 'ja')}』" for value in chosen)
    one = len(chosen) == 1
    if op == "one_of":
        return Clause(f"{label}が{names}" + ("" if one else "のどれか"))
    if op == "none_of":
        return _adjective(f"{label}が{names}" + ("ではな" if one else "のどれでもな"))
    if op == "has_none":
        return _adjective(f"{label}に{names}" + ("がな" if one else "のどれもな"))
    return _verb(
        f"{label}に{names}" + ("" if one else "のどれか" if op == "has_any" else "のすべて") + "があ", "り", "る"
    )


def _worded(label: str, op: str, value: str) -> Clause:
    if op == "is":
        return Clause(f"{label}が『{value}』")
    if op == "is_not":
        return _adjective(f"{label}が『{value}』ではな")
    if op == "contains":
        return _verb(f"{label}に『{value}』を含", "み", "む")
    return _verb(f"{label}に『{value}』を含ま", "ず", "ない")


def _days(op: str, value: Any) -> str:
    if op == "within":
        first, last = (values.day(day, "ja") for day in value)
        return f"{first}から{last}まで"
    if op in ("on", "from", "before"):
        return values.day(value, "ja") + {"on": "", "from": "以降", "before": "より前"}[op]
    if value == 0 and op in ("past_within", "next_within"):
        return "今日"
    return {
        "past_within": f"直近{value}日以内",
        "past_over": f"{value}日より前",
        "next_within": f"今日から{value}日以内",
        "next_over": f"今日から{value}日より先",
    }[op]
