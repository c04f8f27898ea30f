"""Each minute: wake what was put off, tell owners before a due and managers after them, ask departments."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from kizuna.core.community.queries import setting
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.viewer import Viewer
from kizuna.success.inbox import activities, dues
from kizuna.success.inbox.actions.working import wake
from kizuna.success.inbox.actions.writing import log, tell
from kizuna.success.inbox.models import OURS, Inquiry, InquiryChange, InquiryHandover
from kizuna.success.inbox.settings import ESCALATE_MINUTES, WARN_MINUTES

BACK_MINUTES = 120  # business minutes before a department's time


def watch(*, now: datetime, limit: int) -> int:
    """Do what has come due, each inquiry in its own transaction, at most `limit` of a kind. Returns how many."""
    viewer = system_viewer()
    done = _wake_due(viewer, now=now, limit=limit)
    if dues.is_outside(now):  # nobody is there to be told
        return done
    done += _tell_before(
        viewer, "warned_due_at", activities.INQUIRY_DUE_SOON, InquiryChange.What.DUE_SOON,
        minutes=setting(WARN_MINUTES), now=now, limit=limit,
    )  # fmt: skip
    done += _tell_before(
        viewer, "escalated_due_at", activities.INQUIRY_ESCALATED, InquiryChange.What.ESCALATED,
        minutes=setting(ESCALATE_MINUTES), now=now, limit=limit,
    )  # fmt: skip
    return done + _ask_departments(viewer, now=now, limit=limit)


def _wake_due(viewer: Viewer, *, now: datetime, limit: int) -> int:
    due = Inquiry.objects.filter(state=Inquiry.State.SNOOZED, snoozed_until__lte=now).order_by("snoozed_until")
    found = list(due[:limit])
    for inquiry in found:
        wake(viewer=viewer, inquiry=inquiry, now=now)
    return len(found)


def _tell_before(
    viewer: Viewer, column: str, verb: object, what: InquiryChange.What, *, minutes: int, now: datetime, limit: int
) -> int:
    """Record once for each due that it is near or over."""
    until = dues.after(now, minutes)
    if until is None:
        return 0
    untold = Q(**{column: None}) | ~Q(**{column: F("due_at")})
    ids = list(
        Inquiry.objects.filter(untold, ~Q(state=Inquiry.State.CLOSED), state__in=OURS, due_at__lte=until)
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in ids:
        _tell_one(pk, viewer, column, verb, what, until=until, now=now)
    return len(ids)


@transaction.atomic
def _tell_one(
    pk: int, viewer: Viewer, column: str, verb, what: InquiryChange.What, *, until: datetime, now: datetime
) -> None:
    inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=pk)
    if not inquiry.is_ours or inquiry.due_at is None or inquiry.due_at > until:
        return
    if getattr(inquiry, column) == inquiry.due_at:
        return
    Inquiry.objects.filter(pk=pk).update(**{column: inquiry.due_at})
    log(inquiry, what, viewer=viewer, now=now)
    tell(verb, inquiry, viewer=viewer, now=now)


def _ask_departments(viewer: Viewer, *, now: datetime, limit: int) -> int:
    until = dues.after(now, BACK_MINUTES)
    lying = InquiryHandover.objects.filter(ended_at=None, told_at=None, back_by__lte=until).order_by("back_by")
    found = list(lying.select_related("inquiry")[:limit]) if until else []
    for handover in found:
        with transaction.atomic():
            if InquiryHandover.objects.filter(pk=handover.pk, told_at=None, ended_at=None).update(told_at=now):
                props = {"department": handover.department_id}
                tell(activities.INQUIRY_LATE_BACK, handover.inquiry, viewer=viewer, now=now, props=props)
    return len(found)
