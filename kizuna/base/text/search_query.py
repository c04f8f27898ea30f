"""What a person typed into the search box, read once: words, phrases, what to leave out, operators, synonyms used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kizuna.base.text import tokens
from kizuna.base.text.japanese import fold

MAX_QUERY_LENGTH = 400
MAX_TERMS = 64

_PIECE = re.compile(
    r"""(?P<minus>(?:(?<=\s)|^)[-－−](?=\S))?
        (?:[「『“"](?P<phrase>[^「」『』“”"]{1,400})[」』”"]
         |(?P<key>tag|space|from|is|タグ|スペース|投稿者):(?P<value>[^\s「」"]{1,100})
         |[@＠](?P<handle>[A-Za-z0-9_]{2,30})(?![A-Za-z0-9_.])
         |(?P<plain>[^\s「」『』“”"]{1,400}))""",
    re.VERBOSE | re.IGNORECASE,
)
_KEYS = {"タグ": "tag", "スペース": "space", "投稿者": "from"}
_SOLVED = {"solved": True, "解決": True, "解決済み": True, "unsolved": False, "未解決": False}


@dataclass(frozen=True)
class Expansion:
    """A synonym that was added to a query, to be shown to the person."""

    term: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class ParsedQuery:
    """A query ready for an engine; `text` is what stays for sentence vectors."""

    source: str
    text: str = ""
    words: tuple[str, ...] = ()
    grams: tuple[str, ...] = ()
    chunks: tuple[str, ...] = ()  # folded plain pieces between spaces
    phrases: tuple[str, ...] = ()  # folded, must be contained
    excluded: tuple[str, ...] = ()  # folded, must not be contained
    tags: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    solved: bool | None = None
    synonym_words: tuple[str, ...] = ()
    expansions: tuple[Expansion, ...] = ()

    @cached_property
    def pieces(self) -> tuple[tuple[Sequence[str], Sequence[str]], ...]:
        """Return the grams and the words of each chunk: a row that has all of either has the chunk."""
        return tuple((tokens.needed_grams_of(chunk), tokens.words(chunk)) for chunk in self.chunks)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked for, neither text nor filter."""
        return not (self.words or self.grams or self.phrases or self.has_filters)

    @property
    def has_filters(self) -> bool:
        """Tell whether an operator narrows the results."""
        return bool(self.tags or self.spaces or self.authors) or self.solved is not None


def parse_query(source: str, *, synonyms: Mapping[str, Sequence[str]] | None = None) -> ParsedQuery:
    """Read a search line; `synonyms` maps a term to what else it may be called (any spelling, folded here)."""
    plain: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    filters: dict[str, list[str]] = {"tag": [], "space": [], "from": []}
    solved: bool | None = None
    for piece in _PIECE.finditer(source[:MAX_QUERY_LENGTH]):
        text = piece["phrase"] or piece["plain"]
        if text:
            (excluded if piece["minus"] else phrases if piece["phrase"] else plain).append(text)
        elif piece["handle"]:
            filters["from"].append(piece["handle"].lower())
        else:
            key = _KEYS.get(piece["key"], piece["key"].lower())
            value = piece["value"]
            if key == "is":
                solved = _SOLVED.get(value.lower(), solved)
            else:
                filters[key].append(value.lstrip("@＠").lower())
    return _assembled(source, plain, phrases, excluded, filters, solved, synonyms or {})


def _assembled(source, plain, phrases, excluded, filters, solved, synonyms) -> ParsedQuery:
    text = " ".join([*plain, *phrases])
    expansions = _expansions(fold(text), synonyms)
    own = _limited(tokens.words(text))
    others = tokens.words(" ".join(name for expansion in expansions for name in expansion.alternatives))
    return ParsedQuery(
        source=source,
        text=text,
        words=own,
        grams=_limited(gram for gram in tokens.needed_grams(text)),
        chunks=_limited(fold(chunk) for chunk in plain),
        phrases=_limited(fold(phrase).strip() for phrase in phrases),
        excluded=_limited(fold(phrase).strip() for phrase in excluded),
        tags=tuple(filters["tag"]),
        spaces=tuple(filters["space"]),
        authors=tuple(filters["from"]),
        solved=solved,
        synonym_words=tuple(word for word in _limited(others) if word not in own),
        expansions=tuple(expansions),
    )


def _limited(items) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for item in items if item))[:MAX_TERMS]


def _expansions(folded: str, synonyms: Mapping[str, Sequence[str]]) -> list[Expansion]:
    found = []
    for term, alternatives in synonyms.items():
        key = fold(term).strip()
        others = tuple(name for name in alternatives if fold(name).strip() not in folded)
        if key and others and _contains(folded, key):
            found.append(Expansion(term, others))
    return found[:20]


def _contains(folded: str, key: str) -> bool:
    """Tell whether a term stands in a text; Latin terms only as whole words."""
    start = folded.find(key)
    while start >= 0:
        before, after = folded[start - 1 : start], folded[start + len(key) : start + len(key) + 1]
        if not (_is_latin(before) and _is_latin(key[0])) and not (_is_latin(after) and _is_latin(key[-1])):
            return True
        start = folded.find(key, start + 1)
    return False


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
