"""Open and change inquiries, one or many; each stands on the timeline of its customer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person
from kizuna.base.rows import pointed_at
from kizuna.core.activity.actions import record, record_imported
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import actions as customers
from kizuna.success.customers.actions.accounts import require_staff
from kizuna.success.customers.actions.checking import choice, line, require_chunk, text_of
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox import activities, people, policies
from kizuna.success.inbox.models import Inquiry, InquiryMessage

FIELDS = (
    "title", "state", "priority", "channel", "category", "owner_id", "account_id", "contact_id", "member_id", "received_at",
    "due_at", "first_response_at", "closed_at", "external_id",
)  # fmt: skip
LONGEST_BODY = 20_000
SKEW = timedelta(minutes=5)  # clocks of other systems


def open_inquiry(*, viewer: Viewer, fields: Mapping[str, Any], now: datetime) -> Inquiry:
    """Note what a customer asks. `fields` are FIELDS and `body`, what was written. Raises Refused for people who do not fit."""
    policies.require_worker(viewer)
    named = {name: fields.get(name) for name in ("account_id", "contact_id", "member_id")}
    links = people.completed(viewer=viewer, at=fields.get("received_at") or now, **named)
    row = {**fields, **{name: links[name] for name in named}}
    try:
        return open_inquiries(viewer=viewer, rows=[row], now=now)[0]
    except IntegrityError:  # somebody was faster with this number
        _require_new_ids([checked(row, now=now)])
        raise


@transaction.atomic
def open_inquiries(
    *, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime, import_id: int | None = None
) -> list[Inquiry]:
    """Note many inquiries. Raises Refused for the first bad one."""
    policies.require_worker(viewer)
    require_chunk(rows)
    clean = [checked(row, now=now) for row in rows]
    _require_new_ids(clean)
    require_staff({row["owner_id"] for row in clean})
    made = [Inquiry(**row, import_id=import_id, created_at=now, updated_at=now) for row in clean]
    Inquiry.objects.bulk_create(made)
    bodies = [text_of(row, "body", longest=LONGEST_BODY) for row in rows]
    InquiryMessage.objects.bulk_create(
        InquiryMessage(
            inquiry=inquiry,
            direction=InquiryMessage.Direction.IN,
            contact_id=inquiry.contact_id,
            body=body,
            at=inquiry.received_at,
        )
        for inquiry, body in zip(made, bodies, strict=True)
        if body
    )
    customers.write_touchpoints(
        [_touch(inquiry, body) for inquiry, body in zip(made, bodies, strict=True) if inquiry.account_id]
    )
    _tell_opened(made, viewer=viewer, now=now, import_id=import_id)
    return made


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
        clean = checked({**before, **_follow(before, changes[inquiry.pk], now=now)}, now=now)
        differing = {name: [before[name], clean[name]] for name in FIELDS if before[name] != clean[name]}
        if not differing:
            continue
        if "external_id" in differing:
            _require_new_ids([clean])
        for name, (_before, after) in differing.items():
            setattr(inquiry, name, after)
        inquiry.updated_at = now
        found[inquiry.pk] = differing
        changed.append(inquiry)
    require_staff({item["owner_id"][1] for item in found.values() if "owner_id" in item})
    Inquiry.objects.bulk_update(changed, [*FIELDS, "updated_at"])
    if import_id is None:
        _tell_changed(changed, found, viewer=viewer, now=now)
    _move_touches([row for row in changed if {"account_id", "contact_id", "title"} & set(found[row.pk])])
    return found


@transaction.atomic
def take_back_inquiries(*, viewer: Viewer, added: Mapping[int, datetime]) -> dict[int, str]:
    """Remove inquiries that an import added and nobody changed since. Returns {inquiry: why it stays}."""
    policies.require_worker(viewer)
    rows = Inquiry.objects.select_for_update(of=("self",)).filter(pk__in=list(added)).order_by("pk")
    stays = {row.pk: "changed_since" for row in rows if row.updated_at != added[row.pk]}
    stays |= pointed_at(Inquiry, [pk for pk in added if pk not in stays], besides=[(InquiryMessage, "inquiry")])
    later = InquiryMessage.objects.filter(inquiry_id__in=list(added)).exclude(direction=InquiryMessage.Direction.IN)
    stays |= dict.fromkeys(later.values_list("inquiry_id", flat=True), "changed_since")
    going = [pk for pk in added if pk not in stays]
    Touchpoint.objects.filter(source_type="inquiry", source_id__in=going).delete()
    InquiryMessage.objects.filter(inquiry_id__in=going).delete()
    Inquiry.objects.filter(pk__in=going).delete()
    return stays


def asked_by(person: Person) -> Q:
    """Return which inquiries are the person's own. As a member alone they are not the contact's."""
    own = Q(member_id=person.member_id or 0, contact=None) | Q(account_id__in=person.account_ids)
    return own | Q(contact_id=person.contact_id or 0)


def written_with(person: Person) -> Q:
    """Return which messages are in inquiries of the person, or by them in those of others."""
    own = Inquiry.objects.filter(asked_by(person)).values("pk")
    return Q(inquiry_id__in=own) | Q(contact_id=person.contact_id or 0)


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Take the words and outside numbers out of the person's inquiries, and cover their name in those of their customers."""
    own = list(Inquiry.objects.filter(asked_by(person)).values_list("pk", flat=True))
    removed = InquiryMessage.objects.filter(written_with(person)).delete()[0]
    there = Inquiry.objects.filter(pk__in=own)
    # Whoever imports the same number again adds a new inquiry: nothing is told of the old one.
    kept = there.update(title=customers.gone_words(), external_id="", updated_at=now)
    customers.blank_touches(source_type="inquiry", source_ids=own)
    removed += Inquiry.objects.filter(member_id=person.member_id or 0).update(member=None)
    accounts, words = customers.accounts_of(person), customers.words_of(person)
    others = Inquiry.objects.filter(account_id__in=accounts).exclude(pk__in=own)
    removed += customers.cover_words(others, ("title",), words)
    messages = InquiryMessage.objects.filter(inquiry__account_id__in=accounts)
    return Erased(removed=removed + customers.cover_words(messages, ("body",), words), kept=kept)


