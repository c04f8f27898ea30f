"""Change facts of inquiries, one or many, as importers and programs do; what people do has acts of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kizuna.core.activity.actions import record
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.customers.actions.accounts import require_staff
from kizuna.success.customers.actions.checking import require_chunk
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import activities, dues, policies
from kizuna.success.inbox.actions.opening import FIELDS, checked, require_new_ids
from kizuna.success.inbox.actions.writing import plans, touch_of_opening
from kizuna.success.inbox.models import Inquiry, InquiryHandover, InquiryMessage

AROUND = (
    "snoozed_until", "department_id", "paused_at", "paused_minutes", "closed_because", "response_due_at", "resolution_due_at",
    "due_at",
)  # fmt: skip


def change_inquiry(*, viewer: Viewer, inquiry: Inquiry, fields: Mapping[str, Any], now: datetime) -> Inquiry:
    """Change some facts of an inquiry."""
    change_inquiries(viewer=viewer, changes={inquiry.pk: fields}, now=now)
    return Inquiry.objects.get(pk=inquiry.pk)


@transaction.atomic
def change_inquiries(
    *, viewer: Viewer, changes: Mapping[int, Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> dict[int, dict[str, list[Any]]]:
    """Change facts of many inquiries. Returns {inquiry: {field: [before, after]}} of what changed."""
    policies.require_worker(viewer)
    require_chunk(changes)
    found: dict[int, dict[str, list[Any]]] = {}
    changed = []
    for inquiry in Inquiry.objects.select_for_update(of=("self",)).filter(pk__in=list(changes)).order_by("pk"):
        before = {name: getattr(inquiry, name) for name in FIELDS}
        said = _follow(before, changes[inquiry.pk], now=now)
        clean = checked({**before, **said}, now=now, kept_state=inquiry.state)
        differing = {name: [before[name], clean[name]] for name in FIELDS if before[name] != clean[name]}
        if not differing:
            continue
        if "external_id" in differing:
            require_new_ids([clean])
        for name, (_before, after) in differing.items():
            setattr(inquiry, name, after)
        _settle(inquiry, differing, now=now)
        inquiry.updated_at = now
        found[inquiry.pk] = differing
        changed.append(inquiry)
    require_staff({item["owner_id"][1] for item in found.values() if "owner_id" in item})
    Inquiry.objects.bulk_update(changed, list(dict.fromkeys([*FIELDS, *AROUND, "updated_at"])))
    if import_id is None:
        _tell_changed(changed, found, viewer=viewer, now=now)
    _move_touches([row for row in changed if {"account_id", "contact_id", "title"} & set(found[row.pk])])
    return found


def _follow(before: Mapping[str, Any], fields: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Let the time of closing follow the state where only the state is said."""
    said = dict(fields)
    if said.get("state") == Inquiry.State.CLOSED and before["state"] != Inquiry.State.CLOSED:
        said.setdefault("closed_at", now)
    return said


def _settle(inquiry: Inquiry, differing: Mapping[str, list[Any]], *, now: datetime) -> None:
    """Let clock, department and reason follow the state; a due that was said stays."""
    if "state" in differing:
        inquiry.snoozed_until = None
        if inquiry.state != Inquiry.State.HANDED:
            inquiry.department_id = None
            InquiryHandover.objects.filter(inquiry=inquiry, ended_at=None).update(ended_at=now)
        if inquiry.state in (Inquiry.State.WAITING, Inquiry.State.CLOSED):
            dues.pause(inquiry, now=inquiry.closed_at or now)
        else:
            dues.resume(inquiry, plans=plans(inquiry, now=now), now=now)
        answered = inquiry.first_response_at is not None
        ended = Inquiry.Reason.ANSWERED if answered else Inquiry.Reason.ELSEWHERE
        inquiry.closed_because = ended if inquiry.is_closed else ""
    if {"priority", "received_at"} & set(differing) and not inquiry.is_closed:
        dues.set_dues(inquiry, plans=plans(inquiry, now=now))
    elif "due_at" not in differing and {"state", "first_response_at"} & set(differing):
        dues.settle(inquiry)
    if "due_at" in differing and not inquiry.is_closed:
        inquiry.due_at = differing["due_at"][1] if inquiry.is_ours else None


def _move_touches(inquiries: Iterable[Inquiry]) -> None:
    """Let the timeline follow an inquiry to another customer or name."""
    moved = list(inquiries)
    for inquiry in moved:
        Touchpoint.objects.filter(source_type="inquiry", source_id=inquiry.pk).update(
            account_id=inquiry.account_id, contact_id=inquiry.contact_id, title=inquiry.title
        )
    firsts = InquiryMessage.objects.filter(inquiry__in=moved, direction=InquiryMessage.Direction.IN)
    bodies = dict(firsts.order_by("-at", "-pk").values_list("inquiry_id", "body"))
    customers.write_touchpoints([touch_of_opening(row, bodies.get(row.pk, "")) for row in moved if row.account_id])


def _tell_changed(
    changed: Iterable[Inquiry], found: Mapping[int, Mapping[str, Any]], *, viewer: Viewer, now: datetime
) -> None:
    for inquiry in changed:
        record(
            activities.INQUIRY_CHANGED,
            actor_id=viewer.member_id,
            object_type="inquiry",
            object_id=inquiry.pk,
            at=now,
            props={"fields": ",".join(found[inquiry.pk])[:200]},
        )
