"""Who of the sample came through whom, and what some of its members say."""

from datetime import datetime, timedelta
from itertools import cycle

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.referrals import actions as referrals
from kizuna.engagement.testimonials import actions as testimonials
from kizuna.engagement.testimonials.actions import Words
from kizuna.success.customers.models import Contract
from kizuna.success.origins import actions as origins

REFERRERS = ("kimura", "onishi")
CAME = 7
WORDING = "入力した名前・会社名とともに、次の場所への掲載に同意します。いつでも取り下げられます。"
SAID = (
    ("kimura", "定期便の変更を、電話ではなく広場で先に調べるようになりました。夜でも答えが見つかります。", True),
    ("onishi", "同じ規模のお店の工夫が読めるので、ひとりで悩まなくなりました。", True),
    ("miura", "のしの設定で困ったとき、半日で三つのやり方を教えてもらえました。", False),
)


def load_referrals(*, people: dict[str, Member], now: datetime) -> int:
    """Write links, who came by them, origins and words; return how many came."""
    codes = {}
    for place, handle in enumerate(REFERRERS):
        link = referrals.make_link(viewer=viewer_of(people[handle]), now=now - timedelta(days=400))
        codes[handle] = link.code
        for visit in range(14 + 5 * place):
            referrals.count_visit(code=link.code, now=now - timedelta(days=visit * 19 % 330))
    shops = [member for member in people.values() if not viewer_of(member).is_staff and member.handle not in REFERRERS]
    latest = sorted(shops, key=lambda member: member.joined_at, reverse=True)[:CAME]
    came = [
        member
        for member, handle in zip(latest, cycle(REFERRERS), strict=False)
        if referrals.credit_link(member=member, code=codes[handle], now=member.joined_at)
    ]
    for member in came:
        origins.note_referred(member_id=member.pk, now=now)
    for contract in Contract.objects.order_by("pk"):
        origins.note_contract(contract_id=contract.pk, now=now)
    _say(people, now=now)
    return len(came)


def _say(people: dict[str, Member], *, now: datetime) -> None:
    owner = viewer_of(people["saeki"])
    for place, (handle, text, is_approved) in enumerate(SAID):
        member, at = people[handle], now - timedelta(days=20 - 3 * place)
        words = Words(
            text=text,
            shown_name=member.name,
            shown_company=member.company,
            in_community=True,
            on_site=True,
            until=(now + timedelta(days=365)).date(),
            wording=WORDING,
        )
        row = testimonials.give(viewer=viewer_of(member), words=words, now=at)
        if is_approved:
            testimonials.decide(viewer=owner, testimonial=row, is_approved=True, now=at + timedelta(hours=20))
