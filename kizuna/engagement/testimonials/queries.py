"""Read testimonials: what holds now, one's own, and for managers what waits."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_manage, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.testimonials.models import Testimonial

PLACES = {"community": "in_community", "site": "on_site", "sales": "in_sales"}
SHOWN = 3


def holding(*, place: str, today: date) -> QuerySet[Testimonial]:
    """Return what may be shown in a place today. Every page, file and answer reads this and nothing else."""
    lasting = Q(until=None) | Q(until__gte=today)
    rows = Testimonial.objects.filter(
        lasting, state=Testimonial.State.APPROVED, member__state=Member.State.ACTIVE, **{PLACES[place]: True}
    )
    return rows.order_by("-decided_at", "-pk")


def testimonials_visible_to(viewer: Viewer, *, place: str, today: date) -> QuerySet[Testimonial]:
    """Return what the viewer may read of a place: the community's for whoever is let in, the others with the desk."""
    rows = holding(place=place, today=today)
    may = bool(viewer.audience_ids) if place == "community" else can_use_desk(viewer)
    return rows if may else rows.none()


def own(viewer: Viewer) -> list[Testimonial]:
    """Return what the viewer gave and was asked for, the latest first."""
    return list(Testimonial.objects.filter(member_id=viewer.own_id).order_by("-created_at", "-pk")[:50])


def own_for(viewer: Viewer, testimonial_id: int) -> Testimonial:
    """Return one of the viewer's own, or Http404."""
    row = Testimonial.objects.filter(pk=testimonial_id, member_id=viewer.own_id).first()
    if row is None:
        raise Http404
    return row


def for_managers(viewer: Viewer) -> list[Testimonial]:
    """Return everything that was given, what waits first. Words that were taken back are left out by the page."""
    if not can_manage(viewer):
        return []
    rows = Testimonial.objects.select_related("member", "decided_by")
    found = list(rows.order_by("-created_at", "-pk")[:200])
    return sorted(found, key=lambda row: row.state != Testimonial.State.GIVEN)


def for_manager(viewer: Viewer, testimonial_id: int) -> Testimonial:
    """Return one for a manager, or Http404."""
    row = Testimonial.objects.filter(pk=testimonial_id).first() if can_manage(viewer) else None
    if row is None:
        raise Http404
    return row


def waiting_count(viewer: Viewer) -> int:
    """Count what waits for a manager."""
    return Testimonial.objects.filter(state=Testimonial.State.GIVEN).count() if can_manage(viewer) else 0


def personal_rows_of(person: Member) -> dict[str, list[dict[str, Any]]]:
    """Return what is kept of a person's words and consent."""
    names = (
        "state", "text", "shown_name", "shown_company", "in_community", "on_site", "in_sales", "until", "wording",
        "consented_at", "withdrawn_at", "created_at",
    )  # fmt: skip
    return {"testimonial": list(Testimonial.objects.filter(member=person).order_by("pk").values(*names))}
