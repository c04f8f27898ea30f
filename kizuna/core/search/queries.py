"""Find what a viewer may see, and what people searched for. The audience test is part of every query."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from kizuna.base.text.japanese import fold
from kizuna.base.text.search_query import ParsedQuery, parse_query
from kizuna.base.web.numbers import whole
from kizuna.core.community.queries import setting
from kizuna.core.community.settings import SYNONYMS
from kizuna.core.members import queries as members
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.criteria import Criteria, Wanted, criteria_for
from kizuna.core.search.hits import Hit, hits_of
from kizuna.core.search.models import Search
from kizuna.core.search.newest import count_results, newest_rows
from kizuna.core.search.relevance import Candidate, ranked, read_candidates

RELEVANCE, NEWEST = "relevance", "newest"
MAX_LIMIT = 100
MEMBER = "member"
LONGEST_SIMILAR = 300
LONGEST_NAME = 60
# Lively topics fill a batch with few results; each look costs a walk of the index, its rows little.
FIRST_BATCH, BATCH_GROWTH = 10, 5
_MEANINGFUL_SEARCH = 2  # letters
_PLACE = re.compile("[0-7]?[0-9a-f]{1,15}")  # the id of a row, which has up to 63 bits


@dataclass(frozen=True)
class Results:
    """A page of results. `next` continues; `has_answer` says whether anything really fits; `by_kind` counts the best ones."""

    query: ParsedQuery
    items: list[Hit] = field(default_factory=list)
    next: str = ""
    has_answer: bool = False
    by_kind: dict[str, int] = field(default_factory=dict)
    count: int | None = None


def search(
    *,
    viewer: Viewer,
    text: str,
    types: Collection[str] = (),
    space: str = "",
    limit: int = 20,
    after: str = "",
    order: str = RELEVANCE,
    with_count: bool = False,
    as_typed: bool = False,
    exclude: Collection[tuple[str, int]] = (),
    now: datetime | None = None,
) -> Results:
    """Find topics and articles. `types` holds result types (topic, article) or kinds (question, idea, faq …).

    By relevance the best 150 or so come first and then, page by page, everything else that holds what was typed, newest
    first. `as_typed` leaves the community's synonyms out.
    """
    text = text.replace("\0", " ")  # PostgreSQL has no such letter
    query = parse_query(text, synonyms=None if as_typed else synonyms())
    if query.is_empty or not viewer.audience_ids:
        return Results(query, count=0 if with_count else None)
    criteria = criteria_for(viewer, query, Wanted(tuple(types), space, tuple(exclude)))
    limit = max(1, min(limit, MAX_LIMIT))
    count = count_results(query, criteria) if with_count else None
    if order == NEWEST or not (query.words or query.grams):
        return _newest(viewer, query, criteria, after=after, limit=limit, count=count)
    best = ranked(query, criteria, now=now or timezone.now())
    return _by_relevance(viewer, query, criteria, best, after=after, limit=limit, count=count)


def similar(
    *, viewer: Viewer, text: str, limit: int = 5, exclude: Collection[tuple[str, int]] = (), types: Collection[str] = ()
) -> list[Hit]:
    """Find what was written about the same: while asking, and beside what is read. Only what really fits."""
    query = parse_query(_plain(text), synonyms=synonyms())
    if query.is_empty or not viewer.audience_ids:
        return []
    criteria = criteria_for(viewer, query, Wanted(tuple(types), exclude=tuple(exclude)))
    best = [candidate for candidate in ranked(query, criteria, now=timezone.now()) if candidate.is_fitting]
    return hits_of(best[:limit], query, viewer)


def members_named(*, viewer: Viewer, text: str, limit: int = 5) -> list[Member]:
    """Find people by name, reading in kana or Latin letters, handle or company."""
    name = fold(text).replace("@", " ").strip()
    if not name:
        return []
    people = members.by_name(members.members_visible_to(viewer).filter(is_imported=False), name[:LONGEST_NAME])
    return list(people.order_by("-post_count", "reading", "pk")[:limit])


def synonyms() -> dict[str, list[str]]:
    """Return the community's words that mean the same: each with the others of its groups."""
    others: dict[str, list[str]] = defaultdict(list)
    for group in setting(SYNONYMS):
        for word in group:
            others[word].extend(other for other in group if other != word)
    return dict(others)


@dataclass(frozen=True)
class SearchedText:
    """What people searched for: how often, by how many, last when."""

    query: str
    count: int
    people: int
    last_at: datetime
    before: int = 0  # in the period before


