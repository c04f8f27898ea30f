"""Templates without logic: `{{name}}` is replaced by a fact, and nothing else happens. Values are never read as templates."""

import re
from collections.abc import Mapping, Sequence

PLACE = re.compile(r"\{\{\s{0,5}([^{}\n]{0,60}?)\s{0,5}\}\}")
NAMES = (
    "customer", "company", "addressed", "title", "number", "owner", "account_owner", "plan", "contract_end", "community",
    "today",
)  # fmt: skip
# Of the words that say that an inquiry was received.
RECEIVED_NAMES = ("number", "title", "answer_by", "due", "customer", "company", "community")


def unknown_names(text: str, *, names: Sequence[str] = NAMES) -> list[str]:
    """Return the names in a template that are no facts, in order, each once."""
    return list(dict.fromkeys(name for name in PLACE.findall(text) if name not in names))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return the text with facts in their places; an unknown name stays as it stands."""
    return PLACE.sub(lambda found: facts.get(found[1], found[0]), text)


def missing(text: str, facts: Mapping[str, str]) -> list[str]:
    """Return the names in a template for which nothing is known."""
    return list(dict.fromkeys(name for name in PLACE.findall(text) if name in NAMES and not facts.get(name)))
