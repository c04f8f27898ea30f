"""What rules may ask about customers: what stands on the account, its contracts, people, timeline and the manager's own fields.

Usage is declared by the app that counts it. Nothing here names what only some of the team may read: open questions are those in
spaces that everybody with the desk sees.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from kizuna.base.registry import TouchpointChannel, of
from kizuna.base.rules import Choice, Column, Dated, Entity, Fact, FactGroup, Kind, Relation, Rows, Scalar, Total
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions.models import Space, State, Topic
from kizuna.success.customers import seeing
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    ContractLine,
    Employment,
    Note,
    Touchpoint,
)

ACCOUNT = "account"
PERSON = "account_person"
Words = dict[str, str]
COMPANY = {"ja": "顧客", "en": "Customer"}
CONTRACTS = {"ja": "契約", "en": "Contracts"}
PEOPLE = {"ja": "先方担当者", "en": "People"}
TOUCHES = {"ja": "接点", "en": "Touchpoints"}
OWN_FIELDS = {"ja": "自社の項目", "en": "Own fields"}
STATES = {
    Account.State.PROSPECT: {"ja": "契約前", "en": "Before a contract"},
    Account.State.ACTIVE: {"ja": "契約中", "en": "Under contract"},
    Account.State.ENDED: {"ja": "契約終了", "en": "Contract ended"},
}
KINDS = {
    Account.Kind.FIRM: {"ja": "法人", "en": "Company"},
    Account.Kind.PERSON: {"ja": "個人", "en": "Individual"},
    Account.Kind.HOUSEHOLD: {"ja": "世帯", "en": "Household"},
}
FITS = {
    Account.Fit.YES: {"ja": "合っている", "en": "Fits"},
    Account.Fit.NO: {"ja": "合っていない", "en": "Does not fit"},
    Account.Fit.UNKNOWN: {"ja": "わからない", "en": "Not known"},
}
# One fact per currency: amounts of two cannot be compared.
AMOUNTS = {"JPY": ("", ""), "USD": ("（米ドル）", " in US dollars"), "EUR": ("（ユーロ）", " in euros")}


def pickable() -> QuerySet[Any]:
    """Return all that a rule can pick: every customer that was not absorbed by another."""
    return Account.objects.exclude(state=Account.State.MERGED)


def present_people() -> QuerySet[Any]:
    """Return who works at customers now."""
    return Employment.objects.filter(ended_at=None)


def open_questions() -> QuerySet[Any]:
    """Return what waits for an answer where everybody with the desk may read it."""
    seen = (PUBLIC, MEMBERS, STAFF)
    return Topic.objects.filter(
        space__kind=Space.Kind.QUESTION,
        accepted_post__isnull=True,
        is_closed=False,
        state=State.VISIBLE,
        audience_id__in=seen,
        container_audience_id__in=seen,
    )


def line_held(day: date) -> Q:
    """Return which lines of contracts are in force on a day: all days are inclusive."""
    line = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))
    ended = Q(contract__ended_on__gte=day)
    running = Q(contract__ended_on=None) & (Q(contract__is_auto_renewed=True) | _open_or_from("contract__ends_on", day))
    return line & Q(contract__starts_on__lte=day) & (ended | running)


def _open_or_from(name: str, day: date) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": day})


def _facts() -> Iterator[Fact]:
    yield from _of_account()
    yield from _of_contracts()
    yield from _of_people()
    yield from _of_touches()
    for attribute in AccountAttribute.objects.filter(is_archived=False).order_by("position", "id"):
        yield _of_attribute(attribute)


def _of_account() -> Iterator[Fact]:
    yield _column("name", {"ja": "名前", "en": "name"}, Kind.TEXT)
    yield _column("state", {"ja": "契約の状態", "en": "state"}, Kind.CHOICE, choices=_chosen(STATES))
    yield _column(
        "owner", {"ja": "CS担当", "en": "account owner"}, Kind.CHOICE,
        source=Column(Cast("owner_id", CharField())), choices=_team,
    )  # fmt: skip
    yield _column("kind", {"ja": "顧客の種類", "en": "kind"}, Kind.CHOICE, choices=_chosen(KINDS))
    yield _column("fit", {"ja": "適合", "en": "fit"}, Kind.CHOICE, choices=_chosen(FITS), field_group=seeing.JUDGEMENT)
    yield _column("community_touch", {"ja": "コミュニティタッチ", "en": "community touch"}, Kind.YES_NO)
    yield _column("industry", {"ja": "業種", "en": "industry"}, Kind.TEXT)
    yield _column("region", {"ja": "地域", "en": "region"}, Kind.TEXT)
    yield _column(
        "employee_count", {"ja": "従業員数", "en": "number of employees"}, Kind.NUMBER, unit={"ja": "人", "en": ""}
    )
    yield _column("created_at", {"ja": "登録日", "en": "day of being added"}, Kind.DATETIME)
    yield _column("next_review_on", {"ja": "次の見直し日", "en": "next review"}, Kind.DATE)


def _of_contracts() -> Iterator[Fact]:
    for currency, (ja, en) in AMOUNTS.items():
        own = Case(When(currency=currency, then=F("monthly_amount")), output_field=BigIntegerField())
        yield _column(
            "monthly_amount" if currency == "JPY" else f"monthly_amount_{currency.lower()}",
            {"ja": f"月額{ja}", "en": f"amount a month{en}"}, Kind.MONEY,
            source=Column(own), currency=currency, heading=CONTRACTS, field_group=seeing.AMOUNT,
        )  # fmt: skip
    yield _column("customer_since", {"ja": "取引開始日", "en": "first day as a customer"}, Kind.DATE, heading=CONTRACTS)
    yield _column("renews_on", {"ja": "契約期間の末日", "en": "end of the term"}, Kind.DATE, heading=CONTRACTS)
    yield _column("notice_by", {"ja": "解約申入れ期限", "en": "notice deadline"}, Kind.DATE, heading=CONTRACTS)
    for word, label in (
        ("product", {"ja": "契約中の商品", "en": "product under contract"}),
        ("plan", {"ja": "契約中のプラン", "en": "plan under contract"}),
    ):
        yield _column(
            f"{word}s", label, Kind.TEXT, heading=CONTRACTS, is_clocked=True,
            source=Rows(lambda: ContractLine.objects.all(), "contract__account_id", word, held=line_held),
        )  # fmt: skip
    yield _column(
        "seats", {"ja": "契約中の席数", "en": "seats under contract"}, Kind.NUMBER, heading=CONTRACTS, is_clocked=True,
        source=Total(lambda: ContractLine.objects.all(), "contract__account_id", "seats", held=line_held),
        unit={"ja": "席", "en": ""},
    )  # fmt: skip


def _of_people() -> Iterator[Fact]:
    people, members = {"ja": "人", "en": ""}, Q(contact__member__isnull=False)
    yield _column(
        "people", {"ja": "先方担当者の人数", "en": "number of people"}, Kind.NUMBER, heading=PEOPLE, unit=people,
        source=Total(present_people, "account_id", 1),
    )  # fmt: skip
    yield _column(
        "members", {"ja": "メンバーになった人数", "en": "number of members"}, Kind.NUMBER, heading=PEOPLE, unit=people,
        source=Total(lambda: present_people().filter(members), "account_id", 1),
    )  # fmt: skip
    yield _column(
        "departments", {"ja": "先方担当者の部署", "en": "department of somebody there"}, Kind.TEXT, heading=PEOPLE,
        source=Rows(present_people, "account_id", "department"),
    )  # fmt: skip
    yield _column(
        "titles", {"ja": "先方担当者の役職", "en": "title of somebody there"}, Kind.TEXT, heading=PEOPLE,
        source=Rows(present_people, "account_id", "title"),
    )  # fmt: skip
    yield _column(
        "recommends", {"ja": "紹介してくれる人の数", "en": "number of people who recommend us"}, Kind.NUMBER,
        heading=PEOPLE, unit=people, field_group=seeing.JUDGEMENT,
        source=Total(lambda: present_people().filter(contact__recommends=True), "account_id", 1),
    )  # fmt: skip
    yield _column(
        "open_questions", {"ja": "未解決の質問", "en": "open questions"}, Kind.NUMBER, heading=PEOPLE,
        source=Total(_asking_people, "account_id", "asked"), unit={"ja": "件", "en": ""},
    )  # fmt: skip


def _of_touches() -> Iterator[Fact]:
    yield _column("last_touched_at", {"ja": "最後の接点", "en": "last touch"}, Kind.DATETIME, heading=TOUCHES)
    yield _touches("touchpoints", {"ja": "接点", "en": "touchpoints"}, {"ja": "件", "en": "touchpoint"})
    for channel in of(TouchpointChannel):
        words = CHANNELS.get(channel.name)
        if words is not None:
            yield _touches(channel.name, *words, channel=channel.name)
    yield _column(
        "notes", {"ja": "メモ", "en": "notes"}, Kind.COUNT, heading=TOUCHES, unit={"ja": "件", "en": "note"},
        source=Dated(lambda: Note.objects.filter(is_removed=False), "account_id", 1, at="created_at"),
    )  # fmt: skip


# How often something of a channel happened; notes are counted themselves.
CHANNELS: dict[str, tuple[Words, Words]] = {
    "community": (
        {"ja": "コミュニティでの活動", "en": "doings in the community"},
        {"ja": "件", "en": "doing in the community"},
    ),
    "contract": ({"ja": "契約の動き", "en": "changes of contracts"}, {"ja": "件", "en": "change of a contract"}),
    "purchase": ({"ja": "購入の動き", "en": "purchases"}, {"ja": "件", "en": "purchase"}),
}


def _touches(word: str, label: Words, unit: Words, **narrowed: str) -> Fact:
    """Return a count of touchpoints: each stands at the account where the person worked on that day."""
    source = Dated(lambda: Touchpoint.objects.filter(**narrowed), "account_id", 1, at="at")
    name = word if word == "touchpoints" else f"touches_{word}"
    return _column(name, label, Kind.COUNT, source=source, unit=unit, heading=TOUCHES)


def _asking_people() -> QuerySet[Any]:
    asked = open_questions().order_by()
    per_person = asked.filter(author_id=OuterRef("contact__member_id")).values("author_id").annotate(n=Count("pk"))
    people = present_people().filter(contact__member_id__in=asked.values("author_id"))
    return people.annotate(asked=Coalesce(Subquery(per_person.values("n")), 0))


def _of_attribute(attribute: AccountAttribute) -> Fact:
    """Return a fact over a manager's field. A value is read as its own field's kind only: others may be no day or number."""
    text = Scalar(F("value"))
    read: Any = {
        AccountAttribute.Kind.NUMBER: Cast(text, FloatField()),
        AccountAttribute.Kind.DATE: Cast(text, DateField()),
        AccountAttribute.Kind.YES_NO: Case(
            When(value=True, then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
    }.get(AccountAttribute.Kind(attribute.kind), text)
    said = Case(When(attribute_id=attribute.pk, then=read))
    words = [Choice(choice, {"ja": choice, "en": choice}) for choice in attribute.choices]
    return Fact(
        name=f"account_attribute.{attribute.slug}",
        entity=ACCOUNT,
        label=attribute.label,
        kind=Kind(attribute.kind),
        source=Rows(
            lambda: AccountAttributeValue.objects.filter(attribute_id=attribute.pk, ended_at=None).annotate(said=said),
            "account_id",
            "said",
        ),
        choices=lambda: words,
        heading=OWN_FIELDS,
        field_group=attribute.field_group,
    )


def _people_facts() -> Iterator[Fact]:
    for word, label, kind, source in (
        ("department", {"ja": "部署", "en": "department"}, Kind.TEXT, "department"),
        ("title", {"ja": "役職", "en": "title"}, Kind.TEXT, "title"),
        ("started_at", {"ja": "着任日", "en": "first day there"}, Kind.DATETIME, "started_at"),
        ("is_member", {"ja": "メンバー", "en": "membership"}, Kind.YES_NO, Case(
            When(contact__member__isnull=False, then=Value(True)), default=Value(False), output_field=BooleanField()
        )),
        ("recommends", {"ja": "紹介の意思", "en": "willingness to recommend"}, Kind.YES_NO, "contact__recommends"),
    ):  # fmt: skip
        group = seeing.GROUP_OF.get(word, "")
        yield Fact(f"{PERSON}.{word}", PERSON, label, kind, Column(source), heading=PEOPLE, field_group=group)


def _column(word: str, label: Words, kind: Kind, *, source: Any = None, heading: Words = COMPANY, **more: Any) -> Fact:
    return Fact(f"{ACCOUNT}.{word}", ACCOUNT, label, kind, source or Column(word), heading=heading, **more)


def _chosen(words: dict[Any, Words]) -> Callable[[], list[Choice]]:
    return lambda: [Choice(value.value, said) for value, said in words.items()]


def _team() -> list[Choice]:
    team = Member.objects.filter(role_grants__isnull=False, state=Member.State.ACTIVE, is_system=False).distinct()
    return [Choice(str(member.pk), {"ja": member.name, "en": member.name}) for member in team.order_by("reading", "id")]


ENTITY = Entity(
    ACCOUNT,
    noun={"ja": "顧客", "en": "customer"},
    plural={"ja": "顧客", "en": "customers"},
    unit={"ja": "件", "en": ""},
    population=pickable,
)
PERSON_ENTITY = Entity(
    PERSON,
    noun={"ja": "先方担当者", "en": "person there"},
    plural={"ja": "先方担当者", "en": "people there"},
    unit={"ja": "人", "en": ""},
    population=present_people,
)
STAFFED = Relation(
    "account.people", ACCOUNT, PERSON, {"ja": "先方担当者", "en": "people there"}, present_people, "account_id", "id"
)
MEMBERSHIP = Relation(
    "account.members", ACCOUNT, "member", {"ja": "先方のメンバー", "en": "members there"},
    lambda: present_people().filter(contact__member__isnull=False), "account_id", "contact__member_id",
)  # fmt: skip
FACTS = FactGroup("customers", _facts)
PERSON_FACTS = FactGroup("customer-people", _people_facts)
