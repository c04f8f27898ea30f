"""Which comparisons each kind of fact offers and what value they take."""

from enum import StrEnum

from kizuna.base.rules.facts import Kind


class Shape(StrEnum):
    """The form of an operator's value."""

    NOTHING = "nothing"
    TEXT = "text"
    CHOICES = "choices"
    NUMBER = "number"
    WHOLE = "whole"
    NUMBERS = "numbers"
    DAY = "day"
    DAYS = "days"
    DAY_PAIR = "day_pair"
    PERCENT = "percent"


_SET = {"set": Shape.NOTHING, "empty": Shape.NOTHING}
_NUMBER = {
    "gte": Shape.NUMBER,
    "lte": Shape.NUMBER,
    "gt": Shape.NUMBER,
    "lt": Shape.NUMBER,
    "eq": Shape.NUMBER,
    "ne": Shape.NUMBER,
    "between": Shape.NUMBERS,
}
_DATE = {
    "past_within": Shape.DAYS,
    "past_over": Shape.DAYS,
    "next_within": Shape.DAYS,
    "next_over": Shape.DAYS,
    "on": Shape.DAY,
    "from": Shape.DAY,
    "before": Shape.DAY,
    "within": Shape.DAY_PAIR,
    **_SET,
}
OPERATORS: dict[Kind, dict[str, Shape]] = {
    Kind.TEXT: {
        "is": Shape.TEXT,
        "is_not": Shape.TEXT,
        "contains": Shape.TEXT,
        "lacks": Shape.TEXT,
        **_SET,
    },
    Kind.CHOICE: {"one_of": Shape.CHOICES, "none_of": Shape.CHOICES, **_SET},
    Kind.CHOICES: {"has_any": Shape.CHOICES, "has_all": Shape.CHOICES, "has_none": Shape.CHOICES, **_SET},
    Kind.NUMBER: {**_NUMBER, **_SET},
    Kind.MONEY: {**_NUMBER, **_SET},
    Kind.DATE: _DATE,
    Kind.DATETIME: _DATE,
    Kind.YES_NO: {"yes": Shape.NOTHING, "no": Shape.NOTHING, **_SET},
    Kind.COUNT: {**_NUMBER, "fell_by": Shape.PERCENT, "rose_by": Shape.PERCENT},
}
# The exact complements: each is compiled as "not" its opposite, so that subjects without a value are counted in.
NEGATIVES = {
    "is_not": "is",
    "lacks": "contains",
    "none_of": "one_of",
    "has_none": "has_any",
    "ne": "eq",
    "empty": "set",
}
CHANGES = frozenset({"fell_by", "rose_by"})
RELATIVE = frozenset({"past_within", "past_over", "next_within", "next_over"})


def shape_of(kind: Kind, op: str) -> Shape | None:
    """Return the form of the value, or None when the kind does not offer `op`. Counts and money are whole numbers."""
    shape = OPERATORS[kind].get(op)
    return Shape.WHOLE if shape == Shape.NUMBER and kind in (Kind.COUNT, Kind.MONEY) else shape
