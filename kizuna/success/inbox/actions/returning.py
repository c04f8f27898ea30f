"""An answer that had gone out came back: the inquiry is ours again."""

from datetime import datetime

from django.db import transaction

from kizuna.core.members.actions import system_viewer
from kizuna.success.inbox import activities, dues
from kizuna.success.inbox.actions.writing import locked, log, plans, tell
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryMessage

# Where an inquiry is because of the answer that did not arrive after all.
BY_THE_ANSWER = (Inquiry.State.WAITING, Inquiry.State.SNOOZED)


@transaction.atomic
def note_returned(*, delivery_id: int, reason: str, now: datetime) -> None:
    """Note that an answer that was sent did not arrive. Its owner is told; nobody waits for the customer any more."""
    sent = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.SENT)
    if not sent.update(state=Delivery.State.FAILED, sent_at=None, error=reason[:400]):
        return
    message = InquiryMessage.objects.get(delivery=delivery_id)
    inquiry, viewer = locked(message.inquiry_id), system_viewer()
    is_answered = inquiry.is_closed and inquiry.closed_because == Inquiry.Reason.ANSWERED
    newer = InquiryMessage.objects.filter(inquiry=inquiry, pk__gt=message.pk, direction=InquiryMessage.Direction.IN)
    if (inquiry.state in BY_THE_ANSWER or is_answered) and not newer.exists():
        inquiry.state, inquiry.closed_at, inquiry.closed_because, inquiry.snoozed_until = (
            Inquiry.State.OPEN,
            None,
            "",
            None,
        )
        dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
        dues.settle(inquiry)
        inquiry.updated_at = now
        inquiry.save()
    log(inquiry, InquiryChange.What.NOT_SENT, viewer=viewer, now=now, props={"message": message.pk})
    tell(activities.INQUIRY_NOT_SENT, inquiry, viewer=viewer, now=now, props={"message": message.pk})
