"""Who asks or answers, as numbers that programs send: each must be there, and all must be the same person at one customer."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.customers.queries.visible import accounts_visible_to, contacts_visible_to

MOST = 2**63


def completed(
    *, viewer: Viewer, account_id: int | None, contact_id: int | None, member_id: int | None, at: datetime
) -> dict[str, int | None]:
    """Return customer, person, member and address that go together; Refused names the field that does not."""
    account = _account(viewer, account_id)
    contact = _contact(viewer, contact_id) or contacts_visible_to(viewer).filter(member_id=member_id or 0).first()
    if contact is None:
        return {"account_id": account_id, "contact_id": None, "member_id": member_id, "recipient_id": None}
    if member_id and contact.member_id and contact.member_id != member_id:
        raise Refused(_("This member is somebody else than the person at the customer."), field="member")
    field = "contact_id" if contact_id else "member"
    return {
        "account_id": _workplace(contact, account, at, field=field),
        "contact_id": contact.pk,
        "member_id": member_id or contact.member_id,
        "recipient_id": contact.recipient_id,
    }


def _account(viewer: Viewer, account_id: int | None) -> Account | None:
    if account_id is None:
        return None
    account = _existing(accounts_visible_to(viewer), account_id)
    if account is None:
        raise Refused(_("There is no customer with this number."), field="account_id")
    if account.state == Account.State.MERGED:
        raise Refused(_("This customer was merged into another one."), field="account_id")
    return account


def _contact(viewer: Viewer, contact_id: int | None) -> Contact | None:
    if contact_id is None:
        return None
    contact = _existing(contacts_visible_to(viewer), contact_id)
    if contact is None:
        raise Refused(_("There is no person with this number."), field="contact_id")
    return contact


def _workplace(contact: Contact, account: Account | None, at: datetime, *, field: str) -> int | None:
    """Return where the person was: at the customer named, past times included, else at the only one of that moment."""
    if account is not None:
        if not Employment.objects.filter(contact=contact, account=account).exists():
            raise Refused(_("This person does not work at this customer."), field=field)
        return account.pk
    at_work = Q(started_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))
    places = set(Employment.objects.filter(at_work, contact=contact).values_list("account_id", flat=True))
    return places.pop() if len(places) == 1 else None


def _existing(rows: QuerySet[Any], pk: int) -> Any:
    return rows.filter(pk=pk).first() if 0 < pk < MOST else None
