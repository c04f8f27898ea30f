"""What a result must be: visible to the viewer first of all, then what the operators and filters ask for.

Fragments of SQL over `search_searchrow r`, parameters apart, the same on both databases.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from kizuna.base.rows import one_of
from kizuna.base.text import tokens
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.members.queries import members_visible_to
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.engines import GRAMS, WORDS, Fragment, Held, Piece, Source, engine
from kizuna.core.search.rows import tag_token

QUESTION = "question"
_LIKE_SIGN, _ESCAPED = re.compile(r"([%_\\])"), r"\\\1"


@dataclass(frozen=True)
class Wanted:
    """What a page or a program asks for beside the words."""

    types: tuple[str, ...] = ()  # result types or kinds
    space: str = ""
    exclude: tuple[tuple[str, int], ...] = ()  # (parent type, parent id) not to be found


@dataclass
class Criteria:
    """Conditions joined by AND."""

    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, condition: str, *parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters.extend(parameters)

    def add_one_of(self, column: str, values: Collection[Any]) -> None:
        self.add(f"{column} IN ({marks(values)})" if values else "1 = 0", *values)

    def without(self, parents: Collection[tuple[str, int]]) -> "Criteria":
        """Return the same conditions without the rows of some results."""
        narrower = Criteria([*self.conditions], [*self.parameters])
        by_type: dict[str, list[int]] = {}
        for parent_type, parent_id in parents:
            by_type.setdefault(parent_type, []).append(parent_id)
        for parent_type, ids in by_type.items():
            condition, values = one_of("r.parent_id", ids)
            narrower.add(f"NOT (r.parent_type = %s AND {condition})", parent_type, *values)
        return narrower

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions)


def marks(values: Collection[Any]) -> str:
    """Return one placeholder for each value."""
    return ", ".join(["%s"] * len(values))


def criteria_for(viewer: Viewer, query: ParsedQuery, wanted: Wanted) -> Criteria:
    """Return the conditions every row of the answer meets. The audience test always comes first."""
    criteria = Criteria()
    criteria.add_one_of("r.audience_id", viewer.audience_ids)
    criteria.add_one_of("r.container_audience_id", viewer.audience_ids)
    if wanted.types:
        criteria.add(
            f"(r.parent_type IN ({marks(wanted.types)}) OR r.kind IN ({marks(wanted.types)}))",
            *wanted.types,
            *wanted.types,
        )
    places = (*query.spaces, *([wanted.space] if wanted.space else ()))
    for place in places:
        criteria.add("r.place = %s", place)
    _add_operators(criteria, viewer, query)
    return criteria.without(wanted.exclude)


def _add_operators(criteria: Criteria, viewer: Viewer, query: ParsedQuery) -> None:
    if query.authors:
        authors = members_visible_to(viewer).filter(handle__in=query.authors)
        criteria.add_one_of("r.author_id", list(authors.values_list("pk", flat=True)))
    if query.solved is True:
        criteria.add("r.is_solved = %s", True)
    elif query.solved is False:
        criteria.add("r.kind = %s AND r.target_type = r.parent_type AND r.is_solved = %s", QUESTION, False)
    for tag in query.tags:
        token = tag_token(tag)
        _add_holding(criteria, engine().holding(WORDS, [token]) if token else ("SELECT 0 AS id", []))
    for phrase in query.phrases:
        statement, parameters = containing(phrase)
        criteria.add(statement, *parameters)
    for phrase in query.excluded:
        statement, parameters = containing(phrase)
        criteria.add(f"NOT ({statement})", *parameters)


def _add_holding(criteria: Criteria, fragment: Fragment) -> None:
    statement, parameters = fragment
    criteria.add(f"r.id IN ({statement})", *parameters)


def containing(phrase: str) -> Fragment:
    """Return the condition that a row's folded letters contain the phrase."""
    grams = tokens.needed_grams_of(phrase)
    like = f"%{_LIKE_SIGN.sub(_ESCAPED, phrase)}%"
    verify = (
        "EXISTS (SELECT 1 FROM search_searchtext v WHERE v.row_id = r.id "
        r"AND (v.title_letters LIKE %s ESCAPE '\' OR v.body_letters LIKE %s ESCAPE '\'))"
    )
    if not grams:
        return verify, [like, like]
    statement, parameters = engine().holding(GRAMS, grams, beginnings=True)
    return f"r.id IN ({statement}) AND {verify}", [*parameters, like, like]


def pieces_of(query: ParsedQuery) -> list[Piece]:
    """Return what a full match holds: every piece typed, as a string or by its words.

    A Latin word also matches words that begin with it; a query of operators alone has no pieces and matches everything.
    """
    pieces: list[Piece] = []
    for grams, words in query.pieces:
        found = ((GRAMS, grams), (WORDS, words))
        piece = [Held(column, list(dict.fromkeys(held)), column == GRAMS) for column, held in found if held]
        if piece:
            pieces.append(piece)
    return pieces


def rows_matching(query: ParsedQuery, *, are_few: bool, since: int | None = None) -> Source:
    """Return what to read rows `r` from, so that only full matches come (newer than the row `since`)."""
    pieces = pieces_of(query)
    return engine().rows_with(pieces, are_few=are_few, since=since) if pieces else Source("search_searchrow r", [])