def checked(row: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return the facts of an inquiry as they will be stored; times must follow one another. Importers ask the same."""
    state = choice(row, "state", among=Inquiry.State, default=Inquiry.State.OPEN)
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
        "received_at": received_at,
        "due_at": row.get("due_at"),
        "first_response_at": row.get("first_response_at"),
        "closed_at": closed_at,
        "external_id": line(row, "external_id", longest=120),
    }


def _follow(before: Mapping[str, Any], fields: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Let the time of closing follow the state where only the state is said."""
    said = dict(fields)
    if said.get("state") == Inquiry.State.CLOSED and before["state"] != Inquiry.State.CLOSED:
        said.setdefault("closed_at", now)
    return said


def _touch(inquiry: Inquiry, body: str) -> customers.Touch:
    return customers.Touch(
        key=f"inquiry:{inquiry.pk}",
        account_id=inquiry.account_id,
        contact_id=inquiry.contact_id,
        member_id=inquiry.member_id,
        channel="inquiry",
        kind="inquiry.received",
        at=inquiry.received_at,
        title=inquiry.title,
        excerpt=" ".join(body.split())[:400],
        url=f"/desk/inquiries/{inquiry.pk}/",
        source_type="inquiry",
        source_id=inquiry.pk,
        direction=Touchpoint.Direction.IN,
    )


def _move_touches(inquiries: Iterable[Inquiry]) -> None:
    """Let the timeline follow an inquiry to another customer or name."""
    moved = list(inquiries)
    for inquiry in moved:
        customers.remove_touchpoint(key=f"inquiry:{inquiry.pk}")
    bodies = {
        row.inquiry_id: row.body
        for row in InquiryMessage.objects.filter(inquiry__in=moved, direction=InquiryMessage.Direction.IN).order_by(
            "-at"
        )
    }
    customers.write_touchpoints([_touch(row, bodies.get(row.pk, "")) for row in moved if row.account_id])


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


def _tell_opened(made: Sequence[Inquiry], *, viewer: Viewer, now: datetime, import_id: int | None) -> None:
    rows: list[dict[str, Any]] = [
        {
            "actor_id": viewer.member_id,
            "object_type": "inquiry",
            "object_id": inquiry.pk,
            "at": now if import_id is None else inquiry.received_at,
            "props": {
                "channel": str(inquiry.channel),
                **({"account": inquiry.account_id} if inquiry.account_id else {}),
            },
        }
        for inquiry in made
    ]
    if import_id is not None:
        record_imported(((activities.INQUIRY_OPENED, row) for row in rows), import_id=import_id)
        return
    for row in rows:
        record(activities.INQUIRY_OPENED, **row)


def _require_new_ids(rows: Sequence[Mapping[str, Any]]) -> None:
    ids = [row["external_id"] for row in rows if row["external_id"]]
    if len(set(ids)) < len(ids) or Inquiry.objects.filter(external_id__in=ids).exists():
        raise Refused(_("Another inquiry has this number already."), field="external_id", code="taken")
