"""The only writers of what the widget keeps; what is asked goes through the inbox, votes through what is voted on."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person
from kizuna.core.community.actions import change_setting
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications import actions as notifications
from kizuna.core.notifications.models import Notification
from kizuna.interfaces.widget import policies, queries
from kizuna.interfaces.widget.models import CameAlong, ReadAnswers
from kizuna.interfaces.widget.settings import PLACED
from kizuna.success.customers.actions.checking import text_of
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions.asking import LONGEST
from kizuna.success.inbox.models import Inquiry


@transaction.atomic
def place(*, viewer: Viewer, value: dict[str, Any], now: datetime) -> None:
    """Set where the widget may stand and what it shows."""
    require(policies.can_place(viewer), _("Only owners and admins may do this."))
    try:
        if PLACED.clean(value) != setting(PLACED):
            change_setting(PLACED, value=value, member_id=viewer.member_id, now=now)
    except ValueError:
        raise Refused(_("Please look at this again: it cannot be kept like this."), field="origins") from None


@transaction.atomic
def send(
    *, viewer: Viewer, asked: inbox.Asked, word: str, origin: str, facts: Sequence[list[str]], now: datetime
) -> Inquiry:
    """Send what was written, with what came along. Twice, or two at once, is one inquiry."""
    received = inbox.send_form(viewer=viewer, asked=asked, token=word, now=now)
    if received.is_new:
        CameAlong.objects.create(inquiry=received.inquiry, origin=origin[:260], facts=list(facts), at=now)
    return received.inquiry


def add(*, viewer: Viewer, inquiry: Inquiry, body: str, once: str, now: datetime) -> None:
    """Add to what was sent: the member to their own, a visitor to what they have just sent."""
    if viewer.is_member:
        require(inquiry.member_id == viewer.own_id, _("Only whoever asked may write on."))
    body = text_of({"body": body}, "body", longest=LONGEST)
    if not body:
        raise Refused(_("Please write something."), field="body", code="empty")
    arrival = inbox.Arrival(
        channel=inquiry.channel,
        title=inquiry.title,
        body=body,
        received_at=now,
        member_id=viewer.member_id,
        sender=inquiry.sender,
        external_id=f"widget-add:{inquiry.pk}:{once or secrets.token_hex(16)}",
        continues=inquiry.pk,
    )
    inbox.receive(arrival=arrival, now=now)


@transaction.atomic
def note_read(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> None:
    """Note that a member has read the answers of their inquiry; the bell in the community knows as well."""
    last = queries.last_out(inquiry)
    if not last:
        return
    ReadAnswers.objects.update_or_create(member_id=viewer.own_id, inquiry=inquiry, defaults={"message_id": last})
    told = Notification.objects.filter(
        member_id=viewer.own_id, target_type="own_inquiry", target_id=inquiry.pk, read_at=None
    )
    if ids := list(told.values_list("pk", flat=True)):
        notifications.mark_read(viewer=viewer, ids=ids, now=now)


def forget_sent(*, person: Person) -> int:
    """Remove what came along with what a person asked; return of how many inquiries."""
    return CameAlong.objects.filter(inquiry__in=Inquiry.objects.filter(inbox.asked_by(person))).delete()[0]


def forget_read(*, member_id: int) -> int:
    """Remove how far a member has read; return how many rows."""
    return ReadAnswers.objects.filter(member_id=member_id).delete()[0]
