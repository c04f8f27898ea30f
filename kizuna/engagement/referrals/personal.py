"""What referrals hold about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData, PersonalExempt
from kizuna.core.members.models import Member
from kizuna.engagement.referrals import actions
from kizuna.engagement.referrals.queries import personal_rows_of


def link(*, person: Person) -> Iterator[Any]:
    """Yield the member's own link."""
    yield from _rows(person, "referral_link")


def came(*, person: Person) -> Iterator[Any]:
    """Yield by whom the member came."""
    yield from _rows(person, "referral")


def brought(*, person: Person) -> Iterator[Any]:
    """Yield when somebody came by the member, without names."""
    yield from _rows(person, "referred")


def forget(*, person: Person, now: datetime) -> Erased:
    """Take the member out as referrer and as referred."""
    return Erased(removed=sum(actions.erase_person(member) for member in _member(person)))


def _rows(person: Person, name: str) -> Iterator[Any]:
    for member in _member(person):
        yield from personal_rows_of(member)[name]


def _member(person: Person) -> Any:
    return Member.objects.filter(pk=person.member_id or 0)


LINK = PersonalData("referrals.link", _("Your link"), ("referrals.ReferralLink.member",), link, erase=forget)
CAME = PersonalData("referrals.came", _("By whom you came"), ("referrals.Referral.member",), came)
BROUGHT = PersonalData(
    "referrals.brought",
    _("When somebody came by you"),
    ("referrals.Referral.referrer", "referrals.ReferralChange.referrer"),
    brought,
)
BY_STAFF = PersonalExempt(
    "referrals.by_staff",
    covers=("referrals.ReferralChange.by",),
    reason="Says which member of staff set a referrer; an erased member's row has no name any more.",
)
