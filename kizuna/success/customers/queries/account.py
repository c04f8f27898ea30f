"""One customer at a glance: people, contracts, open questions."""

from typing import Any

from django.db.models import Prefetch

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.queries import topics_visible_to
from kizuna.success.customers import seeing
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    Contact,
    Contract,
    ContractChange,
    ContractLine,
    Employment,
    Purchase,
    SuccessDefinition,
)

PEOPLE = 50


def people_of(account: Account, *, limit: int = PEOPLE) -> list[Employment]:
    """Return who works there and who has left, those who are there first."""
    people = Employment.objects.filter(account=account).select_related("contact__member")
    present = list(people.filter(ended_at=None).order_by("contact__reading", "pk")[:limit])
    return present + list(people.exclude(ended_at=None).order_by("-ended_at", "-pk")[: max(limit - len(present), 5)])


def contracts_of(account: Account) -> list[Contract]:
    """Return the contracts with their lines, the latest first."""
    lines = Prefetch("lines", ContractLine.objects.order_by("starts_on", "pk"))
    return list(
        Contract.objects.filter(account=account)
        .select_related("billing_account")
        .prefetch_related(lines)
        .order_by("-starts_on", "-pk")[:50]
    )


def billed_contracts_of(account: Account) -> list[Contract]:
    """Return contracts of others that this account pays for, as a reseller."""
    return list(Contract.objects.filter(billing_account=account).select_related("account").order_by("-starts_on")[:20])


def changes_of(contract: Contract) -> list[ContractChange]:
    return list(contract.changes.select_related("by").order_by("-at", "-pk")[:50])


def purchases_of(account: Account) -> list[Purchase]:
    return list(account.purchases.order_by("-purchased_on", "-pk")[:10])


def success_of(account: Account) -> SuccessDefinition | None:
    """Return what was agreed last."""
    return account.success_definitions.select_related("by").order_by("-created_at", "-pk").first()


def attributes_of(viewer: Viewer, account: Account) -> list[tuple[AccountAttribute, Any]]:
    """Return the manager's fields that the viewer sees, with today's values."""
    held = dict(
        AccountAttributeValue.objects.filter(account=account, ended_at=None).values_list("attribute_id", "value")
    )
    fields = AccountAttribute.objects.filter(is_archived=False).order_by("position", "pk")
    return [(field, held.get(field.pk)) for field in fields if seeing.sees_attribute(viewer, field)]


def open_questions(viewer: Viewer, account: Account, *, limit: int = 5) -> list[Topic]:
    """Return what the account's members asked and nobody has solved, as far as the viewer may read it."""
    members = Employment.objects.filter(account=account, ended_at=None, contact__member__isnull=False)
    asked = topics_visible_to(viewer).filter(
        author_id__in=members.values("contact__member_id"),
        space__kind=Space.Kind.QUESTION,
        accepted_post__isnull=True,
        is_closed=False,
        state=State.VISIBLE,
    )
    return list(asked.select_related("author", "space").order_by("-created_at", "-id")[:limit])


def employments_of(contact: Contact) -> list[Employment]:
    """Return where a person works and worked, the latest first."""
    return list(contact.employments.select_related("account").order_by("-started_at", "-pk"))


def staff() -> list[Member]:
    """Return the team, for choices of an owner."""
    team = Member.objects.filter(role_grants__isnull=False, state=Member.State.ACTIVE, is_system=False)
    return list(team.distinct().order_by("reading", "id"))
