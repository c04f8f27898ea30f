"""What every resource of customers asks, and what builds on them: of which account, whose it is, and who read it."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field

from kizuna.base.api.paging import PageQuery
from kizuna.core.audit import actions as audit
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries import visible

HIDDEN = "null where it is hidden from your role"


class OfAccount(PageQuery):
    account: int | None = Field(None, description="Only those of this account.")


def note_reading(request: Request, what: str, number: int | None) -> None:
    """Write down, once an hour, that a program read one of these or a list of them."""
    audit.note_viewing(
        actor_id=request.viewer.member_id,
        page="api",
        subject=(what, number),
        now=timezone.now(),
        action="person.viewed" if number else "people.listed",
    )


def account_of(request: Request, account_id: int) -> Account:
    """Return the account that a body or an address names; one that is not there is a mistake in the input."""
    account = (
        visible.accounts_visible_to(request.viewer).filter(pk=account_id).first() if 0 < account_id < 2**63 else None
    )
    if account is None:
        raise Refused(_("There is no customer with this number."), field="account_id")
    return account


def with_owner(fields: dict[str, Any]) -> dict[str, Any]:
    """Put the member in the place of the owner's handle, where an owner is named."""
    if "owner" not in fields:
        return fields
    handle = fields.pop("owner")
    owner = Member.objects.filter(handle=handle).first() if handle else None
    if handle and owner is None:
        raise Refused(_("Please choose somebody of the team."), field="owner")
    return {**fields, "owner_id": owner.pk if owner else None}


def seen(request: Request, row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return fields of a row; those that the viewer does not see are null."""
    hidden = seeing.hidden_fields(request.viewer)
    return {name: None if name in hidden else getattr(row, name) for name in names}
