"""Contacts in the REST API: people at accounts."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import PageOut, page_of
from kizuna.core.members.requests import Request
from kizuna.success.customers import actions
from kizuna.success.customers.api.asking import HIDDEN, OfAccount, account_of, note_reading, seen
from kizuna.success.customers.models import Contact
from kizuna.success.customers.policies import require_reader
from kizuna.success.customers.queries import visible

router = Router(tags=["customers"])


class ContactIn(Input):
    account_id: int
    name: str
    kana: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""
    department: str = ""
    title: str = ""


class ContactPatch(Input):
    name: str = ""
    kana: str = ""
    email: str = ""
    phone: str = ""
    external_id: str = ""


class SeatOut(Schema):
    account_id: int
    department: str
    title: str
    started_at: datetime
    ended_at: datetime | None


class ContactOut(Schema):
    id: int
    name: str
    kana: str
    email: str | None = Field(description=HIDDEN)
    phone: str | None = Field(description=HIDDEN)
    external_id: str
    member: str = Field(description="The handle of the member this person is, or empty.")
    employments: list[SeatOut]
    url: str


class ContactPage(PageOut):
    items: list[ContactOut]


@router.get("/contacts", response=ContactPage, exclude_unset=True, summary="List contacts")
def list_contacts(request: Request, page: Query[OfAccount]) -> dict[str, Any]:
    """List the people at customers."""
    require_reader(request.viewer)
    note_reading(request, "contact", None)
    contacts = visible.contacts_visible_to(request.viewer).select_related("member").prefetch_related("employments")
    if page.account is not None:
        contacts = contacts.filter(pk__in=account_of(request, page.account).employments.values("contact_id"))
    return page_of(contacts, query=page, order=["id"], shown=lambda row: _contact(request, row))


@router.post("/contacts", response={201: ContactOut}, summary="Add a contact")
def add_contact(request: Request, sent: ContactIn) -> Status:
    """Add a person at a customer; somebody known by the address is taken on, not added twice."""
    require_reader(request.viewer)
    account = account_of(request, sent.account_id)
    contact = actions.add_contact(viewer=request.viewer, account=account, fields=sent.model_dump(), now=timezone.now())
    return Status(201, _contact(request, visible.contact_for(request.viewer, contact.pk)))


@router.get("/contacts/{id:contact_id}", response=ContactOut, summary="Read a contact")
def read_contact(request: Request, contact_id: int) -> dict[str, Any]:
    require_reader(request.viewer)
    contact = visible.contact_for(request.viewer, contact_id)
    note_reading(request, "contact", contact.pk)
    return _contact(request, contact)


@router.patch("/contacts/{id:contact_id}", response=ContactOut, summary="Change a contact")
def change_contact(request: Request, contact_id: int, sent: ContactPatch) -> dict[str, Any]:
    """Change the fields that are sent; the others stay."""
    require_reader(request.viewer)
    contact = visible.contact_for(request.viewer, contact_id)
    fields = sent.model_dump(exclude_unset=True)
    actions.change_contact(viewer=request.viewer, contact=contact, fields=fields, now=timezone.now())
    return _contact(request, visible.contact_for(request.viewer, contact_id))


def _contact(request: Request, contact: Contact) -> dict[str, Any]:
    names = ("account_id", "department", "title", "started_at", "ended_at")
    seats = sorted(contact.employments.all(), key=lambda seat: seat.pk)
    return {
        **seen(request, contact, ("id", "name", "kana", "email", "phone", "external_id")),
        "member": contact.member.handle if contact.member else "",
        "employments": [{name: getattr(seat, name) for name in names} for seat in seats],
        "url": whole(request, f"/desk/contacts/{contact.pk}/"),
    }
