"""What every change of an inquiry does besides: the log of its page, the customer's timeline, the activity."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.activity.models import Activity
from kizuna.core.activity.types import ActivityType
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryMessage
from kizuna.success.inbox.queries import plans_of

TARGET = "inquiry"
IN, OUT = Touchpoint.Direction.IN, Touchpoint.Direction.OUT
__all__ = ["locked", "log", "plans", "tell", "touch_message", "touch_of_opening"]


def locked(inquiry_id: int) -> Inquiry:
    """Return the inquiry as it is now, held until the end of the transaction. Raises Refused when it is gone."""
    found = Inquiry.objects.select_for_update(of=("self",)).filter(pk=inquiry_id).first()
    if found is None:
        raise Refused(_("This inquiry is not there any more."))
    return found


def plans(inquiry: Inquiry, *, now: datetime) -> list[str]:
    """Return what the customer has bought, for rules by plan."""
    return plans_of(inquiry.account_id, now=now)


def log(
    inquiry: Inquiry, what: InquiryChange.What, *, viewer: Viewer, now: datetime, props: Mapping[str, Any] | None = None
) -> None:
    """Keep what happened. Work of the system has nobody's name."""
    by_id = None if viewer.handle == "system" else viewer.member_id
    InquiryChange.objects.create(inquiry=inquiry, what=what, at=now, by_id=by_id, props=dict(props or {}))


def tell(
    verb: ActivityType,
    inquiry: Inquiry,
    *,
    viewer: Viewer,
    now: datetime,
    props: Mapping[str, Any] | None = None,
    caused_by: Activity | None = None,
) -> Activity:
    """Record an activity with whose inquiry it is."""
    of = {"account": inquiry.account_id, "owner": inquiry.owner_id, "channel": str(inquiry.channel)}
    said = {name: value for name, value in {**of, **(props or {})}.items() if value is not None}
    return record(
        verb,
        actor_id=viewer.member_id,
        object_type=TARGET,
        object_id=inquiry.pk,
        at=now,
        props=said,
        caused_by=caused_by,
    )


def touch_of_opening(inquiry: Inquiry, body: str) -> customers.Touch:
    """Return how the arrival stands on the timeline."""
    return _touch(inquiry, f"inquiry:{inquiry.pk}", "inquiry.received", body, at=inquiry.received_at, direction=IN)


def touch_message(inquiry: Inquiry, message: InquiryMessage, *, at: datetime) -> None:
    """Put a further message on the timeline, in or out."""
    if inquiry.account_id is None:
        return
    is_in = message.direction == InquiryMessage.Direction.IN
    kind, direction = ("inquiry.received", IN) if is_in else ("inquiry.replied", OUT)
    key = f"inquiry-message:{message.pk}"
    customers.write_touchpoints([_touch(inquiry, key, kind, message.body, at=at, direction=direction)])


def _touch(inquiry: Inquiry, key: str, kind: str, body: str, *, at: datetime, direction: str) -> customers.Touch:
    return customers.Touch(
        key=key,
        account_id=inquiry.account_id,
        contact_id=inquiry.contact_id,
        member_id=inquiry.member_id,
        channel="inquiry",
        kind=kind,
        at=at,
        title=inquiry.title,
        excerpt=" ".join(body.split())[:400],
        url=f"/desk/inquiries/{inquiry.pk}/",
        source_type=TARGET,
        source_id=inquiry.pk,
        direction=direction,
    )
