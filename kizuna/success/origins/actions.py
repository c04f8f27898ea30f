"""Note through whom accounts and contracts came: by link, by staff with a reason, or from the account."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.referrals.models import Referral
from kizuna.success.customers.models import Account, Contract, Employment
from kizuna.success.customers.policies import require_worker
from kizuna.success.origins import activities
from kizuna.success.origins.models import Origin

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@transaction.atomic
def set_origin(
    *,
    viewer: Viewer,
    account: Account,
    referrer: Member | None,
    reason: str,
    now: datetime,
    contract: Contract | None = None,
) -> Origin:
    """Say through whom an account, or one of its contracts, came; None: nobody. What it was before stays readable."""
    require_worker(viewer)
    reason = " ".join(_CONTROLS.sub(" ", reason).split())
    if not reason or len(reason) > 400:
        raise Refused(_("Please give a reason of at most 400 characters."), field="reason")
    if contract is not None and contract.account_id != account.pk:
        raise Refused(_("Please choose from the list."), field="contract")
    if referrer is not None:
        _require_outsider(referrer, account)
        if contract is None:
            _lock_origins()
            _require_no_circle(referrer, account)
    by_id = viewer.own_id
    return _set(account, contract, referrer, how=Origin.How.STAFF, reason=reason, by_id=by_id, now=now)


@transaction.atomic
def note_referred(*, member_id: int, now: datetime) -> int:
    """Let the accounts of a member who was referred have the same origin, if they have none and were no customers before.

    Returns how many were noted.
    """
    referral = Referral.objects.select_related("referrer", "member").filter(member_id=member_id).first()
    if referral is None or referral.referrer is None:
        return 0
    since = referral.created_at.astimezone(ZoneInfo(community.setting(keys.TIME_ZONE))).date()
    seats = Employment.objects.filter(contact__member_id=member_id, ended_at=None).select_related("account")
    count = 0
    for seat in seats.order_by("account_id"):
        account = seat.account
        if Origin.objects.filter(account=account).exists() or _works_at(referral.referrer, account):
            continue
        _lock_origins()
        if _company_brought_by(account, referrer=referral.referrer):
            continue
        if Contract.objects.filter(account=account, starts_on__lt=since).exists():
            continue
        _set(account, None, referral.referrer, how=Origin.How.LINK, reason="", by_id=None, now=now)
        count += 1
    return count


@transaction.atomic
def note_contract(*, contract_id: int, now: datetime) -> Origin | None:
    """Let a new contract take over the origin that its account has at this moment."""
    contract = Contract.objects.select_related("account").filter(pk=contract_id).first()
    if contract is None or Origin.objects.filter(contract=contract).exists():
        return None
    known = Origin.objects.filter(account_id=contract.account_id, ended_at=None).exclude(referrer=None).first()
    if known is None:
        return None
    return _set(contract.account, contract, known.referrer, how=Origin.How.ACCOUNT, reason="", by_id=None, now=now)


def note_export(*, viewer: Viewer, query: str, now: datetime) -> None:
    """Keep who took the report out of the house."""
    log_manager_action("origins.exported", member_id=viewer.member_id, subject=query, now=now)


@transaction.atomic
def erase_person(person: Member) -> int:
    """Take a person out as a referrer, and out of who wrote it down. Returns how many rows named them."""
    named = Origin.objects.filter(referrer=person).update(referrer=None, reason="")
    Origin.objects.filter(by=person).update(by=None)
    return named


def _set(
    account: Account,
    contract: Contract | None,
    referrer: Member | None,
    *,
    how: str,
    reason: str,
    by_id: int | None,
    now: datetime,
) -> Origin:
    # The account's row is held, so that two changes at once are one after the other.
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    thing = {"contract": contract} if contract is not None else {"account": account}
    Origin.objects.filter(**thing, ended_at=None).update(ended_at=now)
    origin = Origin.objects.create(**thing, referrer=referrer, how=how, reason=reason, by_id=by_id, started_at=now)
    record(
        activities.ORIGIN_SET,
        actor_id=by_id,
        object_type="contract" if contract is not None else "account",
        object_id=contract.pk if contract is not None else account.pk,
        at=now,
        props={"referrer": referrer.pk if referrer else None, "how": str(how)},
    )
    return origin


def _require_outsider(referrer: Member, account: Account) -> None:
    if referrer.is_system or referrer.state == Member.State.ERASED:
        raise Refused(_("There is no such member."), field="referrer")
    if _works_at(referrer, account):
        raise Refused(_("This member works there: nobody refers their own company."), field="referrer")


def _require_no_circle(referrer: Member, account: Account) -> None:
    company = _company_brought_by(account, referrer=referrer)
    if company is not None:
        words = {"company": company.name, "account": account.name}
        raise Refused(
            _(
                "This member works at %(company)s, which itself came through %(account)s, directly or by way of others."
                " A referral cannot close a circle."
            )
            % words,
            field="referrer",
        )


def _company_brought_by(account: Account, *, referrer: Member) -> Account | None:
    """Return a company of the referrer that came, perhaps by way of others, through somebody of this account."""
    for company in _companies_of({referrer.pk}):
        seen, reached = {company.pk}, {company.pk}
        while reached:
            brought = Origin.objects.filter(account_id__in=reached, ended_at=None).exclude(referrer=None)
            reached = {found.pk for found in _companies_of(set(brought.values_list("referrer_id", flat=True)))} - seen
            if account.pk in reached:
                return company
            seen |= reached
    return None


def _companies_of(member_ids: set[int]) -> list[Account]:
    """Return where members work now."""
    seats = Employment.objects.filter(contact__member_id__in=member_ids, ended_at=None)
    return list(Account.objects.filter(pk__in=seats.values("account_id")).order_by("pk"))


def _lock_origins() -> None:
    """Origins of accounts are said one at a time: two at once could close a circle that neither sees."""
    Account.objects.select_for_update(of=("self",)).order_by("pk").first()


def _works_at(member: Member, account: Account) -> bool:
    return Employment.objects.filter(contact__member=member, account=account, ended_at=None).exists()
