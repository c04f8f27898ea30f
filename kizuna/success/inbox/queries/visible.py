"""Inquiries for those with the desk."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox.models import Inquiry

PAGE = 50


def inquiries_visible_to(viewer: Viewer) -> QuerySet[Inquiry]:
    """Return the inquiries the viewer may see: all, for those with the desk."""
    return Inquiry.objects.all() if can_use_desk(viewer) else Inquiry.objects.none()


def inquiry_for(viewer: Viewer, inquiry_id: int) -> Inquiry:
    """Return an inquiry, or Http404."""
    rows = inquiries_visible_to(viewer).select_related("account", "contact", "owner", "member")
    inquiry = rows.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Http404
    return inquiry


def filtered(viewer: Viewer, *, state: str = "", owner: str = "", text: str = "") -> QuerySet[Inquiry]:
    """Return inquiries by state (or "not_closed"), owner ("me", "nobody") and a part of the title."""
    rows = inquiries_visible_to(viewer)
    if state in Inquiry.State.values:
        rows = rows.filter(state=state)
    elif state == "not_closed":
        rows = rows.exclude(state=Inquiry.State.CLOSED)
    if owner == "me":
        rows = rows.filter(owner_id=viewer.member_id)
    elif owner == "nobody":
        rows = rows.filter(owner=None)
    return rows.filter(title__icontains=text) if text else rows


def page_of(rows: QuerySet[Inquiry], *, after: str) -> tuple[list[Inquiry], str]:
    """Return a page, the latest first, and where the next one begins."""
    if after:
        at, pk = read_cursor(after, types=[str, int])
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise BadCursor(after) from None
        rows = rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, id__lt=pk))
    found = list(rows.select_related("account", "owner").order_by("-received_at", "-id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], cursor([last.received_at.isoformat(), last.pk]) if last else ""
