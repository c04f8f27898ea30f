"""Requests for those who may see them: whoever asked, and the team."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import Http404

from kizuna.core.members.models import Role
from kizuna.core.members.policies import ADMIN, MANAGERS, has_scope
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy.models import PrivacyRequest

READERS = MANAGERS | {Role.SUCCESS_MANAGER}
SOON = timedelta(days=7)


def is_team(viewer: Viewer) -> bool:
    """Tell whether the viewer sees what anybody asked for."""
    may = viewer.is_member and not viewer.is_view_as and has_scope(viewer, ADMIN)
    return may and bool(viewer.roles & READERS)


def requests_visible_to(viewer: Viewer) -> QuerySet[PrivacyRequest]:
    """Return all requests for the team, one's own for everybody else."""
    requests = PrivacyRequest.objects.select_related("member", "recorded_by", "copy", "erasure")
    if is_team(viewer):
        return requests
    if not viewer.is_member or viewer.is_view_as:
        return requests.none()
    return requests.filter(member_id=viewer.own_id)


def request_for(viewer: Viewer, request_id: int) -> PrivacyRequest:
    """Return one request, or Http404."""
    request = requests_visible_to(viewer).filter(pk=request_id).first()
    if request is None:
        raise Http404
    return request


def open_requests(viewer: Viewer) -> QuerySet[PrivacyRequest]:
    """Return what waits for an answer, what is due first at the top."""
    return requests_visible_to(viewer).filter(state=PrivacyRequest.State.OPEN).order_by("due_on", "id")


def ended_requests(viewer: Viewer) -> QuerySet[PrivacyRequest]:
    return requests_visible_to(viewer).exclude(state=PrivacyRequest.State.OPEN).order_by("-id")


def due_count(viewer: Viewer, *, today: date) -> int:
    """Return how many requests are due within a week or overdue."""
    return open_requests(viewer).filter(due_on__lte=today + SOON).count()


def visible_requests(*, viewer: Viewer, ids: list[int]) -> dict[int, PrivacyRequest]:
    """Return the requests of these ids that the viewer may see."""
    return requests_visible_to(viewer).in_bulk(ids)
