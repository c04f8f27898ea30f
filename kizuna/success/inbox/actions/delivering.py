"""Send what was held: claimed, through the door, noted. Killed anywhere, nothing is lost and nothing inside happens twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import DoorClosed, ReplyDoor
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import activities, doors, dues
from kizuna.success.inbox.actions.closing import end
from kizuna.success.inbox.actions.writing import locked, log, plans, tell, touch_message
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryMessage

MOST_ATTEMPTS = 6
LOST_AFTER = timedelta(hours=6)
ON_ITS_WAY = (Delivery.State.HELD, Delivery.State.SENDING)


def deliver(*, delivery_id: int, now: datetime) -> None:
    """Send one answer. Raises what the door raises, so that the worker tries again, until MOST_ATTEMPTS."""
    delivery = _claimed(delivery_id, now=now)
    if delivery is None:
        return
    try:
        _through(doors.door_of(delivery.message.inquiry), delivery_id, now=now)
    except DoorClosed as closed:
        give_up(delivery_id=delivery_id, reason=str(closed.reason), now=now)
    except Exception as error:
        _note_error(delivery_id, error)
        if delivery.attempts < MOST_ATTEMPTS:
            raise
        give_up(delivery_id=delivery_id, reason=f"{type(error).__name__}: {error}", now=now)


@transaction.atomic
def note_sent(*, delivery_id: int, now: datetime) -> None:
    """Note that an answer is out, and let the inquiry be as its sender wanted, unless the customer wrote meanwhile."""
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if delivery.state == Delivery.State.SENT:
        return
    message = InquiryMessage.objects.get(pk=delivery.message_id)
    inquiry, viewer = locked(message.inquiry_id), system_viewer()
    delivery.state, delivery.sent_at, delivery.error = Delivery.State.SENT, now, ""
    delivery.save(update_fields=["state", "sent_at", "error"])
    is_first = inquiry.first_response_at is None
    if is_first:
        inquiry.first_response_at = max(now, inquiry.received_at)
    inquiry.updated_at = now
    _go_on(inquiry, delivery, message, viewer=viewer, now=now)
    inquiry.save()
    props = {"message": message.pk, "by": message.author_id}
    log(inquiry, InquiryChange.What.REPLIED, viewer=viewer, now=now, props=props)
    touch_message(inquiry, message, at=now)
    _tell_replied(inquiry, message, is_first=is_first, viewer=viewer, now=now)


@transaction.atomic
def give_up(*, delivery_id: int, reason: str, now: datetime) -> None:
    """Note that an answer cannot be sent; the inquiry is ours again and its owner is told."""
    waiting = Delivery.objects.filter(pk=delivery_id, state__in=ON_ITS_WAY)
    if not waiting.update(state=Delivery.State.FAILED, error=reason[:400]):
        return
    message = InquiryMessage.objects.get(delivery=delivery_id)
    inquiry, viewer = locked(message.inquiry_id), system_viewer()
    log(inquiry, InquiryChange.What.NOT_SENT, viewer=viewer, now=now, props={"message": message.pk})
    tell(activities.INQUIRY_NOT_SENT, inquiry, viewer=viewer, now=now, props={"message": message.pk})


def give_up_lost(*, now: datetime) -> int:
    """Give up what no worker has sent for hours: its job failed for good. Returns how many."""
    lost = Delivery.objects.filter(state__in=ON_ITS_WAY, send_at__lt=now - LOST_AFTER)
    ids = list(lost.values_list("pk", flat=True)[:100])
    for delivery_id in ids:
        give_up(delivery_id=delivery_id, reason=str(_("It could not be sent for hours.")), now=now)
    return len(ids)


@transaction.atomic
def _claimed(delivery_id: int, *, now: datetime) -> Delivery | None:
    """Move an answer from held to sending. One that is sending already was claimed by a worker that died."""
    held = Delivery.objects.select_for_update(of=("self",)).select_related("message__inquiry")
    delivery = held.filter(pk=delivery_id, state__in=ON_ITS_WAY).first()
    if delivery is None:
        return None
    if delivery.state == Delivery.State.HELD and delivery.send_at > now:
        enqueue("inbox.deliver", args={"delivery": delivery_id}, run_at=delivery.send_at, priority=5)
        return None
    delivery.state, delivery.attempts = Delivery.State.SENDING, delivery.attempts + 1
    delivery.save(update_fields=["state", "attempts"])
    return delivery


def _through(door: ReplyDoor | None, delivery_id: int, *, now: datetime) -> None:
    if door is None:
        raise DoorClosed(_("No answer can be sent from here on this channel."))
    send = import_string(door.send)
    if not door.inside:
        send(delivery_id=delivery_id)
        note_sent(delivery_id=delivery_id, now=now)
        return
    with transaction.atomic():
        held = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
        if held.state == Delivery.State.SENDING:  # else another worker was here while we waited for the row
            send(delivery_id=delivery_id)
            note_sent(delivery_id=delivery_id, now=now)


def _note_error(delivery_id: int, error: Exception) -> None:
    sending = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.SENDING)
    sending.update(error=f"{type(error).__name__}: {error}"[:400])


def _go_on(inquiry: Inquiry, delivery: Delivery, message: InquiryMessage, *, viewer: Viewer, now: datetime) -> None:
    newer = InquiryMessage.objects.filter(inquiry=inquiry, pk__gt=message.pk, direction=InquiryMessage.Direction.IN)
    if newer.exists():
        return
    if inquiry.state == Inquiry.State.HANDED and delivery.next_state != Inquiry.State.CLOSED:
        dues.settle(inquiry)  # told the customer that it is being asked; it still lies there
        return
    inquiry.snoozed_until = None
    if delivery.next_state == Inquiry.State.CLOSED:
        end(inquiry, because=Inquiry.Reason.ANSWERED, viewer=viewer, now=now)
        return
    inquiry.state, inquiry.closed_at, inquiry.closed_because = delivery.next_state, None, ""
    if inquiry.state == Inquiry.State.SNOOZED:
        inquiry.snoozed_until = delivery.snooze_until
    if inquiry.state == Inquiry.State.WAITING:
        dues.pause(inquiry, now=now)
    else:
        dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
    dues.settle(inquiry)


def _tell_replied(inquiry: Inquiry, message: InquiryMessage, *, is_first: bool, viewer: Viewer, now: datetime) -> None:
    props: dict[str, object] = {"message": message.pk, "is_first": is_first}
    if is_first:
        due = inquiry.response_due_at
        props["business_minutes"] = dues.open_minutes(inquiry.received_at, now)
        props["in_time"] = due is None or now <= due
    tell(activities.INQUIRY_REPLIED, inquiry, viewer=viewer, now=now, props=props)
