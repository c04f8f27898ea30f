"""What somebody is writing, and that they have an inquiry open."""

from datetime import datetime, timedelta

from django.db import transaction

from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.checking import choice, text_of
from kizuna.success.inbox import policies
from kizuna.success.inbox.models import Inquiry, InquiryDraft, InquiryPresence

LONGEST = 20_000
KEPT = timedelta(minutes=10)


@transaction.atomic
def save_draft(*, viewer: Viewer, inquiry: Inquiry, kind: str, body: str, now: datetime) -> None:
    """Keep what the viewer is writing; an empty text is no draft."""
    policies.require_worker(viewer)
    kind = choice({"kind": kind}, "kind", among=InquiryDraft.Kind, default=InquiryDraft.Kind.REPLY)
    body = text_of({"body": body}, "body", longest=LONGEST)
    if body:
        put_draft(member_id=viewer.own_id, inquiry=inquiry, kind=kind, body=body, now=now)
    else:
        drop_draft(viewer=viewer, inquiry=inquiry, kind=kind)


@transaction.atomic
def note_presence(*, viewer: Viewer, inquiry: Inquiry, is_writing: bool, now: datetime) -> None:
    """Note that the viewer has an inquiry open, and whether they write."""
    policies.require_worker(viewer)
    wrote = {"wrote_at": now} if is_writing else {}
    InquiryPresence.objects.update_or_create(
        inquiry=inquiry,
        member_id=viewer.own_id,
        defaults={"seen_at": now, **wrote},
    )


def forget_presence(*, now: datetime) -> None:
    """Remove what is too old to tell anybody."""
    InquiryPresence.objects.filter(seen_at__lt=now - KEPT).delete()


def put_draft(*, member_id: int, inquiry: Inquiry, kind: str, body: str, now: datetime) -> None:
    """Keep a draft in the caller's transaction."""
    InquiryDraft.objects.update_or_create(
        inquiry=inquiry, member_id=member_id, kind=kind, defaults={"body": body, "updated_at": now}
    )


def drop_draft(*, viewer: Viewer, inquiry: Inquiry, kind: str) -> None:
    """Remove a draft that was sent or emptied."""
    InquiryDraft.objects.filter(inquiry=inquiry, member_id=viewer.own_id, kind=kind).delete()
