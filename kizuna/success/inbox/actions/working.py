"""Give an inquiry to somebody, say how pressing it is, put it off, wait for the customer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.actions.accounts import require_staff
from kizuna.success.customers.actions.checking import choice
from kizuna.success.inbox import activities, dues, policies
from kizuna.success.inbox.actions.replying import require_moment
from kizuna.success.inbox.actions.writing import locked, log, plans, tell
from kizuna.success.inbox.models import Inquiry, InquiryChange

What = InquiryChange.What
CLOSED = _("This inquiry is closed. Open it again first.")


@transaction.atomic
def assign(
    *, viewer: Viewer, inquiry: Inquiry, owner_id: int | None, now: datetime, caused_by: Activity | None = None
) -> Inquiry:
    """Give an inquiry to one person of the team, or to nobody. Others who have it no longer are not told."""
    policies.require_worker(viewer)
    require_staff({owner_id})
    inquiry = locked(inquiry.pk)
    if inquiry.owner_id == owner_id:
        return inquiry
    before, inquiry.owner_id, inquiry.updated_at = inquiry.owner_id, owner_id, now
    inquiry.save(update_fields=["owner", "updated_at"])
    log(inquiry, What.ASSIGNED, viewer=viewer, now=now, props={"owner": owner_id, "before": before})
    _tell_changed(inquiry, "owner", viewer=viewer, now=now, before=before, caused_by=caused_by)
    return inquiry


@transaction.atomic
def assign_many(*, viewer: Viewer, ids: Iterable[int], owner_id: int | None, now: datetime) -> int:
    """Give several inquiries to one person. Returns how many changed hands."""
    policies.require_worker(viewer)
    changed = 0
    for inquiry in Inquiry.objects.filter(pk__in=list(ids)[:500]).order_by("pk"):
        before = inquiry.owner_id
        changed += assign(viewer=viewer, inquiry=inquiry, owner_id=owner_id, now=now).owner_id != before
    return changed


@transaction.atomic
def prioritise(*, viewer: Viewer, inquiry: Inquiry, priority: str, now: datetime) -> Inquiry:
    """Say how pressing an inquiry is; its dues follow."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    priority = choice({"priority": priority}, "priority", among=Inquiry.Priority, default="")
    if inquiry.priority == priority:
        return inquiry
    inquiry.priority, inquiry.updated_at = priority, now
    if not inquiry.is_closed:
        dues.set_dues(inquiry, plans=plans(inquiry, now=now))
    inquiry.save()
    log(inquiry, What.PRIORITISED, viewer=viewer, now=now, props={"priority": priority})
    _tell_changed(inquiry, "priority", viewer=viewer, now=now)
    return inquiry


@transaction.atomic
def snooze(*, viewer: Viewer, inquiry: Inquiry, until: datetime | None, now: datetime) -> Inquiry:
    """Put an inquiry off: it comes back by itself. Its dues go on."""
    policies.require_worker(viewer)
    until = require_moment(until, field="until", now=now)
    inquiry = _workable(inquiry)
    require(inquiry.state != Inquiry.State.HANDED, _("It lies at a department. Take it back first."))
    inquiry.state, inquiry.snoozed_until, inquiry.updated_at = Inquiry.State.SNOOZED, until, now
    dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
    dues.settle(inquiry)
    inquiry.save()
    log(inquiry, What.SNOOZED, viewer=viewer, now=now, props={"until": until.isoformat()})
    _tell_changed(inquiry, "state", viewer=viewer, now=now)
    return inquiry


@transaction.atomic
def wake(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> Inquiry:
    """Bring back what was put off."""
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    if inquiry.state != Inquiry.State.SNOOZED:
        return inquiry
    inquiry.state, inquiry.snoozed_until, inquiry.updated_at = Inquiry.State.OPEN, None, now
    inquiry.save(update_fields=["state", "snoozed_until", "updated_at"])
    log(inquiry, What.WOKEN, viewer=viewer, now=now)
    _tell_changed(inquiry, "state", viewer=viewer, now=now)
    return inquiry


@transaction.atomic
def wait(*, viewer: Viewer, inquiry: Inquiry, now: datetime) -> Inquiry:
    """Say that it is the customer's turn: the end moves on by as long as it takes."""
    policies.require_worker(viewer)
    inquiry = _workable(inquiry)
    require(inquiry.state != Inquiry.State.HANDED, _("It lies at a department. Take it back first."))
    require(inquiry.first_response_at is not None, _("The customer has no answer yet."))
    if inquiry.state == Inquiry.State.WAITING:
        return inquiry
    inquiry.state, inquiry.snoozed_until, inquiry.updated_at = Inquiry.State.WAITING, None, now
    dues.pause(inquiry, now=now)
    dues.settle(inquiry)
    inquiry.save()
    log(inquiry, What.WAITING, viewer=viewer, now=now)
    _tell_changed(inquiry, "state", viewer=viewer, now=now)
    return inquiry


def _workable(inquiry: Inquiry) -> Inquiry:
    inquiry = locked(inquiry.pk)
    require(not inquiry.is_closed, CLOSED)
    return inquiry


def _tell_changed(
    inquiry: Inquiry,
    fields: str,
    *,
    viewer: Viewer,
    now: datetime,
    before: int | None = None,
    caused_by: Activity | None = None,
) -> None:
    props = {"fields": fields, "before_owner": before}
    tell(activities.INQUIRY_CHANGED, inquiry, viewer=viewer, now=now, props=props, caused_by=caused_by)
