"""Working time on an inquiry: by timer or by hand, as rows of hours that know which inquiry they were for."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.effort import actions as effort
from kizuna.success.effort.models import Effort, EffortTimer
from kizuna.success.effort.queries.rows import functions, standing_account
from kizuna.success.inbox import policies
from kizuna.success.inbox.models import Inquiry, InquiryWork

SUPPORT = "support"


@transaction.atomic
def start_timer(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> EffortTimer:
    """Start the viewer's timer for an inquiry; one that runs is stopped first. Raises effort.Forgotten."""
    policies.require_worker(viewer)
    timer = effort.start_timer(viewer=viewer, work=_work(inquiry, minutes=1, now=now), now=now)
    InquiryWork.objects.create(inquiry=inquiry, member_id=viewer.own_id, timer_started_at=timer.started_at)
    return timer


@transaction.atomic
def note_minutes(*, viewer: Viewer, inquiry: Inquiry, minutes: int, now: datetime) -> Effort:
    """Note minutes by hand."""
    policies.require_worker(viewer)
    row = effort.note_effort(viewer=viewer, work=_work(inquiry, minutes=minutes, now=now), now=now)
    InquiryWork.objects.create(inquiry=inquiry, member_id=viewer.own_id, effort=row)
    return row


@transaction.atomic
def count_effort(*, viewer: Viewer, inquiry: Inquiry, effort: Effort) -> None:
    """Let working time that was noted with something else (a call) count on an inquiry, once."""
    policies.require_worker(viewer)
    InquiryWork.objects.get_or_create(
        inquiry=inquiry, effort=effort, defaults={"member_id": effort.member_id or viewer.own_id}
    )


def _work(inquiry: Inquiry, *, minutes: int, now: datetime) -> effort.Work:
    known = functions()
    if not known:
        raise Refused(_("There is no function of work. Please define one first."))
    function = next((item for item in known if item.slug == SUPPORT), known[0])
    return effort.Work(
        day=local_day(now),
        minutes=minutes,
        function_id=function.pk,
        account_id=standing_account(inquiry.account_id),
        note=f"#{inquiry.pk} {inquiry.title}"[:200],
    )
