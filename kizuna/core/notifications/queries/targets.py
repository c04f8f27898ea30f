"""A member's own notifications as a target: nobody else sees them, and they leave with the person."""

from collections.abc import Iterator
from typing import Any

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import ConsentRecord, MailPreference, Notification, OutgoingMail
from kizuna.core.notifications.queries.notices import notices_visible_to


def visible_notices(*, viewer: Viewer, ids: list[int]) -> dict[int, Notification]:
    return notices_visible_to(viewer).in_bulk(ids)


def notice_url(*, row: Notification) -> str:
    return f"/notifications/{row.pk}/"


def notice_title(*, row: Notification) -> str:
    return row.kind


def notice_excerpt(*, row: Notification) -> str:
    return ""


def records_of(*, member: Member) -> Iterator[dict[str, Any]]:
    """Return what is held about the member: choices, consents, what they were told and mailed."""
    for name, rows in (
        ("choice", MailPreference.objects.filter(member=member).values("kind", "level", "changed_at")),
        (
            "consent",
            ConsentRecord.objects.filter(recipient__member=member).values("purpose", "is_given", "at", "source"),
        ),
        ("told", Notification.objects.filter(member=member).values("kind", "target_type", "target_id", "latest_at")),
        ("mailed", OutgoingMail.objects.filter(recipient__member=member).values("kind", "state", "created_at")),
    ):
        for row in rows.iterator():
            yield {"record": name, **row}
