"""A rule about customers finds exactly those whom a naive reading of their rows finds, on random rows and trees."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kizuna.base import rules
from kizuna.base.rules.compiler import holds
from kizuna.base.rules.operators import OPERATORS, Shape, shape_of
from kizuna.base.rules.tests.declared import MOMENT, day_fits, text_fits
from kizuna.base.rules.tree import Group, Related
from kizuna.core.members.models import Member
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    Contact,
    Contract,
    ContractLine,
    Employment,
    Note,
    Touchpoint,
)
from kizuna.success.usage.models import UsageDayCount, UsageName, UsageSubject

pytestmark = pytest.mark.django_db

NOW, TODAY = MOMENT.now, MOMENT.today
TEXTS = ("", "Acorn", "acorn farm", "経理部", "経理")
NUMBERS = some.integers(-1, 9)
OFFSETS = some.integers(-12, 12)
ATTRIBUTES = {"rank": "choice", "memo": "text", "score": "number", "begun": "date", "vip": "yes_no"}
SAID = {
    "rank": some.sampled_from(["A", "B"]),
    "memo": some.sampled_from(TEXTS[1:]),
    "score": some.sampled_from([0, 2, 2.5, 7]),
    "begun": OFFSETS.map(lambda offset: (TODAY + timedelta(days=offset)).isoformat()),
    "vip": some.booleans(),
}
DAY = some.none() | OFFSETS.map(lambda offset: TODAY + timedelta(days=offset))
LINES = some.fixed_dictionaries(
    {
        "product": some.sampled_from(TEXTS[1:]),
        "plan": some.sampled_from(TEXTS),
        "seats": some.integers(0, 5),
        "from": some.integers(-12, 6),
        "days": some.none() | some.integers(0, 12),
    }
)
CONTRACTS = some.fixed_dictionaries(
    {
        "from": some.integers(-12, 2),
        "days": some.none() | some.integers(0, 20),
        "is_auto_renewed": some.booleans(),
        "ended": some.none() | some.integers(0, 20),
        "lines": some.lists(LINES, max_size=2),
    }
)
PEOPLE = some.fixed_dictionaries(
    {
        "department": some.sampled_from(TEXTS),
        "title": some.sampled_from(TEXTS),
        "is_member": some.booleans(),
        "recommends": some.booleans(),
        "has_left": some.booleans(),
    }
)
DATED = some.lists(some.integers(-300, 20), max_size=4)  # hours
ACCOUNTS = some.lists(
    some.fixed_dictionaries(
        {
            "state": some.sampled_from(["prospect", "active", "ended", "merged"]),
            "fit": some.sampled_from(["yes", "no", "unknown"]),
            "currency": some.sampled_from(["JPY", "USD"]),
            "monthly_amount": some.integers(0, 8),
            "industry": some.sampled_from(TEXTS),
            "community_touch": some.booleans(),
            "employee_count": some.none() | some.integers(0, 8),
            "owner": some.booleans(),
            "renews_on": DAY,
            "notice_by": DAY,
            "last_touched": some.none() | some.integers(-300, 20),
            "contracts": some.lists(CONTRACTS, max_size=2),
            "people": some.lists(PEOPLE, max_size=3),
            "touches": some.lists(
                some.tuples(some.sampled_from(["community", "contract", "note"]), some.integers(-300, 20)), max_size=4
            ),
            "notes": DATED,
            "usage": some.dictionaries(some.integers(-26, 0), some.integers(1, 4), max_size=4),
            "said": some.fixed_dictionaries({}, optional=SAID),
        }
    ),
    min_size=2,
    max_size=4,
)
TESTED = (
    "account.state", "account.fit", "account.owner", "account.monthly_amount", "account.monthly_amount_usd",
    "account.industry", "account.community_touch", "account.employee_count", "account.renews_on", "account.notice_by",
    "account.last_touched_at", "account.products", "account.plans", "account.seats", "account.people", "account.members",
    "account.departments", "account.titles", "account.recommends", "account.touchpoints", "account.touches_community",
    "account.notes", "usage.events", *(f"account_attribute.{slug}" for slug in ATTRIBUTES),
)  # fmt: skip
KINDS = {
    "choice": ["account.state", "account.fit", "account.owner", "account_attribute.rank"],
    "text": ["account.industry", "account.products", "account.plans", "account.departments", "account.titles",
             "account_attribute.memo"],
    "money": ["account.monthly_amount", "account.monthly_amount_usd"],
    "number": ["account.employee_count", "account.seats", "account.people", "account.members", "account.recommends",
               "account_attribute.score"],
    "date": ["account.renews_on", "account.notice_by", "account_attribute.begun"],
    "datetime": ["account.last_touched_at"],
    "yes_no": ["account.community_touch", "account_attribute.vip"],
    "count": ["account.touchpoints", "account.touches_community", "account.notes", "usage.events"],
}  # fmt: skip
KIND_OF = {name: rules.Kind(kind) for kind, names in KINDS.items() for name in names}
CHOICES = {
    "account.state": ["prospect", "active", "ended"],
    "account.fit": ["yes", "no", "unknown"],
    "account.owner": ["OWNER"],
    "account_attribute.rank": ["A", "B"],
}


def days(offsets):
    return offsets.map(lambda offset: (TODAY + timedelta(days=offset)).isoformat())


def values_of(name, op):
    return {
        Shape.NOTHING: some.none(),
        Shape.TEXT: some.sampled_from([*TEXTS[1:], "ACORN", "a", "理"]),
        Shape.CHOICES: some.lists(some.sampled_from(CHOICES.get(name, ["x"])), min_size=1, max_size=2),
        Shape.NUMBER: NUMBERS | some.sampled_from([2.5, 0.0]),
        Shape.WHOLE: NUMBERS,
        Shape.NUMBERS: some.tuples(NUMBERS, NUMBERS).map(sorted),
        Shape.DAY: days(OFFSETS),
        Shape.DAYS: some.integers(0, 12),
        Shape.DAY_PAIR: some.tuples(days(OFFSETS), days(OFFSETS)).map(sorted),
        Shape.PERCENT: some.sampled_from([1, 30, 50, 100]),
    }[shape_of(KIND_OF[name], op)]


@some.composite
def conditions(draw):
    name = draw(some.sampled_from(TESTED))
    op = draw(some.sampled_from(sorted(OPERATORS[KIND_OF[name]])))
    said = {"fact": name, "op": op}
    value = draw(values_of(name, op))
    if value is not None:
        said["value"] = value
    if KIND_OF[name] == rules.Kind.COUNT:
        window = draw(some.integers(1, 12) if op in ("fell_by", "rose_by") else some.none() | some.integers(1, 12))
        if window is not None:
            said["days"] = window
    return said


def groups(inner):
    joins, parts = some.sampled_from(["all", "any", "none"]), some.lists(inner, min_size=1, max_size=3)
    return some.builds(lambda join, listed: {join: listed}, joins, parts)


def relations(match, department):
    where = {"fact": "account_person.department", "op": "is", "value": department}
    return {"relation": "account.people", "match": match, "where": where}


NODES = some.recursive(
    conditions()
    | conditions()
    | some.builds(relations, some.sampled_from(["any", "all"]), some.sampled_from(["経理", "Acorn"])),
    groups,
    max_leaves=4,
)


class Undo(Exception):
    pass


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(root=NODES, described=ACCOUNTS)
def test_a_rule_finds_the_customers_that_a_naive_reading_finds(aoi, root, described):
    try:
        with transaction.atomic():
            world = World(aoi, described)
            rule = rules.parse({"version": 1, "entity": "account", "root": with_owner(root, aoi)})
            catalogue = rules.catalogue()
            found = set(rules.matching(rule, catalogue=catalogue, moment=MOMENT).values_list("pk", flat=True))
            assert found == {pk for pk in world.held if world.fits(rule.root, pk)}
            walked = rules.matching(rule, catalogue=catalogue, moment=MOMENT, is_walked=True)
            assert set(walked.values_list("pk", flat=True)) == found
            for pk in list(world.held)[:2]:
                told = rules.explained(rule, pk, catalogue=catalogue, moment=MOMENT, language="ja")
                assert told.holds is (pk in found)
            for language in ("ja", "en"):
                said = rules.sentence(rule, catalogue=catalogue, language=language)
                assert "gone" not in said
                assert "なくなった" not in said
            raise Undo
    except Undo:
        pass


def with_owner(node, aoi):
    """Put the owner's number in the place of a word that stands for it."""
    if isinstance(node, dict):
        return {name: with_owner(value, aoi) for name, value in node.items()}
    if isinstance(node, list):
        return [with_owner(value, aoi) for value in node]
    return str(aoi.pk) if node == "OWNER" else node


