"""Why one subject is in or out: each condition with what the subject has and whether that is enough."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kizuna.base.rules.checking import Problem, problems_of
from kizuna.base.rules.compiler import Compiler
from kizuna.base.rules.facts import Catalogue, Column, Dated, Fact, Kind, Rows, Total
from kizuna.base.rules.moment import Moment
from kizuna.base.rules.operators import CHANGES
from kizuna.base.rules.sentences import clause, join_words, value_words, values
from kizuna.base.rules.tree import Condition, Group, Node, Related, Rule


@dataclass(frozen=True)
class Verdict:
    """One node: in words, whether it holds (None: it cannot be asked), what the subject has, and what is inside."""

    text: str
    holds: bool | None
    actual: str = ""
    join: str = ""
    parts: tuple["Verdict", ...] = ()


def explained(rule: Rule, subject_id: int, *, catalogue: Catalogue, moment: Moment, language: str) -> Verdict:
    """Return the verdict on a subject. It asks each condition by the compiler that picks, so the two cannot differ.

    A rule that names what is gone holds for nobody; its own conditions are still shown.
    """
    problems = problems_of(rule, catalogue)
    teller = _Teller(catalogue, moment, language, {problem.path: problem for problem in problems})
    told = teller.told(rule.root, rule.entity, subject_id, "root")
    return Verdict(told.text, False if problems else told.holds, told.actual, told.join, told.parts)


@dataclass
class _Teller:
    catalogue: Catalogue
    moment: Moment
    language: str
    problems: dict[str, Problem]

    def told(self, node: Node, entity: str, subject_id: int, path: str) -> Verdict:
        if isinstance(node, Group):
            return self._group(node, entity, subject_id, path)
        text = clause(node, catalogue=self.catalogue, language=self.language)
        if any(place == path or place.startswith(f"{path}.") for place in self.problems):
            return Verdict(text, None)
        holds = self._compiler(subject_id).chosen(entity, node).exists()
        actual = (
            self._related(node, subject_id) if isinstance(node, Related) else self._actual(node, entity, subject_id)
        )
        return Verdict(text, holds, actual)

    def _group(self, group: Group, entity: str, subject_id: int, path: str) -> Verdict:
        parts = tuple(
            self.told(part, entity, subject_id, f"{path}.{group.join}.{place}")
            for place, part in enumerate(group.parts)
        )
        holding = [part.holds for part in parts]
        if None in holding:
            holds = None
        else:
            holds = all(holding) if group.join == "all" else any(holding) if group.join == "any" else not any(holding)
        return Verdict(join_words(group.join, self.language), holds, join=group.join, parts=parts)

    def _related(self, node: Related, subject_id: int) -> str:
        relation = self.catalogue.relations[node.relation]
        chosen = Compiler(self.catalogue, self.moment, False).chosen(relation.to, node.where)
        links = relation.links().order_by().filter(**{relation.source: subject_id})
        fitting = links.filter(**{f"{relation.target}__in": chosen.values("pk")})
        population = self.catalogue.entities[relation.to].population()
        known = links.filter(**{f"{relation.target}__in": population.values("pk")})
        counts = [found.values(relation.target).distinct().count() for found in (fitting, known)]
        return f"{counts[0]} / {counts[1]}"

    def _actual(self, condition: Condition, entity: str, subject_id: int) -> str:
        fact = self.catalogue.facts[condition.fact]
        if isinstance(fact.source, Dated):
            return self._counts(fact, fact.source, condition, subject_id)
        compiler = self._compiler(subject_id)
        if isinstance(fact.source, Total):
            return self._shown(fact, compiler.rows_of(fact).aggregate(n=Sum(fact.source.amount))["n"] or 0)
        if isinstance(fact.source, Rows):
            found = list(compiler.rows_of(fact).values_list(fact.source.value, flat=True)[:20])
        else:
            found = self._column(fact.source, entity, subject_id)
        shown = [self._shown(fact, value) for value in found if value is not None and value != ""]
        return "、".join(shown) if self.language == "ja" else ", ".join(shown)

    def _column(self, source: Column, entity: str, subject_id: int) -> list[Any]:
        rows: QuerySet[Any] = self.catalogue.entities[entity].population().order_by().filter(pk=subject_id)
        return list(rows.annotate(rule_value=source.resolved()).values_list("rule_value", flat=True))

    def _counts(self, fact: Fact, source: Dated, condition: Condition, subject_id: int) -> str:
        compiler, days = self._compiler(subject_id), condition.days
        rows = compiler.rows_of(fact)

        def total(window: Q) -> str:
            number = rows.filter(window).aggregate(n=Sum(source.amount))["n"] or 0
            unit = fact.unit.get("ja", "") if self.language == "ja" else ""
            return f"{values.number(number)}{unit}"

        if days is None:
            return total(Q())
        first = self.moment.first_day(days)
        now = total(compiler.window(source, first))
        if condition.op not in CHANGES:
            return now
        return f"{total(compiler.window(source, self.moment.first_day(2 * days), before=first))} → {now}"

    def _compiler(self, subject_id: int) -> Compiler:
        return Compiler(self.catalogue, self.moment, False, only=subject_id)

    def _shown(self, fact: Fact, value: Any) -> str:
        if fact.kind in (Kind.CHOICE, Kind.CHOICES):
            return fact.choice_words(value, self.language)
        if fact.kind in (Kind.NUMBER, Kind.MONEY):
            return values.amount(fact, value if fact.kind == Kind.MONEY else float(value), self.language)
        if isinstance(value, datetime):
            value = value.astimezone(self.moment.zone).date()
        return value_words(value, self.language) if isinstance(value, bool | date) else str(value)
