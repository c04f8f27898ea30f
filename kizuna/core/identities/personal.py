"""What identities hold about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.identities import actions
from kizuna.core.identities.models import DirectoryUser, Identity


def accounts(*, person: Person) -> Iterator[Any]:
    """Yield the company accounts joined to the member, with what their provider said last."""
    for row in Identity.objects.filter(member_id=person.member_id or 0).select_related("provider").order_by("id"):
        yield {
            "provider": row.provider.slug, "subject": row.subject, "person_id": row.person_id,
            "customer_id": row.customer_id, "said": row.claims, "joined_at": row.created_at, "last_used_at": row.last_used_at,
        }  # fmt: skip


def directory(*, person: Person) -> Iterator[Any]:
    """Yield how the company's directory knows the member."""
    for row in DirectoryUser.objects.filter(member_id=person.member_id or 0).prefetch_related("memberships__group"):
        yield {
            "user_name": row.user_name, "external_id": row.external_id, "is_active": row.is_active, "said": row.extra,
            "groups": [item.group.display_name for item in row.memberships.all()],
        }  # fmt: skip


def forget_accounts(*, person: Person, now: datetime) -> Erased:
    """Remove the company accounts of a person, and what was said of them."""
    return Erased(removed=actions.forget_identities(member_id=person.member_id or 0))


def forget_directory(*, person: Person, now: datetime) -> Erased:
    """Remove the directory's row about a person."""
    return Erased(removed=actions.forget_directory_user(member_id=person.member_id or 0))


ACCOUNTS = PersonalData(
    "identities.accounts",
    _("Company accounts"),
    ("identities.Identity.member", "identities.Attempt.member", "identities.BreakGlass.member"),
    accounts,
    erase=forget_accounts,
)
DIRECTORY = PersonalData(
    "identities.directory", _("Entry in the company's directory"), ("identities.DirectoryUser.member",), directory,
    erase=forget_directory,
)  # fmt: skip
BY_STAFF = PersonalExempt(
    "identities.by_staff",
    covers=("identities.ProviderKey.created_by", "identities.BreakGlass.named_by"),
    reason="Says which owner acted; an erased member's row has no name any more.",
)
