"""Open inquiries, one or many; each stands on the timeline of its customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.rows import pointed_at
from kizuna.core.activity.actions import record, record_imported
from kizuna.core.community.queries import setting
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.customers.actions.accounts import require_staff
from kizuna.success.customers.actions.checking import choice, line, require_chunk, text_of
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import activities, dues, people, policies
from kizuna.success.inbox.actions.writing import plans, touch_of_opening
from kizuna.success.inbox.models import Inquiry, InquiryChange, InquiryMessage
from kizuna.success.inbox.queries import first_tiers_of
from kizuna.success.inbox.settings import FIRST_PLANS, URGENT_WORDS
from kizuna.success.inbox.urgency import Urgency, assess

FIELDS = (
    "title", "state", "priority", "channel", "category", "owner_id", "account_id", "contact_id", "member_id", "sender",
    "received_at", "due_at", "first_response_at", "closed_at", "external_id",
)  # fmt: skip
LONGEST_BODY = 20_000
SKEW = timedelta(minutes=5)  # clocks of other systems
# What others may say of a state; snoozing and handing over have acts of their own.
PLAIN = (Inquiry.State.OPEN, Inquiry.State.WAITING, Inquiry.State.CLOSED)


def open_inquiry(*, viewer: Viewer, fields: Mapping[str, Any], now: datetime) -> Inquiry:
    """Note what a customer asks. `fields` are FIELDS and `body`, what was written. Raises Refused for people who do not fit."""
    policies.require_worker(viewer)
    named = {name: fields.get(name) for name in ("account_id", "contact_id", "member_id")}
    links = people.completed(viewer=viewer, at=fields.get("received_at") or now, **named)
    row = {**fields, **{name: links[name] for name in named}}
    try:
        return open_inquiries(viewer=viewer, rows=[row], now=now)[0]
    except IntegrityError:  # somebody was faster with this number
        require_new_ids([checked(row, now=now)])
        raise


@transaction.atomic
def open_inquiries(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Inquiry]:
    """Note many inquiries. Raises Refused for the first bad one."""
    policies.require_worker(viewer)
    require_chunk(rows)
    clean = [checked(row, now=now) for row in rows]
    require_new_ids(clean)
    require_staff({row["owner_id"] for row in clean})
    bodies = [text_of(row, "body", longest=LONGEST_BODY) for row in rows]
    made = [
        _made(row, body, is_said=bool(given.get("is_urgent")), now=now, import_id=import_id)
        for given, row, body in zip(rows, clean, bodies, strict=True)
    ]
    Inquiry.objects.bulk_create(made)
    InquiryMessage.objects.bulk_create(
        InquiryMessage(
            inquiry=inquiry,
            direction=InquiryMessage.Direction.IN,
            contact_id=inquiry.contact_id,
            sender=inquiry.sender,
            body=body,
            at=inquiry.received_at,
        )
        for inquiry, body in zip(made, bodies, strict=True)
        if body
    )
    customers.write_touchpoints(
        [touch_of_opening(inquiry, body) for inquiry, body in zip(made, bodies, strict=True) if inquiry.account_id]
    )
    _tell_opened(made, viewer=viewer, now=now, import_id=import_id)
    return made


@transaction.atomic
def take_back_inquiries(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove inquiries that an import added and nobody changed since. Returns {inquiry: why it stays}."""
    policies.require_worker(viewer)
    rows = Inquiry.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk")
    stays = {row.pk: "changed_since" for row in rows if row.updated_at != added[row.pk]}
    inside = [(InquiryMessage, "inquiry"), (InquiryChange, "inquiry")]
    stays |= pointed_at(Inquiry, [pk for pk in added if pk not in stays], besides=inside)
    later = InquiryMessage.objects.filter(inquiry_id__in=list(added)).exclude(direction=InquiryMessage.Direction.IN)
    stays |= dict.fromkeys(later.values_list("inquiry_id", flat=True), "changed_since")
    going = [pk for pk in added if pk not in stays]
    Touchpoint.objects.filter(source_type="inquiry", source_id__in=going).delete()
    InquiryMessage.objects.filter(inquiry_id__in=going).delete()
    InquiryChange.objects.filter(inquiry_id__in=going).delete()
    Inquiry.objects.filter(pk__in=going).delete()
    return stays


