"""One customer at a glance: people, contracts, open questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from kizuna.core.members.models import Member
from kizuna.core.members.policies import DESK, can_use_desk
from kizuna.core.members.queries import by_name
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.queries import topics_visible_to
from kizuna.success.customers import seeing
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    AccountDomain,
    Contact,
    Contract,
    ContractChange,
    ContractLine,
    Employment,
    Merge,
    Purchase,
    PutOffStep,
    SuccessDefinition,
)
from kizuna.success.customers.queries.kept import attributes_in_use
from kizuna.success.customers.queries.visible import accounts_visible_to

PEOPLE = 50
LEFT = 5  # of those who have left so many are named even where the others fill the list
READ_ONCE = "_read_once"
Rows = TypeVar("Rows")


@dataclass(frozen=True)
class Glance:
    """An account, and what of it there is at all (RARE): what there is none of, nobody need ask for."""

    account: Account
    has: frozenset[str]


# Where most accounts have nothing.
RARE: dict[str, QuerySet[Any]] = {
    "billed": Contract.objects.filter(billing_account=OuterRef("pk")),
    "children": Account.objects.filter(parent=OuterRef("pk")).exclude(state=Account.State.MERGED),
    "domains": AccountDomain.objects.filter(account=OuterRef("pk")),
    "merges": Merge.objects.filter(kept=OuterRef("pk"), undone_at=None),
    "purchases": Purchase.objects.filter(account=OuterRef("pk")),
    "put_off": PutOffStep.objects.filter(account=OuterRef("pk"), ended_at=None),
    "success": SuccessDefinition.objects.filter(account=OuterRef("pk")),
    "values": AccountAttributeValue.objects.filter(account=OuterRef("pk"), ended_at=None),
}


def glance_of(viewer: Viewer, account_id: int) -> Glance:
    """Return an account with what there is of it, in one statement; or Http404."""
    has = {f"has_{name}": Exists(rows) for name, rows in RARE.items()}
    rows = accounts_visible_to(viewer).select_related("owner", "parent").annotate(**has)
    account = rows.filter(pk=account_id).first()
    if account is None:
        raise Http404
    account.__dict__[READ_ONCE] = {}
    return Glance(account, frozenset(name for name in RARE if getattr(account, f"has_{name}")))


def read_once(account: Account, name: str, read: Callable[[], Rows]) -> Rows:
    """Return what `read` gives: of an account at a glance it is asked once, for every part of its page."""
    kept: dict[str, Any] | None = account.__dict__.get(READ_ONCE)
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    return kept[name]


def people_of(account: Account, *, limit: int = PEOPLE) -> list[Employment]:
    """Return who works there and who has left, those who are there first; of a person their last post alone."""
    later = (
        Q(ended_at=None)
        | Q(ended_at__gt=OuterRef("ended_at"))
        | Q(ended_at=OuterRef("ended_at"), pk__gt=OuterRef("pk"))
    )
    again = Employment.objects.filter(later, account=account, contact=OuterRef("contact"))
    people = Employment.objects.filter(Q(ended_at=None) | ~Exists(again), account=account)
    people = people.select_related("contact__member")
    here_first = F("ended_at").desc(nulls_first=True)
    found = list(people.order_by(here_first, "contact__reading", "pk")[: limit + LEFT])
    here = [seat for seat in found if seat.ended_at is None][:limit]
    left = [seat for seat in found if seat.ended_at is not None]
    wanted = max(limit - len(here), LEFT)
    if len(left) < wanted and len(found) == limit + LEFT:  # those who are there fill it
        left = list(people.exclude(ended_at=None).order_by("-ended_at", "-pk")[:wanted])
    return here + left[:wanted]


def counted_people(account: Account, people: Sequence[Employment] | None = None) -> tuple[int, int]:
    """Return how many work there and how many of them are members: counted from who is known already, where that is all."""
    here = [seat for seat in people or () if seat.ended_at is None]
    if people is not None and len(here) < PEOPLE:
        return len(here), sum(seat.contact.member_id is not None for seat in here)
    found = Employment.objects.filter(account=account, ended_at=None)
    counts = found.aggregate(people=Count("pk"), members=Count("contact__member"))
    return counts["people"], counts["members"]


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
    return [(field, held.get(field.pk)) for field in attributes_seen_by(viewer)]


def attributes_seen_by(viewer: Viewer) -> list[AccountAttribute]:
    """Return the manager's fields that the viewer sees."""
    return [field for field in attributes_in_use() if seeing.sees_attribute(viewer, field)]


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
    """Return where a person works and worked: where they are still first, the latest first."""
    here_first = F("ended_at").desc(nulls_first=True)
    return list(contact.employments.select_related("account").order_by(here_first, "-started_at", "-pk"))


def staff() -> list[Member]:
    """Return the team, for choices of an owner."""
    team = Member.objects.filter(role_grants__isnull=False, state=Member.State.ACTIVE, is_system=False)
    return list(team.distinct().order_by("reading", "id"))


def colleagues(viewer: Viewer, text: str, *, limit: int = 8) -> list[Member]:
    """Return whom a note may name, by what was typed: the colleagues with the desk."""
    if not can_use_desk(viewer):
        return []
    team = Member.objects.filter(role_grants__role__in=DESK, state=Member.State.ACTIVE, is_system=False)
    return list(by_name(team.distinct(), text).order_by("reading", "id")[:limit])
