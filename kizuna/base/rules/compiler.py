"""From a tree to one queryset.

Every condition becomes a Q that is true or false for every subject, never unknown: a comparison carries its own "is
not null", and negative operators are the complement of their opposites. Values are always parameters.
"""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.models import BigIntegerField, F, FloatField, OuterRef, Q, QuerySet, Sum, Value
from django.db.models import Count as CountOf
from django.db.models.functions import Cast, Coalesce, Lower, StrIndex
from django.db.models.lookups import GreaterThan, LessThan

from kizuna.base.rules.checking import Problem, problems_of
from kizuna.base.rules.facts import Catalogue, Column, Dated, Fact, Kind, Rows, Total
from kizuna.base.rules.moment import Moment
from kizuna.base.rules.operators import CHANGES, NEGATIVES
from kizuna.base.rules.tree import Condition, Group, Node, Related, Rule

OPPOSITES = {"gte": "lt", "lt": "gte", "gt": "lte", "lte": "gt", "eq": "ne", "ne": "eq"}
SAMPLE_IN = 100  # one in so many ids is in the fixed sample
_PRIME, _STEP, _ADD = 2_147_483_647, 1_103_515_245, 12_345


class Broken(Exception):
    """The rule names what is not there, so it cannot be asked."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{problem.path}: {problem.wrong} {problem.name}" for problem in problems))
        self.problems = problems


def matching(
    rule: Rule,
    *,
    catalogue: Catalogue,
    moment: Moment,
    is_sampled: bool = False,
    is_walked: bool = False,
    among: QuerySet[Any] | None = None,
) -> QuerySet[Any]:
    """Return the subjects for whom the rule holds, or of them those in the fixed sample. Raises Broken.

    Whoever keeps a set filled by a rule must leave the set alone when this raises. `among` is a part of the population:
    what a viewer may see, what a list was narrowed to. `is_walked` asks subject by subject: the same answer, and less
    work where many fit and only the first ones in some order are wanted.
    """
    if problems := problems_of(rule, catalogue):
        raise Broken(problems)
    compiler = Compiler(catalogue, moment, is_sampled, only=OuterRef("pk") if is_walked else None)
    return compiler.chosen(rule.entity, rule.root, among=among)


def in_sample(name: str) -> Q:
    """Return the condition that the id in field `name` is in the fixed sample: the same ids on every database.

    Two rounds of a linear and a quadratic step spread ids that follow a pattern (every second one imported).
    """
    mixed = (Cast(F(name), BigIntegerField()) * _STEP + _ADD) % _PRIME
    spread = (mixed * mixed + mixed) % _PRIME
    return Q(LessThan(spread % SAMPLE_IN, 1))


class Compiler:
    """Makes querysets about one entity. With `only`, about one subject (or each in turn): rows of others are not looked at."""

    def __init__(
        self, catalogue: Catalogue, moment: Moment, is_sampled: bool, *, only: int | OuterRef | None = None
    ) -> None:
        self.catalogue = catalogue
        self.moment = moment
        self.is_sampled = is_sampled
        self.only = only
        self.names = count(1)

    def chosen(self, entity: str, node: Node, *, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
        """Return the entity's subjects for whom `node` holds."""
        columns: dict[str, Any] = {}
        condition = self._q(node, columns)
        population = among if among is not None else self.catalogue.entities[entity].population().order_by()
        if isinstance(self.only, int):
            population = population.filter(pk=self.only)
        if self.is_sampled:
            population = population.filter(in_sample("pk"))
        return population.alias(**columns).filter(condition)

    def _q(self, node: Node, columns: dict[str, Any]) -> Q:
        if isinstance(node, Group):
            return self._group(node, columns)
        if isinstance(node, Related):
            return self._related(node)
        return self._condition(node, columns)

    def _group(self, group: Group, columns: dict[str, Any]) -> Q:
        parts = [self._q(part, columns) for part in group.parts]
        joined = parts[0]
        for part in parts[1:]:
            joined = joined & part if group.join == "all" else joined | part
        return ~joined if group.join == "none" else joined

    def _related(self, node: Related) -> Q:
        relation = self.catalogue.relations[node.relation]
        inner = Compiler(self.catalogue, self.moment, False)
        links = relation.links().order_by().filter(**{f"{relation.source}__isnull": False})
        if self.only is not None:
            links = links.filter(**{relation.source: self.only})
        fitting = links.filter(**{f"{relation.target}__in": inner.chosen(relation.to, node.where).values("pk")})
        if node.match == "count":
            totals = fitting.values(relation.source).annotate(rule_n=CountOf(relation.target, distinct=True))
            return _by_total(totals, relation.source, node.op, node.value)
        some = Q(pk__in=fitting.values(relation.source))
        if node.match == "any":
            return some
        opposite = inner.chosen(relation.to, Group("none", (node.where,)))
        return some & ~Q(
            pk__in=links.filter(**{f"{relation.target}__in": opposite.values("pk")}).values(relation.source)
        )

    def _condition(self, condition: Condition, columns: dict[str, Any]) -> Q:
        fact = self.catalogue.facts[condition.fact]
        if isinstance(fact.source, Dated):
            return self._counted(fact, fact.source, condition)
        if isinstance(fact.source, Total):
            return self._totalled(fact, fact.source, condition)
        op = NEGATIVES.get(condition.op, condition.op)
        positive = self._positive(fact, op, condition.value, columns)
        return ~positive if condition.op in NEGATIVES else positive

    def _positive(self, fact: Fact, op: str, value: Any, columns: dict[str, Any]) -> Q:
        if op == "has_all":
            joined = Q()
            for choice in value:
                joined &= self._positive(fact, "has_any", (choice,), columns)
            return joined
        name = f"rule_{next(self.names)}"
        if isinstance(fact.source, Column):
            columns[name] = comparable(fact.kind, fact.source.resolved())
            return self.compared(fact.kind, op, name, value)
        rows: Rows = fact.source  # type: ignore[assignment]
        found = self.rows_of(fact).alias(**{name: comparable(fact.kind, F(rows.value))})
        return Q(
            pk__in=self._sampled(found, rows.subject)
            .filter(self.compared(fact.kind, op, name, value))
            .values(rows.subject)
        )

    def rows_of(self, fact: Fact) -> QuerySet[Any]:
        """Return the rows of a fact that have a subject (the one that is asked about) and hold today."""
        source: Any = fact.source
        rows = source.rows().order_by().filter(**{f"{source.subject}__isnull": False})
        if self.only is not None:
            rows = rows.filter(**self._own(fact, source))
        held = None if isinstance(source, Dated) else source.held
        return rows.filter(held(self.moment.today)) if held else rows

    def _own(self, fact: Fact, source: Any) -> dict[str, Any]:
        key = getattr(source, "key", "pk")
        if key == "pk":
            return {source.subject: self.only}
        if isinstance(self.only, OuterRef):
            return {source.subject: OuterRef(key)}
        population = self.catalogue.entities[fact.entity].population().order_by()
        return {f"{source.subject}__in": population.filter(pk=self.only).values(key)}

    def compared(self, kind: Kind, op: str, name: str, value: Any) -> Q:
        """Return a comparison that is false, never unknown, where there is no value."""
        has_value = Q(**{f"{name}__isnull": False})
        if op == "set":
            return has_value if kind not in (Kind.TEXT, Kind.CHOICE, Kind.CHOICES) else has_value & ~Q(**{name: ""})
        if kind in (Kind.DATE, Kind.DATETIME):
            return has_value & self._dated(kind, op, name, value)
        if op in ("yes", "no"):
            return has_value & Q(**{name: op == "yes"})
        if op in ("one_of", "has_any"):
            return has_value & Q(**{f"{name}__in": list(value)})
        if op == "is":
            return has_value & Q(**{name: Lower(Value(value))})
        if op == "contains":
            return has_value & Q(GreaterThan(StrIndex(F(name), Lower(Value(value))), 0))
        return has_value & _by_number(name, op, value)

    def _dated(self, kind: Kind, op: str, name: str, value: Any) -> Q:
        first, after = span_of(op, value, self.moment.today)
        joined = Q()
        if first is not None:
            joined &= Q(**{f"{name}__gte": self._edge(kind == Kind.DATETIME, first)})
        if after is not None:
            joined &= Q(**{f"{name}__lt": self._edge(kind == Kind.DATETIME, after)})
        return joined

    def _edge(self, is_moment: bool, day: date) -> Any:
        return self.moment.midnight(day) if is_moment else day

    def _totalled(self, fact: Fact, source: Total, condition: Condition) -> Q:
        if condition.op in ("set", "empty"):  # every sum is known
            return Q(pk__isnull=condition.op == "empty")
        rows = self._sampled(self.rows_of(fact), source.subject)
        # A sum of whole numbers may be compared with a fraction.
        totals = rows.values(source.subject).annotate(rule_n=Cast(Sum(source.amount), FloatField()))
        return _by_total(totals, source.subject, condition.op, condition.value)

    def _counted(self, fact: Fact, source: Dated, condition: Condition) -> Q:
        rows = self.rows_of(fact)
        if source.key == "pk":
            rows = self._sampled(rows, source.subject)
        if condition.op in CHANGES:
            return self._changed(rows, source, condition)
        if condition.days is not None:
            rows = rows.filter(self.window(source, self.moment.first_day(condition.days)))
        totals = rows.values(source.subject).annotate(rule_n=Sum(source.amount))
        return _by_total(totals, source.subject, condition.op, condition.value, key=source.key)

    def window(self, source: Dated, first: date, *, before: date | None = None) -> Q:
        """Return the condition that a dated row falls on `first` or later, and before `before` (else tomorrow)."""
        name, is_moment = source.day or source.at, bool(source.at)
        end = before or self.moment.today + timedelta(days=1)
        return Q(**{f"{name}__gte": self._edge(is_moment, first), f"{name}__lt": self._edge(is_moment, end)})

    def _changed(self, rows: QuerySet[Any], source: Dated, condition: Condition) -> Q:
        """Compare with the period before in whole numbers; where that period had nothing there is no percentage."""
        days = condition.days or 1
        first, start = self.moment.first_day(days), self.moment.first_day(2 * days)
        now, before = self.window(source, first), self.window(source, start, before=first)
        totals = rows.filter(self.window(source, start)).values(source.subject)
        totals = totals.annotate(
            rule_now=Coalesce(Sum(source.amount, filter=now), 0),
            rule_before=Coalesce(Sum(source.amount, filter=before), 0),
        ).filter(rule_before__gt=0)
        if condition.op == "fell_by":
            hit = totals.alias(a=F("rule_now") * 100, b=F("rule_before") * (100 - condition.value)).filter(
                a__lte=F("b")
            )
        else:
            hit = totals.alias(a=F("rule_now") * 100, b=F("rule_before") * (100 + condition.value)).filter(
                a__gte=F("b")
            )
        return Q(**{f"{source.key}__in": hit.values(source.subject)})

    def _sampled(self, rows: QuerySet[Any], subject: str) -> QuerySet[Any]:
        return rows.filter(in_sample(subject)) if self.is_sampled else rows