class World:
    """Rows as described, and what each fact is of each account, read without the database."""

    def __init__(self, aoi, described) -> None:
        self.attributes = {
            slug: AccountAttribute.objects.create(
                slug=slug, label={"ja": slug, "en": slug}, kind=kind, created_at=NOW,
                choices=["A", "B"] if kind == "choice" else [],
            )
            for slug, kind in ATTRIBUTES.items()
        }  # fmt: skip
        self.nobody = UsageSubject.objects.create(kind="person", external_id="p")
        self.name = UsageName.objects.create(kind="track", name="export")
        self.held: dict[int, dict] = {}
        for number, said in enumerate(described):
            account = self.account(aoi, number, said)
            if said["state"] != "merged":
                self.held[account.pk] = said | {"owner_id": aoi.pk if said["owner"] else None}

    def account(self, aoi, number, said):
        names = ("state", "fit", "currency", "monthly_amount", "industry", "community_touch", "employee_count")
        last = said["last_touched"]
        account = Account.objects.create(
            name=f"株式会社{number}", external_id=f"g{number}", owner=aoi if said["owner"] else None,
            renews_on=said["renews_on"], notice_by=said["notice_by"], created_at=NOW, updated_at=NOW,
            last_touched_at=None if last is None else NOW + timedelta(hours=last),
            **{name: said[name] for name in names},
        )  # fmt: skip
        for contract in said["contracts"]:
            self.contract(account, contract)
        for place, person in enumerate(said["people"]):
            self.person(account, f"{number}-{place}", person)
        for place, (channel, hours) in enumerate(said["touches"]):
            at = NOW + timedelta(hours=hours)
            Touchpoint.objects.create(key=f"t{number}:{place}", account=account, channel=channel, at=at)
        for hours in said["notes"]:
            at = NOW + timedelta(hours=hours)
            Note.objects.create(account=account, body="x", html="x", created_at=at)
        group = UsageSubject.objects.create(kind="group", external_id=f"g{number}")
        for offset, count in said["usage"].items():
            UsageDayCount.objects.create(
                day=TODAY + timedelta(days=offset), person=self.nobody, group=group, name=self.name, count=count,
                first_at=NOW, last_at=NOW,
            )  # fmt: skip
        for slug, value in said["said"].items():
            AccountAttributeValue.objects.create(
                account=account, attribute=self.attributes[slug], value=value, started_at=NOW
            )
        return account

    def contract(self, account, said) -> None:
        starts = TODAY + timedelta(days=said["from"])
        contract = Contract.objects.create(
            account=account, starts_on=starts, is_auto_renewed=said["is_auto_renewed"],
            ends_on=None if said["days"] is None else starts + timedelta(days=said["days"]),
            ended_on=None if said["ended"] is None else starts + timedelta(days=said["ended"]),
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        for item in said["lines"]:
            first = TODAY + timedelta(days=item["from"])
            ContractLine.objects.create(
                contract=contract, product=item["product"], plan=item["plan"], seats=item["seats"], unit_price=1,
                starts_on=first, ends_on=None if item["days"] is None else first + timedelta(days=item["days"]),
            )  # fmt: skip
        said["contract"] = contract

    def person(self, account, word, said) -> None:
        member = None
        if said["is_member"]:
            member = Member.objects.create(handle=f"m_{word.replace('-', '_')}", name="x", joined_at=NOW)
        contact = Contact.objects.create(
            name="x", member=member, recommends=said["recommends"], created_at=NOW, updated_at=NOW
        )
        Employment.objects.create(
            contact=contact, account=account, department=said["department"], title=said["title"],
            started_at=NOW - timedelta(days=9), ended_at=NOW if said["has_left"] else None,
        )  # fmt: skip

    def fits(self, node, pk) -> bool:
        if isinstance(node, Group):
            found = [self.fits(part, pk) for part in node.parts]
            return {"all": all(found), "any": any(found), "none": not any(found)}[node.join]
        if isinstance(node, Related):
            present = [person["department"] for person in self.people(pk)]
            fitting = [text for text in present if text.lower() == node.where.value.lower()]
            return bool(fitting) if node.match == "any" else bool(present) and len(fitting) == len(present)
        return self.compares(node, pk)

    def compares(self, node, pk) -> bool:
        kind, values = KIND_OF[node.fact], self.values(node.fact, pk)
        if kind == rules.Kind.COUNT:
            return count_fits(node, values)
        if node.op in ("set", "empty"):
            return any(value not in (None, "") for value in values) == (node.op == "set")
        if kind in (rules.Kind.TEXT, rules.Kind.CHOICE):
            fits = [text_fits(node, value) for value in values if value is not None]
            return all(fits) if node.op in ("is_not", "lacks", "none_of") else any(fits)
        values = [value for value in values if value is not None]
        if kind in (rules.Kind.DATE, rules.Kind.DATETIME):
            return any(day_fits(node, value) for value in values)
        if kind == rules.Kind.YES_NO:
            return (node.op == "yes") in values
        if node.op == "ne":
            return node.value not in values
        return any(holds(value, node.op, node.value) for value in values)

    def values(self, name, pk) -> list:
        """Return what a fact is of an account: one value, several, or rows with their days."""
        said = self.held[pk]
        word = name.rpartition(".")[2]
        if name.startswith("account_attribute."):
            found = [said["said"][word]] if word in said["said"] else []
            return [_day(value) if word == "begun" else value for value in found]
        if word.startswith("monthly_amount"):
            currency = "USD" if word.endswith("usd") else "JPY"
            return [said["monthly_amount"]] if said["currency"] == currency else []
        if word == "last_touched_at":
            return [] if said["last_touched"] is None else [_local(said["last_touched"])]
        if word == "owner":
            return [str(said["owner_id"])] if said["owner_id"] else []
        if word == "events":
            return [(TODAY + timedelta(days=offset), count) for offset, count in said["usage"].items()]
        if word == "notes":
            return [(_local(hours), 1) for hours in said["notes"]]
        if word.startswith("touch"):
            return [
                (_local(hours), 1)
                for channel, hours in said["touches"]
                if word == "touchpoints" or channel == "community"
            ]
        if word in ("products", "plans"):
            return [line[word[:-1]] for line in self.lines(pk)]
        if word in ("departments", "titles"):
            return [person[word[:-1]] for person in self.people(pk)]
        sums = {
            "seats": lambda: sum(line["seats"] for line in self.lines(pk)),
            "people": lambda: len(self.people(pk)),
            "members": lambda: sum(person["is_member"] for person in self.people(pk)),
            "recommends": lambda: sum(person["recommends"] for person in self.people(pk)),
        }
        return [sums[word]()] if word in sums else [said[word]]

    def people(self, pk) -> list:
        return [person for person in self.held[pk]["people"] if not person["has_left"]]

    def lines(self, pk) -> list:
        """Return the lines in force today, by the model's own reading of its days."""
        held = [contract for contract in self.held[pk]["contracts"] if contract["contract"].holds_on(TODAY)]
        return [line for contract in held for line in contract["lines"] if line_holds(line)]


def line_holds(line) -> bool:
    first = TODAY + timedelta(days=line["from"])
    return first <= TODAY and (line["days"] is None or TODAY <= first + timedelta(days=line["days"]))


def count_fits(node, rows) -> bool:
    if node.days is None:
        return holds(sum(amount for _day, amount in rows), node.op, node.value)
    first = TODAY - timedelta(days=node.days - 1)
    start = first - timedelta(days=node.days)
    now = sum(amount for day, amount in rows if first <= day <= TODAY)
    before = sum(amount for day, amount in rows if start <= day < first)
    if node.op == "fell_by":
        return before > 0 and now * 100 <= before * (100 - node.value)
    if node.op == "rose_by":
        return before > 0 and now * 100 >= before * (100 + node.value)
    return holds(now, node.op, node.value)


def _local(hours):
    return (NOW + timedelta(hours=hours)).astimezone(MOMENT.zone).date()


def _day(text):
    return type(TODAY).fromisoformat(text)


def test_every_tested_fact_is_of_the_kind_that_is_tested(aoi):
    with transaction.atomic():
        World(aoi, [])
        facts = rules.catalogue().facts
        assert {name: facts[name].kind for name in TESTED} == KIND_OF
        transaction.set_rollback(True)
