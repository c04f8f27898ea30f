"""Which column is which field, by the words that people put above columns in Japanese and English."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

IGNORED = re.compile(r"[\s_\-‐・/／.:：*＊※]+")
REMARK = re.compile(r"[(（\[［【〔][^)）\]］】〕]*[)）\]］】〕]")


@dataclass(frozen=True)
class Field:
    """Something a table may hold: its name in the program, and the words for it."""

    name: str
    words: tuple[str, ...]
    is_needed: bool = False


@dataclass
class HeaderMatch:
    """The column of each field by place; what was chosen on a likeness only; what found no place on either side."""

    columns: dict[str, int] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def match_headers(
    headers: Sequence[str],
    fields: Sequence[Field],
    *,
    chosen: dict[str, int] | None = None,
    ignored: Sequence[str] = (),
) -> HeaderMatch:
    """Find the column of each field. `chosen` (field: place) is what a person said; it stands before everything else.

    The same words decide; a word within a longer header, when it fits one field and one column only, is a suggestion.
    """
    match = HeaderMatch(columns=dict(chosen or {}))
    skipped = {folded_header(word) for word in ignored}
    free = {
        place: folded
        for place, header in enumerate(headers)
        if place not in match.columns.values() and (folded := folded_header(header)) and folded not in skipped
    }
    for one in fields:
        _match_same(one, free, match)
    for place, names in _likenesses(free, [one for one in fields if one.name not in match.columns]).items():
        name = names[0]
        if len(names) == 1 and name not in match.columns:
            match.columns[name] = place
            match.doubtful.add(name)
            free.pop(place)
    match.unknown = sorted(free)
    match.missing = [one.name for one in fields if one.is_needed and one.name not in match.columns]
    return match


def folded_header(header: str) -> str:
    """Return a header without what people vary: width, case, spaces, marks and remarks in brackets."""
    plain = unicodedata.normalize("NFKC", header)
    return IGNORED.sub("", REMARK.sub("", plain) or plain).casefold()


def _match_same(one: Field, free: dict[int, str], match: HeaderMatch) -> None:
    if one.name in match.columns:
        return
    for word in (one.name, *one.words):
        folded = folded_header(word)
        place = next((place for place, header in free.items() if header == folded), None)
        if place is not None:
            match.columns[one.name] = place
            free.pop(place)
            return


def _likenesses(free: dict[int, str], fields: Sequence[Field]) -> dict[int, list[str]]:
    """Return for each free column the fields with a word in its header; a field that fits two columns fits none."""
    found: dict[int, list[str]] = {}
    for one in fields:
        words = [folded for word in one.words if len(folded := folded_header(word)) > 1]
        places = [place for place, header in free.items() if any(word in header for word in words)]
        if len(places) == 1:
            found.setdefault(places[0], []).append(one.name)
    return found
