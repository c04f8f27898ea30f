"""The builder of rules: a form's draft as plain values for `kizuna/_rule_builder.html`."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kizuna.base.rules.drafting import ROOT, Draft, operators_of
from kizuna.base.rules.facts import Catalogue, Dated, Fact, in_words
from kizuna.base.rules.operators import Shape, shape_of
from kizuna.base.rules.sentences import clause, join_words, operator_words
from kizuna.base.rules.tree import JOINS, BadRule, parse

# How an input of each form of value looks: type, input mode, how many.
INPUTS = {
    Shape.TEXT: ("text", "text", 1),
    Shape.NUMBER: ("text", "decimal", 1),
    Shape.WHOLE: ("text", "numeric", 1),
    Shape.NUMBERS: ("text", "decimal", 2),
    Shape.DAY: ("date", "", 1),
    Shape.DAYS: ("text", "numeric", 1),
    Shape.DAY_PAIR: ("date", "", 2),
    Shape.PERCENT: ("text", "numeric", 1),
}


@dataclass(frozen=True)
class Option:
    """A line of a menu."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Input:
    """A field for one value."""

    type: str
    mode: str
    value: str


@dataclass
class Row:
    """A condition or a group of the builder, with the name of its place."""

    path: str
    error: str = ""
    join: str = ""
    joins: list[Option] = field(default_factory=list)
    parts: list["Row"] = field(default_factory=list)
    may_group: bool = False
    kept: str = ""
    sentence: str = ""
    facts: list[tuple[str, list[Option]]] = field(default_factory=list)
    name: str = ""
    ops: list[Option] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    choices: list[Option] = field(default_factory=list)
    unit: str = ""
    has_days: bool = False
    days: str = ""


def rows_of(draft: Draft, *, entity: str, catalogue: Catalogue, language: str, wrong: BadRule | None = None) -> Row:
    """Return the builder's rows for a draft; `wrong` is what kept it from being a rule."""
    return _Builder(entity, catalogue, language, wrong).row(draft, ROOT)


@dataclass
class _Builder:
    entity: str
    catalogue: Catalogue
    language: str
    wrong: BadRule | None

    def row(self, draft: Draft, path: str) -> Row:
        row = Row(path=path, error=self._error(path))
        if draft.kept:
            row.kept, row.sentence = draft.kept, self._kept(draft.kept)
        elif draft.join:
            row.join = draft.join
            row.joins = [Option(join, join_words(join, self.language), join == draft.join) for join in JOINS]
            row.parts = [self.row(part, f"{path}.{place}") for place, part in enumerate(draft.parts)]
            row.may_group = path.count(".") < 2
        else:
            self._condition(row, draft)
        return row

    def _condition(self, row: Row, draft: Draft) -> None:
        known = self.catalogue.facts.get(draft.fact)
        fact = known if known and known.entity == self.entity else None
        row.facts = self._facts(draft.fact, is_gone=bool(draft.fact) and fact is None)
        row.name = in_words(fact.label, self.language) if fact else draft.fact
        if fact is None:
            return
        ops = operators_of(fact)
        op = draft.op if draft.op in ops else ops[0]
        row.ops = [Option(name, operator_words(name, self.language), name == op) for name in ops]
        row.unit = fact.currency or fact.unit.get("ja" if self.language == "ja" else "", "")
        row.has_days, row.days = isinstance(fact.source, Dated), draft.days
        self._values(row, fact, op, draft.values)

    def _values(self, row: Row, fact: Fact, op: str, values: list[str]) -> None:
        shape = shape_of(fact.kind, op)
        if shape == Shape.CHOICES:
            known = {choice.value: in_words(choice.label, self.language) for choice in fact.all_choices()}
            gone = {value: value for value in values if value and value not in known}
            row.choices = [Option(value, label, value in values) for value, label in {**known, **gone}.items()]
        elif shape in INPUTS:
            kind, mode, count = INPUTS[shape]
            row.inputs = [Input(kind, mode, values[place] if place < len(values) else "") for place in range(count)]
        if shape == Shape.PERCENT:
            row.unit = "%"
        elif shape == Shape.DAYS:
            row.unit = _("days")
        elif shape not in (Shape.WHOLE, Shape.NUMBER, Shape.NUMBERS):
            row.unit = ""

    def _facts(self, chosen: str, *, is_gone: bool) -> list[tuple[str, list[Option]]]:
        groups: dict[str, list[Option]] = {}
        for fact in self.catalogue.facts_of(self.entity):
            heading = in_words(fact.heading, self.language)
            groups.setdefault(heading, []).append(
                Option(fact.name, in_words(fact.label, self.language), fact.name == chosen)
            )
        first = [("", [Option(chosen, _("Gone: {name}").format(name=chosen), True)])] if is_gone else []
        return [*first, *groups.items()]

    def _kept(self, kept: str) -> str:
        try:
            rule = parse({"version": 1, "entity": self.entity, "root": json.loads(kept)})
        except (BadRule, ValueError):
            return kept[:80]
        return clause(rule.root, catalogue=self.catalogue, language=self.language)  # type: ignore[arg-type]

    def _error(self, path: str) -> str:
        if self.wrong is None or self.wrong.path != path:
            return ""
        words: dict[str, Any] = {
            "fact": _("Please choose what to ask."),
            "value": _("Please fill in the value."),
            "days": _("Please say over how many days."),
            "empty": _("Please add a condition."),
        }
        return str(words.get(self.wrong.reason) or _("This condition does not work."))
