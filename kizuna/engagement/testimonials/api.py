"""Testimonials in the REST API: what may be shown today, by place."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from kizuna.base.api.paging import PageOut, PageQuery, page_of
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.testimonials import policies, queries

router = Router(tags=["testimonials"])


class TestimonialOut(Schema):
    id: int
    text: str
    lang: str
    name: str = Field(description="As the person wants to be named.")
    company: str
    until: date | None = Field(description="The last day on which it may be shown.")
    approved_at: datetime


class TestimonialPage(PageOut):
    items: list[TestimonialOut]


class TestimonialQuery(PageQuery):
    place: Literal["community", "site", "sales"] = Field("community", description="Where it is to be shown.")


@router.get("/testimonials", response=TestimonialPage, exclude_unset=True, summary="List testimonials")
def list_testimonials(request: Request, page: Query[TestimonialQuery]) -> dict[str, Any]:
    """List what may be shown in a place today. Ask anew each day: people take their words back."""
    if page.place != "community" and not policies.can_use_outside(request.viewer):
        raise Http404
    rows = queries.testimonials_visible_to(request.viewer, place=page.place, today=local_day(timezone.now()))
    return page_of(rows, query=page, order=["id"], shown=_shown)


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text,
        "lang": row.lang,
        "name": row.shown_name,
        "company": row.shown_company,
        "until": row.until,
        "approved_at": row.decided_at,
    }
