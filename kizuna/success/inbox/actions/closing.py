"""Close with an answer or a reason, and open again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import activities, dues, policies
from kizuna.success.inbox.actions.writing import locked, log, plans, tell
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryHandover

ON_ITS_WAY = (Delivery.State.HELD, Delivery.State.SENDING)
Reason = Inquiry.Reason
SAID = tuple(Reason)
OTHERWISE = (Reason.PHONE, Reason.ELSEWHERE)  # answered, though not from here


@transaction.atomic
def close_inquiry(
    *, viewer: Viewer, inquiry: Inquiry, because: str, now: datetime, same_as: int | None = None
) -> Inquiry:
    """Close an inquiry. Raises Refused without an answer that was sent, or a reason."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    require(not inquiry.is_closed, _("This inquiry is closed already."))
    if because not in SAID:
        raise Refused(_("Please say why it is closed without an answer."), field="because")
    _require_ground(inquiry, because)
    inquiry.same_as = _same(inquiry, same_as) if because == Reason.SAME else None
    end(inquiry, because=because, viewer=viewer, now=now)
    inquiry.save()
    return inquiry


@transaction.atomic
def close_inquiries(
    *, viewer: Viewer, ids: Iterable[int], because: str, now: datetime, same_as: int | None = None
) -> tuple[int, list[int]]:
    """Close many for one reason. Returns how many, and those that stay open because the reason does not hold."""
    policies.require_worker(viewer)
    done, left = 0, []
    for inquiry in Inquiry.objects.filter(pk__in=list(ids)[:500]).order_by("pk"):
        try:
            with transaction.atomic():
                close_inquiry(viewer=viewer, inquiry=inquiry, because=because, same_as=same_as, now=now)
        except Refused:
            left.append(inquiry.pk)
        else:
            done += 1
    return done, left


@transaction.atomic
def reopen_inquiry(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> Inquiry:
    """Open a closed inquiry, or take the turn back from the customer; the clock goes on."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    require(inquiry.state in (Inquiry.State.CLOSED, Inquiry.State.WAITING), _("This inquiry is open already."))
    was_closed = inquiry.is_closed
    inquiry.state, inquiry.closed_at, inquiry.closed_because, inquiry.same_as = Inquiry.State.OPEN, None, "", None
    inquiry.updated_at = now
    if was_closed and inquiry.paused_at is None:
        inquiry.paused_at = now
    dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
    dues.settle(inquiry)
    inquiry.save()
    log(inquiry, InquiryChange.What.REOPENED, viewer=viewer, now=now)
    tell(activities.INQUIRY_REOPENED, inquiry, viewer=viewer, now=now)
    return inquiry


def end(inquiry: Inquiry, *, because: str, viewer: Viewer, now: datetime) -> None:
    """Let an inquiry be closed in the caller's transaction, who saves it: its clock stops, a department is freed."""
    if because in OTHERWISE and inquiry.first_response_at is None:
        inquiry.first_response_at = max(now, inquiry.received_at)
    due = inquiry.resolution_due_at
    inquiry.state, inquiry.closed_because = Inquiry.State.CLOSED, because
    inquiry.closed_at = max(now, inquiry.received_at)
    inquiry.snoozed_until, inquiry.department, inquiry.updated_at = None, None, now
    InquiryHandover.objects.filter(inquiry=inquiry, ended_at=None).update(ended_at=now, ended_by=viewer.member_id)
    passed = dues.open_minutes(inquiry.received_at, inquiry.paused_at or now) - inquiry.paused_minutes
    in_time = due is None or (inquiry.paused_at or now) <= due
    dues.pause(inquiry, now=now)
    dues.settle(inquiry)
    log(inquiry, InquiryChange.What.CLOSED, viewer=viewer, now=now, props={"because": str(because)})
    props = {
        "reason": str(because),
        "business_minutes": max(passed, 0),
        "in_time": in_time,
        "same_as": inquiry.same_as_id,
    }
    tell(activities.INQUIRY_CLOSED, inquiry, viewer=viewer, now=now, props=props)


def _require_ground(inquiry: Inquiry, because: str) -> None:
    deliveries = Delivery.objects.filter(message__inquiry=inquiry)
    require(
        not deliveries.filter(state__in=ON_ITS_WAY).exists(),
        _("An answer is still being sent. Please wait a moment, or take it back."),
    )
    if because == Reason.ANSWERED and inquiry.first_response_at is None:
        raise Refused(_("Please say why it is closed without an answer."), field="because", code="no_answer")


def _same(inquiry: Inquiry, number: int | None) -> Inquiry:
    """Return the inquiry that this one repeats; two may not repeat each other."""
    other = Inquiry.objects.filter(pk=number or 0).first()
    seen = {inquiry.pk}
    step = other
    while step is not None and step.pk not in seen:
        seen.add(step.pk)
        step = step.same_as
    if other is None or step is not None:
        raise Refused(_("There is no other inquiry with this number."), field="same_as")
    return other
