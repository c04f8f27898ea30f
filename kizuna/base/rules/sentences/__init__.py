"""A rule as a sentence. Each language has its own writer: they share the tree, not the grammar."""

from kizuna.base.rules.facts import Catalogue
from kizuna.base.rules.sentences import english, japanese
from kizuna.base.rules.tree import Condition, Related, Rule

_WRITERS = {"ja": japanese, "en": english}


def sentence(rule: Rule, *, catalogue: Catalogue, language: str) -> str:
    """Restate a rule. Whatever it names that is gone is shown by its bare name."""
    return _writer(language).sentence(rule, catalogue)


def clause(condition: Condition | Related, *, catalogue: Catalogue, language: str) -> str:
    """Restate one condition by itself, for lists of reasons."""
    return _writer(language).alone(condition, catalogue)


def operator_words(op: str, language: str) -> str:
    """Return how an operator is called in a menu."""
    return _writer(language).OPERATORS[op]


def join_words(join: str, language: str) -> str:
    """Return how a group's join (all, any, none) is called."""
    return _writer(language).JOINS[join]


def value_words(fact_kind_value: object, language: str) -> str:
    """Return a whole number, amount or text as people write it."""
    return _writer(language).plain(fact_kind_value)


def _writer(language: str):  # type: ignore[no-untyped-def]
    return _WRITERS.get(language, english)
