"""Unsent text, kept on the server."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text.markdown import MAX_LENGTH
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions.actions.writing import MAX_TITLE_LENGTH
from kizuna.engagement.discussions.models import Draft

MAX_DRAFTS = 200
MAX_CONTEXT_LENGTH = 80


@transaction.atomic
def save_draft(
    *, viewer: Viewer, context: str, now: datetime, title: str = "", body: str = "", tags: Iterable[str] = ()
) -> None:
    """Keep what is written in one place (`topic:12`, `space:qa`, `edit:99`); empty text discards it.

    The text is kept as typed, unscreened: only its writer reads it.
    """
    require(can_act(viewer), policies.SIGN_IN)
    title, body = title.replace("\x00", ""), body.replace("\x00", "")
    if not title.strip() and not body.strip():
        discard_draft(viewer=viewer, context=context)
        return
    if len(body) > MAX_LENGTH or not 0 < len(context) <= MAX_CONTEXT_LENGTH:
        raise Refused(_("This draft is too long to be kept."), field="body", code="too_long")
    draft = Draft(
        member_id=viewer.member_id,
        context=context,
        title=title[:MAX_TITLE_LENGTH],
        body=body,
        tags=[str(tag)[:40] for tag in tags][:10],
        saved_at=now,
    )
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["member", "context"],
        update_fields=["title", "body", "tags", "saved_at"],
    )
    _forget_oldest(viewer)


def discard_draft(*, viewer: Viewer, context: str) -> None:
    """Throw a draft away."""
    require(can_act(viewer), policies.SIGN_IN)
    Draft.objects.filter(member_id=viewer.member_id, context=context).delete()


def _forget_oldest(viewer: Viewer) -> None:
    mine = Draft.objects.filter(member_id=viewer.member_id).order_by("-saved_at", "-pk")
    if oldest := list(mine.values_list("pk", flat=True)[MAX_DRAFTS : MAX_DRAFTS + 20]):
        Draft.objects.filter(pk__in=oldest).delete()