def comparable(kind: Kind, expression: Any) -> Any:
    """Return an expression whose comparison means the same on both databases."""
    if kind == Kind.TEXT:
        return Lower(expression)
    return Cast(expression, FloatField()) if kind == Kind.NUMBER else expression


def span_of(op: str, value: Any, today: date) -> tuple[date | None, date | None]:
    """Return the first day that fits and the day after the last one, None where there is no limit."""
    day = timedelta(days=1)
    if op in ("on", "from", "before", "within"):
        days = [date.fromisoformat(text) for text in (value if isinstance(value, tuple) else (value,))]
        return {
            "on": (days[0], days[0] + day),
            "from": (days[0], None),
            "before": (None, days[0]),
            "within": (days[0], days[-1] + day),
        }[op]
    reach = timedelta(days=value)
    return {
        "past_within": (today - reach, today + day),
        "past_over": (None, today - reach),
        "next_within": (today, today + reach + day),
        "next_over": (today + reach + day, None),
    }[op]


def _by_number(name: str, op: str, value: Any) -> Q:
    if op == "between":
        return Q(**{f"{name}__gte": value[0], f"{name}__lte": value[1]})
    return Q(**{name if op == "eq" else f"{name}__{op}": value})


def _by_total(totals: QuerySet[Any], subject: str, op: str, value: Any, *, key: str = "pk") -> Q:
    """Return who has such a total; those without rows have 0, so what 0 satisfies is the complement of its opposite."""
    if op == "between":
        low, high = value
        return _by_total(totals, subject, "gte", low, key=key) & _by_total(totals, subject, "lte", high, key=key)
    if holds(0, op, value):
        return ~Q(**{f"{key}__in": _with_total(totals, OPPOSITES[op], value).values(subject)})
    return Q(**{f"{key}__in": _with_total(totals, op, value).values(subject)})


def _with_total(totals: QuerySet[Any], op: str, value: int) -> QuerySet[Any]:
    return totals.exclude(rule_n=value) if op == "ne" else totals.filter(_by_number("rule_n", op, value))


def holds(number: float, op: str, value: Any) -> bool:
    """Tell whether a number satisfies a comparison."""
    if op == "between":
        return bool(value[0] <= number <= value[1])
    return {
        "gte": number >= value,
        "lte": number <= value,
        "gt": number > value,
        "lt": number < value,
        "eq": number == value,
        "ne": number != value,
    }[op]
