"""Note something inside: the customer never sees it, colleagues whom it calls by @handle are told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import markdown
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers
from kizuna.success.customers.actions.checking import text_of
from kizuna.success.inbox import activities, policies
from kizuna.success.inbox.actions.drafting import drop_draft
from kizuna.success.inbox.actions.writing import locked, tell
from kizuna.success.inbox.models import Inquiry, InquiryDraft, InquiryMention, InquiryMessage

LONGEST = 20_000


@transaction.atomic
def add_note(*, viewer: Viewer, inquiry: Inquiry, body: str, now: datetime) -> InquiryMessage:
    """Write a note on an inquiry, closed ones included."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    body = text_of({"body": body}, "body", longest=LONGEST)
    if not body:
        raise Refused(_("Please write something."), field="body", code="empty")
    message = InquiryMessage.objects.create(
        inquiry=inquiry,
        direction=InquiryMessage.Direction.INTERNAL,
        author_id=viewer.member_id,
        body=body,
        at=now,
    )
    named = _mention(message)
    drop_draft(viewer=viewer, inquiry=inquiry, kind=InquiryDraft.Kind.NOTE)
    Inquiry.objects.filter(pk=inquiry.pk).update(updated_at=now)
    props = {"message": message.pk, "mentions": named}
    tell(activities.INQUIRY_NOTED, inquiry, viewer=viewer, now=now, props=props)
    return message


def _mention(message: InquiryMessage) -> int:
    """Keep whom a note calls: colleagues with the desk."""
    handles = markdown.document(message.body).mentions
    named = Member.objects.filter(
        handle__in=handles, state=Member.State.ACTIVE, role_grants__role__in=customers.DESK_ROLES
    ).distinct()
    made = InquiryMention.objects.bulk_create(InquiryMention(message=message, member=member) for member in named)
    return len(made)
