"""A member's own notifications as a target: nobody else sees them, and they leave with the person."""

from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.queries.notices import notices_visible_to


def visible_notices(*, viewer: Viewer, ids: list[int]) -> dict[int, Notification]:
    return notices_visible_to(viewer).in_bulk(ids)


def notice_url(*, row: Notification) -> str:
    return f"/notifications/{row.pk}/"


def notice_title(*, row: Notification) -> str:
    return row.kind


def notice_excerpt(*, row: Notification) -> str:
    return ""
