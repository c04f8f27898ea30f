"""Read links and referrals: one's own, and for staff a member's with its history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum

from kizuna.core.community.queries import setting
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_manage, keeps_attributes
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.referrals.models import Referral, ReferralChange, ReferralLink, ReferralVisitDay
from kizuna.engagement.referrals.settings import IS_ON

SHOWN = 200
LONGEST_CHAIN = 1000


@dataclass(frozen=True)
class Invited:
    """One who came by the viewer's link: a state and a month, and a name only where the person said so."""

    name: str
    handle: str
    state: str
    since: datetime


@dataclass(frozen=True)
class Own:
    """What a member may know of their own referring."""

    link: ReferralLink | None
    visits: int
    joined: int
    waiting: int
    active: int
    invited: list[Invited]


def is_on() -> bool:
    """Tell whether referring is switched on in this community."""
    return bool(setting(IS_ON))


def open_link(code: str) -> ReferralLink | None:
    """Return the link that a code leads to, if it and its member are in use."""
    if not is_on():
        return None
    links = ReferralLink.objects.select_related("member").filter(code=code, is_on=True)
    return links.filter(member__state=Member.State.ACTIVE).first()


def own(viewer: Viewer) -> Own:
    """Return the viewer's link and what became of it."""
    link = ReferralLink.objects.filter(member_id=viewer.own_id).first()
    visits = ReferralVisitDay.objects.filter(link=link).aggregate(total=Sum("count"))["total"] or 0 if link else 0
    mine = Referral.objects.filter(referrer_id=viewer.own_id).select_related("member")
    states = dict(mine.values_list("member__state").annotate(n=Count("pk")).order_by())
    taking_part = Q(member__topic_count__gt=0) | Q(member__post_count__gt=0)
    active = mine.filter(taking_part, member__state=Member.State.ACTIVE).count()
    invited = [_invited(row) for row in mine.order_by("-created_at", "-pk")[:SHOWN]]
    return Own(
        link=link,
        visits=visits,
        joined=states.get(Member.State.ACTIVE, 0),
        waiting=states.get(Member.State.WAITING, 0),
        active=active,
        invited=invited,
    )


def referral_of(member_id: int) -> Referral | None:
    """Return by whom a member came."""
    return Referral.objects.select_related("referrer").filter(member_id=member_id).first()


def changes_of(viewer: Viewer, member_id: int) -> list[ReferralChange]:
    """Return the history of a member's 紹介元, the latest first, for those who may set it."""
    if not keeps_attributes(viewer):
        return []
    changes = ReferralChange.objects.filter(referral__member_id=member_id).select_related("referrer", "by")
    return list(changes.order_by("-at", "-pk")[:50])


def links_for_managers(viewer: Viewer) -> list[dict[str, Any]]:
    """Return the links by how many came, for managers."""
    if not can_manage(viewer):
        return []
    came = Count("pk")
    joined = dict(Referral.objects.exclude(referrer=None).values_list("referrer_id").annotate(n=came).order_by())
    links = ReferralLink.objects.select_related("member").annotate(seen=Sum("visits__count")).order_by(
        F("seen").desc(nulls_last=True), "pk"
    )[:SHOWN]  # fmt: skip
    return [{"link": link, "visits": link.seen or 0, "joined": joined.get(link.member_id, 0)} for link in links]


def chain_above(member_id: int) -> Iterator[int]:
    """Yield who referred a member, who referred those, and so on."""
    seen: set[int] = set()
    current: int | None = member_id
    while current is not None and current not in seen and len(seen) < LONGEST_CHAIN:
        seen.add(current)
        current = Referral.objects.filter(member_id=current).values_list("referrer_id", flat=True).first()
        if current is not None:
            yield current


def personal_rows_of(person: Member) -> dict[str, list[dict[str, Any]]]:
    """Return what is kept of a person: their link, by whom they came, whom they brought (without names)."""
    names = ("how", "shows_name", "created_at")
    return {
        "referral_link": list(ReferralLink.objects.filter(member=person).values("code", "is_on", "created_at")),
        "referral": list(Referral.objects.filter(member=person).values("referrer__handle", *names)),
        "referred": list(Referral.objects.filter(referrer=person).values("how", "created_at")),
    }


def _invited(row: Referral) -> Invited:
    shown = row.shows_name and row.member.state == Member.State.ACTIVE
    state = row.member.state
    if state == Member.State.ACTIVE and (row.member.topic_count or row.member.post_count):
        state = "taking_part"
    return Invited(
        name=row.member.name if shown else "",
        handle=row.member.handle if shown else "",
        state=state if state in (Member.State.ACTIVE, Member.State.WAITING, "taking_part") else "gone",
        since=row.created_at,
    )
