"""What is wrong with what a program sent, in the reader's words; the schemas themselves speak English only."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

WORDS: dict[str, Any] = {
    "missing": gettext_lazy("This is missing."),
    "string_type": gettext_lazy("A text is wanted here."),
    "string_too_short": gettext_lazy("This is too short: %(min_length)s letters at least."),
    "string_too_long": gettext_lazy("This is too long: %(max_length)s letters at most."),
    "string_pattern_mismatch": gettext_lazy("This does not have the form that is wanted: %(pattern)s"),
    "too_short": gettext_lazy("These are too few: %(min_length)s at least."),
    "too_long": gettext_lazy("These are too many: %(max_length)s at most."),
    "literal_error": gettext_lazy("Choose one of: %(expected)s."),
    "enum": gettext_lazy("Choose one of: %(expected)s."),
    "greater_than": gettext_lazy("A number above %(gt)s is wanted."),
    "greater_than_equal": gettext_lazy("The smallest number here is %(ge)s."),
    "less_than": gettext_lazy("A number below %(lt)s is wanted."),
    "less_than_equal": gettext_lazy("The greatest number here is %(le)s."),
    "extra_forbidden": gettext_lazy("There is no field of this name."),
    "list_type": gettext_lazy("A list is wanted here."),
    "dict_type": gettext_lazy("An object is wanted here."),
}
# Kinds of what was not one: `int_parsing`, `int_from_float`, `date_from_datetime_inexact` and so on.
OF_A_KIND: tuple[tuple[str, Any], ...] = (
    ("int_", gettext_lazy("A whole number is wanted here.")),
    ("float_", gettext_lazy("A number is wanted here.")),
    ("decimal_", gettext_lazy("A number is wanted here.")),
    ("finite_", gettext_lazy("A number is wanted here.")),
    ("bool_", gettext_lazy("true or false is wanted here.")),
    ("datetime_", gettext_lazy("A moment is wanted here, such as 2026-11-27T09:30:00+09:00.")),
    ("date_", gettext_lazy("A day is wanted here, such as 2026-11-27.")),
)


def said(item: Mapping[str, Any]) -> str:
    """Return what is wrong with one field; `item` is an error of a schema."""
    kind = str(item.get("type", ""))
    sentence = WORDS.get(kind)
    if sentence is None:
        sentence = next((words for beginning, words in OF_A_KIND if kind.startswith(beginning)), None)
    if sentence is None:
        return gettext("This cannot be used here.")
    bounds = {name: str(value) for name, value in (item.get("ctx") or {}).items()}
    if "expected" in bounds:
        bounds["expected"] = bounds["expected"].replace("'", "").replace(" or ", ", ")
    return str(sentence) % bounds