def searches_without_result(*, days: int = 30, limit: int = 40, now: datetime | None = None) -> list[SearchedText]:
    """Return what was searched in vain, most people first, and has found nothing since."""
    now = now or timezone.now()
    recent = Search.objects.filter(at__gte=now - timedelta(days=days))
    in_vain = Q(has_answer=False) | Q(is_solved=False)
    found_since = set(recent.filter(has_answer=True).exclude(is_solved=False).values_list("folded", flat=True))
    rows = _grouped(recent.filter(in_vain))
    return [row for folded, row in rows if folded not in found_since][:limit]


def rising_searches(*, days: int = 7, limit: int = 10, now: datetime | None = None) -> list[SearchedText]:
    """Return what is searched by more people than in the period before, the greatest rise first."""
    now = now or timezone.now()
    start = now - timedelta(days=days)
    before = dict(_grouped(Search.objects.filter(at__gte=start - timedelta(days=days), at__lt=start)))
    rising = []
    for folded, row in _grouped(Search.objects.filter(at__gte=start)):
        earlier = before[folded].people if folded in before else 0
        if row.people > earlier:
            rising.append((row.people - earlier, SearchedText(row.query, row.count, row.people, row.last_at, earlier)))
    return [row for _rise, row in sorted(rising, key=lambda item: -item[0])[:limit]]


def _grouped(searches) -> list[tuple[str, SearchedText]]:
    """Count searches by what they mean when folded; an unsigned search counts as one person, however often."""
    rows = (
        searches.values("folded")
        .annotate(
            count=Count("pk"), members=Count("member", distinct=True), text=Max("text"), last=Max("at"),
            unsigned=Count("pk", filter=Q(member=None)),
        )
        .order_by("-members", "-count", "folded")
    )  # fmt: skip
    return [
        (
            row["folded"],
            SearchedText(row["text"], row["count"], row["members"] + min(1, row["unsigned"]), row["last"]),
        )
        for row in rows
        if len(row["folded"]) >= _MEANINGFUL_SEARCH
    ]


def _plain(text: str) -> str:
    """Return a text without what would be read as an operator: it was not typed into a search box."""
    return " ".join(text[:LONGEST_SIMILAR].replace("-", " ").replace(":", " ").replace("@", " ").split()).translate(
        {ord(mark): " " for mark in '「」『』“”"'}
    )


def _by_relevance(
    viewer: Viewer,
    query: ParsedQuery,
    criteria: Criteria,
    best: list[Candidate],
    *,
    after: str,
    limit: int,
    count: int | None,
) -> Results:
    has_answer = any(candidate.is_fitting for candidate in best)
    kinds = _by_kind(best)
    kind, _, value = after.partition(":")
    if kind == "n":  # the best ones are behind us
        page = _newest(viewer, query, criteria, after=value, limit=limit, count=count, known=best)
        return Results(query, page.items, f"n:{page.next}" if page.next else "", has_answer, kinds, count)
    start = (whole(value) or 0) if kind == "r" else 0
    items = hits_of(best[start : start + limit], query, viewer)
    if start + limit < len(best):
        return Results(query, items, f"r:{start + limit}", has_answer, kinds, count)
    rest = _newest(viewer, query, criteria, after="", limit=max(1, limit - len(items)), count=None, known=best)
    if len(items) == limit:
        return Results(query, items, "n:" if rest.items else "", has_answer, kinds, count)
    for name, more in rest.by_kind.items():
        kinds[name] = kinds.get(name, 0) + more
    following = f"n:{rest.next}" if rest.next else ""
    return Results(query, items + rest.items, following, has_answer or bool(rest.items), kinds, count)


def _newest(
    viewer: Viewer,
    query: ParsedQuery,
    criteria: Criteria,
    *,
    after: str,
    limit: int,
    count: int | None,
    known: Sequence[Candidate] = (),
) -> Results:
    """Return a page by time; rows of one topic within a page are one result."""
    # Left out by the database: the best by relevance are often the newest as well, and would fill batch after batch.
    criteria = criteria.without({candidate.parent for candidate in known})
    seen: set[tuple[str, int]] = set()
    rows: list[int] = []
    place, batch = _place(after), limit * FIRST_BATCH
    while len(rows) < limit:
        found = newest_rows(query, criteria, after=place, limit=batch)
        for row, parent in found:
            if len(rows) == limit:
                break
            place = row
            if parent not in seen:
                seen.add(parent)
                rows.append(row)
        else:
            if len(found) < batch:
                place = None
                break
            batch *= BATCH_GROWTH
    taken = read_candidates(rows)
    for candidate in taken:
        candidate.is_fitting = True
    following = f"{place:x}" if place and taken else ""
    return Results(query, hits_of(taken, query, viewer), following, bool(taken), _by_kind(taken), count)


def _place(after: str) -> int | None:
    place = _PLACE.fullmatch(after.removeprefix("n:"))
    return int(place[0], 16) if place else None


def _by_kind(candidates: Sequence[Candidate]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for candidate in candidates:
        counts[candidate.kind] += 1
    return dict(counts)
