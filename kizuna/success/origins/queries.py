"""Read origins, and the report of those who were referred."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.referrals.models import Referral, ReferralVisitDay
from kizuna.success.customers.models import Account, Contract, Employment
from kizuna.success.origins.models import Origin

LISTED = 5000


@dataclass(frozen=True)
class Came:
    """One member who was referred, and how far it went."""

    referral: Referral
    is_here: bool
    took_part: bool
    contract: Contract | None


@dataclass(frozen=True)
class Report:
    opened: int
    by_link: int
    by_staff: int
    here: int
    took_part: int
    bought: int
    rows: list[Came]


def origin_of_account(account_id: int) -> Origin | None:
    """Return through whom an account came, as far as is known today."""
    return Origin.objects.select_related("referrer", "by").filter(account_id=account_id, ended_at=None).first()


def origin_of_contract(contract_id: int) -> Origin | None:
    """Return through whom a contract came, as far as is known today."""
    return Origin.objects.select_related("referrer").filter(contract_id=contract_id, ended_at=None).first()


def origins_around(viewer: Viewer, account: Account) -> list[Origin]:
    """Return every origin of an account and of its contracts, ended ones too, the latest first."""
    if not can_use_desk(viewer):
        return []
    rows = Origin.objects.filter(account=account) | Origin.objects.filter(contract__account=account)
    return list(rows.select_related("referrer", "by", "contract").order_by("-started_at", "-pk")[:100])


def report(viewer: Viewer, *, since: date, until: date) -> Report:
    """Return who was referred from `since` to `until` (both days included) and what became of them."""
    if not can_use_desk(viewer):
        return Report(0, 0, 0, 0, 0, 0, [])
    begin, end = _midnight(since), _midnight(until + timedelta(days=1))
    referred = Referral.objects.exclude(referrer=None).filter(created_at__gte=begin, created_at__lt=end)
    found = list(referred.select_related("member", "referrer").order_by("-created_at", "-pk")[:LISTED])
    bought = _contracts_of([row.member_id for row in found])
    rows = [_came(row, bought.get(row.member_id)) for row in found]
    visits = ReferralVisitDay.objects.filter(day__gte=since, day__lte=until)
    return Report(
        opened=visits.aggregate(total=Sum("count"))["total"] or 0,
        by_link=sum(row.how == Referral.How.LINK for row in found),
        by_staff=sum(row.how == Referral.How.STAFF for row in found),
        here=sum(row.is_here for row in rows),
        took_part=sum(row.took_part for row in rows),
        bought=sum(row.contract is not None for row in rows),
        rows=rows,
    )


def personal_rows_of(person: Member) -> dict[str, list[dict[str, Any]]]:
    """Return where a person stands as a referrer."""
    names = ("account__name", "contract__external_id", "how", "started_at", "ended_at")
    return {"origin": list(Origin.objects.filter(referrer=person).order_by("pk").values(*names))}


def _came(row: Referral, contract: Contract | None) -> Came:
    is_here = row.member.state == Member.State.ACTIVE
    took_part = is_here and bool(row.member.topic_count or row.member.post_count)
    return Came(referral=row, is_here=is_here, took_part=took_part, contract=contract)


def _contracts_of(member_ids: list[int]) -> dict[int, Contract]:
    """Return the first contract with an origin that began on the day its member came or later."""
    seats = Employment.objects.filter(contact__member_id__in=member_ids).select_related("contact__member")
    places = [(seat.contact.member, seat.account_id) for seat in seats if seat.contact.member]
    known = Origin.objects.exclude(contract=None).exclude(referrer=None).filter(
        ended_at=None, contract__account_id__in=[account_id for _member, account_id in places]
    )  # fmt: skip
    contracts: dict[int, list[Contract]] = {}
    for origin in known.select_related("contract__account").order_by("contract__starts_on", "contract_id"):
        if origin.contract is not None:
            contracts.setdefault(origin.contract.account_id, []).append(origin.contract)
    first: dict[int, Contract] = {}
    zone = ZoneInfo(community.setting(keys.TIME_ZONE))
    for member, account_id in places:
        since = member.joined_at.astimezone(zone).date()
        later = [contract for contract in contracts.get(account_id, []) if contract.starts_on >= since]
        if later and (member.pk not in first or later[0].starts_on < first[member.pk].starts_on):
            first[member.pk] = later[0]
    return first


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(community.setting(keys.TIME_ZONE)))