def checked(row: Mapping[str, Any], *, now: datetime, kept_state: str = "") -> dict[str, Any]:
    """Return the facts of an inquiry as they will be stored; times must follow one another. Importers ask the same."""
    state = choice(row, "state", among=Inquiry.State, default=Inquiry.State.OPEN)
    if state not in PLAIN and state != kept_state:
        raise Refused(_("Please choose from the list."), field="state")
    received_at = row.get("received_at") or now
    if received_at > now + SKEW:
        raise Refused(_("This day has not come yet."), field="received_at")
    closed_at = row.get("closed_at") or (max(now, received_at) if state == Inquiry.State.CLOSED else None)
    if state != Inquiry.State.CLOSED:
        closed_at = None
    for name, moment in (("first_response_at", row.get("first_response_at")), ("closed_at", closed_at)):
        if moment is not None and moment < received_at:
            raise Refused(_("This lies before the inquiry came in."), field=name)
    return {
        "title": line(row, "title", longest=200, required=True),
        "state": state,
        "priority": choice(row, "priority", among=Inquiry.Priority, default=Inquiry.Priority.NORMAL),
        "channel": choice(row, "channel", among=Inquiry.Channel, default=Inquiry.Channel.OTHER),
        "category": line(row, "category", longest=80),
        "owner_id": row.get("owner_id"),
        "account_id": row.get("account_id"),
        "contact_id": row.get("contact_id"),
        "member_id": row.get("member_id"),
        "sender": line(row, "sender", longest=254),
        "received_at": received_at,
        "due_at": row.get("due_at"),
        "first_response_at": row.get("first_response_at"),
        "closed_at": closed_at,
        "external_id": line(row, "external_id", longest=120),
    }


def weighed(inquiry: Inquiry, text: str, *, is_said: bool, bought: Sequence[str]) -> Urgency:
    """Return how pressing a text is by the community's words, and by the customer's plans and tier."""
    return assess(
        text=text,
        is_said=is_said,
        plans=bought,
        urgent_words=setting(URGENT_WORDS),
        first_plans=setting(FIRST_PLANS),
        tiers=first_tiers_of(inquiry.account_id),
    )


def _made(row: Mapping[str, Any], body: str, *, is_said: bool, now: datetime, import_id: int | None) -> Inquiry:
    inquiry = Inquiry(**row, import_id=import_id, created_at=now, updated_at=now, last_in_at=row["received_at"])
    inquiry.is_outside_hours = dues.is_outside(inquiry.received_at)
    if inquiry.is_closed:  # history from elsewhere: how it ended is not ours to say
        answered = inquiry.first_response_at is not None
        inquiry.closed_because = Inquiry.Reason.ANSWERED if answered else Inquiry.Reason.ELSEWHERE
        inquiry.due_at = None
        return inquiry
    bought = plans(inquiry, now=now)
    weight = weighed(inquiry, f"{inquiry.title}\n{body}", is_said=is_said, bought=bought)
    inquiry.urgency, inquiry.urgent_because = weight.score, weight.because
    given_due = inquiry.due_at
    dues.set_dues(inquiry, plans=bought)
    if inquiry.state == Inquiry.State.WAITING:
        dues.pause(inquiry, now=inquiry.first_response_at or inquiry.received_at)
    elif given_due is not None:
        inquiry.due_at = inquiry.resolution_due_at = given_due
    return inquiry


def _tell_opened(made: Sequence[Inquiry], *, viewer: Viewer, now: datetime, import_id: int | None) -> None:
    rows = [opened(inquiry, viewer=viewer, at=now if import_id is None else inquiry.received_at) for inquiry in made]
    if import_id is not None:
        record_imported(((activities.INQUIRY_OPENED, row) for row in rows), import_id=import_id)
        return
    for row in rows:
        record(activities.INQUIRY_OPENED, **row)


def opened(inquiry: Inquiry, *, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Return the activity of an arrival."""
    of = {"account": inquiry.account_id, "owner": inquiry.owner_id, "channel": str(inquiry.channel)}
    props = {**of, "urgency": inquiry.urgency, "outside": inquiry.is_outside_hours}
    return {
        "actor_id": viewer.member_id,
        "object_type": "inquiry",
        "object_id": inquiry.pk,
        "at": at,
        "props": {name: value for name, value in props.items() if value is not None},
    }


def require_new_ids(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise Refused when a number of another system is there already."""
    ids = [row["external_id"] for row in rows if row["external_id"]]
    if len(set(ids)) < len(ids) or Inquiry.objects.filter(external_id__in=ids).exists():
        raise Refused(_("Another inquiry has this number already."), field="external_id", code="taken")
