"""The forms of a name that are stored beside it: for order, for search, for matching."""

from kizuna.base.text.japanese import fold
from kizuna.success.customers.matching.letters import plain
from kizuna.success.customers.matching.names import kana_key, parsed

LONGEST = 160
TAIL_LETTERS = 8  # few names share so many; what is longer is looked up in the name itself


def reading_of(*, name: str, kana: str) -> str:
    """Return what lists are ordered by: the reading without the legal form, else the name without it."""
    return (kana_key(kana) or parsed(name).core or plain(name))[:LONGEST]


def folded(text: str) -> str:
    """Return what a search by name looks through."""
    return plain(text)[:LONGEST]


def match_key(text: str) -> str:
    """Return what two spellings of one name have in common."""
    return (kana_key(text) or parsed(text).core)[:LONGEST]


def wanted(text: str) -> str:
    """Return what to look for when somebody types a part of a name, with or without its legal form."""
    return (parsed(text).core or plain(text))[:LONGEST]


def tails(text: str) -> set[bytes]:
    """Return what stands from each letter of a folded name on."""
    return {text[place : place + TAIL_LETTERS].encode() for place in range(len(text))}


def person_search_text(*parts: str) -> str:
    """Return what a search for a person looks through."""
    return "\n".join(part for part in (fold(part).replace(" ", "") for part in parts) if part)[:400]
