"""Search in the REST API."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from kizuna.base.api.addresses import whole
from kizuna.base.api.paging import PageOut, PageQuery
from kizuna.base.text.external_ids import id_at_source
from kizuna.core.members.policies import Refused
from kizuna.core.search import queries, recording
from kizuna.core.search.hits import Hit
from kizuna.core.search.models import Search
from kizuna.core.search.page import FAMILY_OF

router = Router(tags=["search"])
# What is found, then the kinds of it.
TYPES = tuple(dict.fromkeys(("topic", "article", queries.MEMBER, *FAMILY_OF)))


class HitOut(Schema):
    type: str = Field(description="`topic`, `article` or `member`.")
    id: int
    external_id: str
    title: str
    url: str
    snippet: str = Field(description="The passage that shows best why it was found, as plain text.")


class HitPage(PageOut):
    items: list[HitOut]


class SearchQuery(PageQuery):
    q: str = Field(
        ..., max_length=400, description="Words, a sentence, “phrases”, -words, `tag:` `space:` `from:` `is:solved`."
    )
    type: str = Field("", description=f"Only one of {', '.join(f'`{name}`' for name in TYPES)}.")
    space: str = Field("", description="Only in the space with this slug.")
    order: str = Field("relevance", pattern="^(relevance|newest)$")


@router.get("/search", response=HitPage, exclude_unset=True, summary="Search")
def search(request: HttpRequest, asked: Query[SearchQuery]) -> dict[str, Any]:
    """Find topics (with their best post), articles and members, as far as you may see them; best first."""
    viewer = request.viewer
    if asked.type and asked.type not in TYPES:
        raise Refused(_("There is no such type. Choose one of: %(types)s.") % {"types": ", ".join(TYPES)}, field="type")
    if asked.type == queries.MEMBER:
        found = queries.members_named(viewer=viewer, text=asked.q, limit=asked.limit)
        return {"items": [_member(request, member) for member in found], "next": None}
    results = queries.search(
        viewer=viewer,
        text=asked.q,
        types=[asked.type] if asked.type else (),
        space=asked.space,
        limit=asked.limit,
        after=asked.after,
        order=asked.order,
        with_count=asked.count,
    )
    if not asked.after:
        recording.remember(viewer=viewer, results=results, source=Search.Source.API, now=timezone.now())
    answer: dict[str, Any] = {"items": [_hit(request, hit) for hit in results.items], "next": results.next or None}
    return answer | ({"count": results.count} if asked.count else {})


def _hit(request: HttpRequest, hit: Hit) -> dict[str, Any]:
    return {
        "type": hit.type,
        "id": hit.id,
        "external_id": id_at_source(hit.external_id),
        "title": hit.title,
        "url": whole(request, hit.url),
        "snippet": hit.snippet,
    }


def _member(request: HttpRequest, member: Any) -> dict[str, Any]:
    return {
        "type": queries.MEMBER,
        "id": member.pk,
        "external_id": "",
        "title": member.name,
        "url": whole(request, f"/m/{member.handle}/"),
        "snippet": member.company,
    }
