"""One customer at a glance: people, contracts, open questions, what to do next and why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch

from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.engagement.discussions.queries import topics_visible_to
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

QUIET_DAYS = 45
PEOPLE = 50


@dataclass(frozen=True)
class NextStep:
    """What to do next and the fact it rests on; `wording` in the view says it."""

    what: str
    day: date | None = None
    count: int = 0
    title: str = ""
    url: str = ""


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


def attributes_of(account: Account) -> list[tuple[AccountAttribute, Any]]:
    """Return the manager's fields with today's values."""
    held = dict(
        AccountAttributeValue.objects.filter(account=account, ended_at=None).values_list("attribute_id", "value")
    )
    fields = AccountAttribute.objects.filter(is_archived=False).order_by("position", "pk")
    return [(field, held.get(field.pk)) for field in fields]


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


def next_step(
    account: Account, *, questions: list[Topic], people: list[Employment], now: datetime, today: date
) -> NextStep | None:
    """Return the first thing that waits, by fact and day; nothing is guessed."""
    if account.state == Account.State.MERGED:
        return None
    if account.owner_id is None:
        return NextStep("no_owner")
    if account.notice_by and today <= account.notice_by <= today + timedelta(days=30):
        return NextStep("notice", day=account.notice_by)
    waiting = [topic for topic in questions if now - topic.created_at > timedelta(days=2)]
    if waiting:
        return NextStep("question", count=len(waiting), title=waiting[-1].title, url=f"/t/{waiting[-1].pk}/")
    if account.next_review_on and account.next_review_on <= today:
        return NextStep("review", day=account.next_review_on)
    if account.state == Account.State.ACTIVE and not any(item.ended_at is None for item in people):
        return NextStep("no_contact")
    if account.state == Account.State.ACTIVE and _is_quiet(account, now):
        return NextStep("quiet", day=account.last_touched_at.date() if account.last_touched_at else None)
    return None


def _is_quiet(account: Account, now: datetime) -> bool:
    return account.last_touched_at is None or now - account.last_touched_at > timedelta(days=QUIET_DAYS)


def employments_of(contact: Contact) -> list[Employment]:
    """Return where a person works and worked, the latest first."""
    return list(contact.employments.select_related("account").order_by("-started_at", "-pk"))


def staff() -> list[Member]:
    """Return the team, for choices of an owner."""
    team = Member.objects.filter(role_grants__isnull=False, state=Member.State.ACTIVE, is_system=False)
    return list(team.distinct().order_by("reading", "id"))
