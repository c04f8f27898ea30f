"""From ranked rows to what a page or a program shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from kizuna.base.text.highlight import highlight, snippet
from kizuna.base.text.search_query import ParsedQuery
from kizuna.core.members.queries import members_visible_to
from kizuna.core.members.viewer import Viewer
from kizuna.core.search.relevance import Candidate

Segments = list[tuple[str, bool]]
SNIPPET = 150


@dataclass(frozen=True)
class Author:
    """Who wrote it, as far as the viewer may know."""

    handle: str
    name: str


@dataclass(frozen=True)
class Hit:
    """One result: a topic with its best post, an article.

    Segments are (text, is a match). They are made when asked for: a page reads many results to sort them into groups
    and shows a few of each.
    """

    type: str
    id: int
    external_id: str
    kind: str
    title: str
    url: str
    lang: str
    created_at: datetime
    is_solved: bool
    votes: int
    is_fitting: bool
    score: float
    post_id: int | None
    author: Author | None
    body: str = field(repr=False)
    query: ParsedQuery = field(repr=False, compare=False)

    @cached_property
    def title_segments(self) -> Segments:
        """Return the title with what matches."""
        return highlight(self.title, self.query)

    @cached_property
    def snippet_segments(self) -> Segments:
        """Return the passage of the text that shows best why it was found."""
        return snippet(self.body, self.query, limit=SNIPPET)

    @property
    def snippet(self) -> str:
        """Return the passage without marks."""
        return "".join(text for text, _is_match in self.snippet_segments)


def hits_of(candidates: Sequence[Candidate], query: ParsedQuery, viewer: Viewer) -> list[Hit]:
    """Return the results of a page with their authors' names."""
    authors = _authors(viewer, {candidate.author_id for candidate in candidates if candidate.author_id})
    return [_hit(candidate, query, authors) for candidate in candidates]


def _hit(candidate: Candidate, query: ParsedQuery, authors: dict[int, Author]) -> Hit:
    is_post = candidate.target_type != candidate.parent_type
    return Hit(
        type=candidate.parent_type,
        id=candidate.parent_id,
        external_id=candidate.external_id,
        kind=candidate.kind,
        title=candidate.title,
        url=candidate.url or _fixed_url(candidate),
        lang=candidate.lang,
        created_at=candidate.created_at,
        is_solved=candidate.is_solved,
        votes=candidate.votes,
        is_fitting=candidate.is_fitting,
        score=round(candidate.score, 4),
        post_id=candidate.target_id if is_post else None,
        author=authors.get(candidate.author_id or 0),
        body=candidate.body,
        query=query,
    )


def _fixed_url(candidate: Candidate) -> str:
    """Return the fixed address of a type for rows indexed without one."""
    return f"/{'k' if candidate.parent_type == 'article' else 't'}/{candidate.parent_id}/"


def _authors(viewer: Viewer, ids: set[int]) -> dict[int, Author]:
    if not ids:
        return {}
    rows = members_visible_to(viewer).filter(pk__in=ids).values_list("pk", "handle", "name")
    return {pk: Author(handle, name) for pk, handle, name in rows}
