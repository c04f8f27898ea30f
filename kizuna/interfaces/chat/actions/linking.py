"""Say who somebody at LINE is: they themselves by a code from their own page, or the team. Never by a name."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import CustomerLink, by_name
from kizuna.core.members.actions.limits import Limit, TooManyAttempts, attempt
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.chat import policies
from kizuna.interfaces.chat.models import LineCode, LineThread, LineUser
from kizuna.success.customers.models import Contact
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another
GOOD_FOR = timedelta(minutes=15)
TRIES = Limit("chat.line_code", 10, timedelta(hours=1))
JOINED, UNKNOWN = "joined", "unknown"


@transaction.atomic
def make_code(*, viewer: Viewer, now: datetime) -> str:
    """Return a code that the viewer sends by LINE; one made before is good no more."""
    require(can_act(viewer), _("You can read here, but not write."))
    code = "".join(secrets.choice(LETTERS) for _place in range(8))
    LineCode.objects.update_or_create(
        member_id=viewer.own_id, defaults={"code_hash": hashed(code), "expires_at": now + GOOD_FOR}
    )
    return f"{code[:4]}-{code[4:]}"


def take_code(*, user: LineUser, code: str, event_id: str, now: datetime) -> None:
    """Join a LINE user to the member whose code they sent, in the caller's transaction; they are told either way."""
    said = UNKNOWN
    try:
        attempt(TRIES, key=f"line:{user.pk}", now=now)
    except TooManyAttempts:
        found = None
    else:
        codes = LineCode.objects.select_for_update(of=("self",)).select_related("member")
        found = codes.filter(code_hash=hashed(code), expires_at__gt=now).first()
    if found is not None and found.member.is_active:
        found.delete()
        contact = Contact.objects.filter(member=found.member).first()
        _join(user, member=found.member, contact=contact, by_id=found.member_id, now=now)
        said = JOINED
    enqueue("chat.say_line", args={"user": user.pk, "said": said, "key": event_id}, max_attempts=4)


@transaction.atomic
def link_contact(*, viewer: Viewer, user: LineUser, contact: Contact, now: datetime) -> None:
    """Say which person at a customer writes there. What is open of them goes to that customer."""
    policies.require_worker(viewer)
    user = LineUser.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.member_id and contact.member_id and user.member_id != contact.member_id:
        raise Refused(_("They joined their own account, which belongs to somebody else."))
    _join(user, member=contact.member or user.member, contact=contact, by_id=viewer.member_id, now=now)
    open_ones = LineThread.objects.filter(user=user).exclude(inquiry__state=Inquiry.State.CLOSED)
    for thread in open_ones.select_related("inquiry"):
        inquiry = thread.inquiry
        if inquiry.contact_id is None:
            fields = _whose(viewer, inquiry, contact)
            inbox.change_inquiry(viewer=viewer, inquiry=inquiry, fields=fields, now=now)


@transaction.atomic
def unlink(*, viewer: Viewer, user: LineUser) -> None:
    """Say that it is not known who writes there: the team may, and the member for themselves."""
    if user.member_id != viewer.member_id:
        policies.require_worker(viewer)
    LineUser.objects.filter(pk=user.pk).update(contact=None, member=None, linked_by=None, linked_at=None)


def _whose(viewer: Viewer, inquiry: Inquiry, contact: Contact) -> dict[str, int | None]:
    """Return person and customer of an inquiry, now that the person is known. Raises Refused where they do not fit."""
    link = by_name(CustomerLink, "inbox")
    assert link is not None
    known = {"account_id": inquiry.account_id, "contact_id": contact.pk, "member_id": inquiry.member_id}
    said = link.complete(viewer=viewer, at=inquiry.received_at, **known)
    return {name: said[name] for name in ("account_id", "contact_id")}


def _join(user: LineUser, *, member: Member | None, contact: Contact | None, by_id: int | None, now: datetime) -> None:
    user.member, user.contact, user.linked_by_id, user.linked_at = member, contact, by_id, now
    user.save(update_fields=["member", "contact", "linked_by", "linked_at"])
