"""Facts of every kind over real tables, and the same rule evaluated naively in Python."""

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from kizuna.base.rules.compiler import holds
from kizuna.base.rules.facts import Catalogue, Choice, Column, Dated, Entity, Fact, Kind, Relation, Rows
from kizuna.base.rules.moment import Moment
from kizuna.base.rules.tree import Group, Related
from kizuna.core.activity.models import MemberDayCount
from kizuna.core.members.models import Member, RoleGrant
from tests.cast import NOW

ZONE = ZoneInfo("Asia/Tokyo")
MOMENT = Moment(NOW, ZONE)
LANGUAGES = ("ja", "en")
ROLES = ("owner", "moderator", "analyst")
TEXTS = ("", "Acorn", "acorn farm", "山田商店", "山田")


def _words(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def _population():
    return Member.objects.filter(state="active", is_system=False)


def choices_of(values):
    return lambda: [Choice(value, _words(f"「{value}」", value.capitalize())) for value in values]


FACTS = [
    Fact("m.company", "m", _words("会社名", "company"), Kind.TEXT, Column("company")),
    Fact("m.language", "m", _words("言語", "language"), Kind.CHOICE, Column("language"), choices=choices_of(LANGUAGES)),
    Fact(
        "m.roles", "m", _words("役割", "roles"), Kind.CHOICES,
        Rows(lambda: RoleGrant.objects.all(), "member_id", "role"), choices=choices_of(ROLES),
    ),
    Fact("m.hue", "m", _words("色", "hue"), Kind.NUMBER, Column("hue")),
    Fact("m.fee", "m", _words("会費", "fee"), Kind.MONEY, Column("thanks_count"), currency="JPY"),
    Fact("m.seen", "m", _words("最後に来た日", "day of the last visit"), Kind.DATE, Column("last_seen_on")),
    Fact("m.joined", "m", _words("入会日", "day of joining"), Kind.DATETIME, Column("joined_at")),
    Fact("m.imported", "m", _words("移行", "imported"), Kind.YES_NO, Column("is_imported")),
    Fact(
        "m.posts", "m", _words("投稿", "posts"), Kind.COUNT,
        Dated(lambda: MemberDayCount.objects.filter(verb="posted"), "member_id", "count", day="day"),
        unit=_words("件", "post"),
    ),
    Fact(
        "m.grants", "m", _words("もらった役割", "roles received"), Kind.COUNT,
        Dated(lambda: RoleGrant.objects.all(), "member_id", 1, at="granted_at"), unit=_words("個", "role received"),
    ),
]  # fmt: skip
CATALOGUE = Catalogue(
    entities={"m": Entity("m", _words("メンバー", "member"), _words("メンバー", "members"), _words("人", ""), _population)},
    facts={fact.name: fact for fact in FACTS},
    relations={
        "m.granted": Relation(
            "m.granted", "m", "m", _words("役割を渡した相手", "members given a role"),
            lambda: RoleGrant.objects.all(), "granted_by_id", "member_id",
        )
    },
)  # fmt: skip


class World:
    """The rows as plain values, read once, and the naive reading of a rule."""

    def __init__(self) -> None:
        self.members = {member.pk: member for member in _population()}
        self.roles, self.counts = defaultdict(set), defaultdict(list)
        self.grants, self.granted = defaultdict(list), defaultdict(set)
        for grant in RoleGrant.objects.all():
            self.roles[grant.member_id].add(grant.role)
            self.grants[grant.member_id].append((grant.granted_at.astimezone(ZONE).date(), 1))
            if grant.granted_by_id:
                self.granted[grant.granted_by_id].add(grant.member_id)
        for row in MemberDayCount.objects.filter(verb="posted"):
            self.counts[row.member_id].append((row.day, row.count))

    def chosen(self, node) -> set[int]:
        return {pk for pk in self.members if self.fits(node, pk)}

    def fits(self, node, pk: int) -> bool:
        if isinstance(node, Group):
            found = [self.fits(part, pk) for part in node.parts]
            return {"all": all(found), "any": any(found), "none": not any(found)}[node.join]
        if isinstance(node, Related):
            linked = self.granted[pk] & set(self.members)
            fitting = {other for other in linked if self.fits(node.where, other)}
            if node.match == "count":
                return holds(len(fitting), node.op, node.value)
            return bool(fitting) if node.match == "any" else bool(linked) and fitting == linked
        return self.compares(node, pk)

    def compares(self, node, pk: int) -> bool:
        member = self.members[pk]
        if node.fact in ("m.posts", "m.grants"):
            return self.counts_fit(node, (self.counts if node.fact == "m.posts" else self.grants)[pk])
        if node.fact == "m.roles":
            return self.roles_fit(node, self.roles[pk])
        if node.fact in ("m.seen", "m.joined"):
            day = member.last_seen_on if node.fact == "m.seen" else member.joined_at.astimezone(ZONE).date()
            return day_fits(node, day)
        if node.fact == "m.imported":
            return {"yes": member.is_imported, "no": not member.is_imported, "set": True, "empty": False}[node.op]
        if node.fact in ("m.hue", "m.fee"):
            number = member.hue if node.fact == "m.hue" else member.thanks_count
            return node.op == "set" if node.op in ("set", "empty") else holds(number, node.op, node.value)
        text = member.company if node.fact == "m.company" else member.language
        return text_fits(node, text)

    def counts_fit(self, node, rows) -> bool:
        if node.days is None:
            return holds(sum(amount for _day, amount in rows), node.op, node.value)
        first = MOMENT.today - timedelta(days=node.days - 1)
        start = first - timedelta(days=node.days)
        now = sum(amount for day, amount in rows if first <= day <= MOMENT.today)
        before = sum(amount for day, amount in rows if start <= day < first)
        if node.op == "fell_by":
            return before > 0 and now * 100 <= before * (100 - node.value)
        if node.op == "rose_by":
            return before > 0 and now * 100 >= before * (100 + node.value)
        return holds(now, node.op, node.value)

    def roles_fit(self, node, roles) -> bool:
        wanted = set(node.value or ())
        return {
            "has_any": bool(roles & wanted),
            "has_all": wanted <= roles,
            "has_none": not roles & wanted,
            "set": bool(roles),
            "empty": not roles,
        }[node.op]


def text_fits(node, text: str) -> bool:
    if node.op in ("one_of", "none_of"):
        return (text in node.value) == (node.op == "one_of")
    if node.op in ("set", "empty"):
        return (text != "") == (node.op == "set")
    own, other = text.lower(), node.value.lower()
    return {"is": own == other, "is_not": own != other, "contains": other in own, "lacks": other not in own}[node.op]


def day_fits(node, day: date | None) -> bool:
    if node.op in ("set", "empty"):
        return (day is not None) == (node.op == "set")
    if day is None:
        return False
    if node.op in ("on", "from", "before", "within"):
        days = node.value if isinstance(node.value, tuple) else (node.value,)
        first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
        return {"on": day == first, "from": day >= first, "before": day < first, "within": first <= day <= last}[
            node.op
        ]
    age = (MOMENT.today - day).days
    return {
        "past_within": 0 <= age <= node.value,
        "past_over": age > node.value,
        "next_within": 0 <= -age <= node.value,
        "next_over": -age > node.value,
    }[node.op]
