"""One queryset means what a naive reading of the tree means, on random trees and rows."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kizuna.base.rules import BadRule, Broken, counted, explained, matching, parse, sentence
from kizuna.base.rules.facts import Kind
from kizuna.base.rules.operators import OPERATORS, Shape, shape_of
from kizuna.base.rules.tests.declared import CATALOGUE, FACTS, LANGUAGES, MOMENT, ROLES, TEXTS, World
from kizuna.base.rules.tree import MAX_DEPTH
from kizuna.core.activity.models import MemberDayCount
from kizuna.core.members.models import Member, RoleGrant

pytestmark = pytest.mark.django_db

DAYS = some.integers(0, 40)
NUMBERS = some.integers(-1, 8)


def days_from_today(offsets):
    return offsets.map(lambda offset: (MOMENT.today + timedelta(days=offset)).isoformat())


def values_of(fact, op):
    names = list(LANGUAGES if fact.name == "m.language" else ROLES)
    return {
        Shape.NOTHING: some.none(),
        Shape.TEXT: some.sampled_from([*TEXTS[1:], "ACORN", "a", "田"]),
        Shape.CHOICES: some.lists(some.sampled_from(names), min_size=1, max_size=3),
        Shape.NUMBER: NUMBERS | some.sampled_from([2.5, 0.0]),
        Shape.WHOLE: NUMBERS,
        Shape.NUMBERS: some.tuples(NUMBERS, NUMBERS).map(lambda pair: sorted(pair)),
        Shape.DAY: days_from_today(some.integers(-12, 12)),
        Shape.DAYS: some.integers(0, 12),
        Shape.DAY_PAIR: days_from_today(some.integers(-12, 12)).flatmap(
            lambda first: days_from_today(some.integers(-12, 12)).map(lambda other: sorted([first, other]))
        ),
        Shape.PERCENT: some.sampled_from([1, 30, 50, 100, 200]),
    }[shape_of(fact.kind, op)]


@some.composite
def conditions(draw):
    fact = draw(some.sampled_from(FACTS))
    op = draw(some.sampled_from(sorted(OPERATORS[fact.kind])))
    said = {"fact": fact.name, "op": op}
    value = draw(values_of(fact, op))
    if value is not None:
        said["value"] = value
    if fact.kind == Kind.COUNT:
        days = draw(some.integers(1, 12) if op in ("fell_by", "rose_by") else some.none() | some.integers(1, 12))
        if days is not None:
            said["days"] = days
    return said


def groups(inner):
    return some.builds(
        lambda join, parts: {join: parts},
        some.sampled_from(["all", "any", "none"]),
        some.lists(inner, min_size=1, max_size=3),
    )


def relations(inner):
    plain = some.builds(
        lambda match, where: {"relation": "m.granted", "match": match, "where": where},
        some.sampled_from(["any", "all"]),
        inner,
    )
    counting = some.builds(
        lambda op, value, where: {"relation": "m.granted", "match": "count", "op": op, "value": value, "where": where},
        some.sampled_from(["gte", "lte", "gt", "lt", "eq", "ne"]), some.integers(0, 3), inner,
    )  # fmt: skip
    return plain | counting


PLAIN = some.recursive(conditions(), groups, max_leaves=4)
NODES = some.recursive(PLAIN | relations(PLAIN), groups, max_leaves=5)
MEMBERS = some.lists(
    some.fixed_dictionaries(
        {
            "company": some.sampled_from(TEXTS),
            "language": some.sampled_from(LANGUAGES),
            "hue": some.integers(0, 5),
            "thanks_count": some.integers(0, 5),
            "seen": some.none() | some.integers(-12, 1),
            "joined": some.integers(-300, 30),  # hours
            "is_imported": some.booleans(),
            "roles": some.lists(some.tuples(some.sampled_from(ROLES), some.none() | some.integers(0, 5)), max_size=3),
            "posts": some.dictionaries(some.integers(-26, 0), some.integers(1, 4), max_size=5),
        }
    ),
    min_size=2,
    max_size=6,
)


def make(described) -> None:
    made = [
        Member.objects.create(
            handle=f"rule_{number}", name="x", joined_at=MOMENT.now + timedelta(hours=said["joined"]),
            last_seen_on=None if said["seen"] is None else MOMENT.today + timedelta(days=said["seen"]),
            **{name: said[name] for name in ("company", "language", "hue", "thanks_count", "is_imported")},
        )
        for number, said in enumerate(described)
    ]  # fmt: skip
    for member, said in zip(made, described, strict=True):
        for role, giver in {role: giver for role, giver in said["roles"]}.items():
            RoleGrant.objects.create(
                member=member, role=role, granted_at=MOMENT.now + timedelta(hours=said["joined"]),
                granted_by=None if giver is None else made[giver % len(made)],
            )  # fmt: skip
        for offset, count in said["posts"].items():
            MemberDayCount.objects.create(
                member=member, verb="posted", day=MOMENT.today + timedelta(days=offset), count=count
            )


def rule_of(root):
    return parse({"version": 1, "entity": "m", "root": root})


class Undo(Exception):
    pass


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(root=NODES, described=MEMBERS)
def test_the_queryset_finds_whom_a_naive_reading_finds(root, described):
    try:
        rule = rule_of(root)
    except BadRule:  # too deep
        return
    try:
        with transaction.atomic():
            make(described)
            found = set(matching(rule, catalogue=CATALOGUE, moment=MOMENT).values_list("pk", flat=True))
            world = World()
            assert found == world.chosen(rule.root)
            walked = matching(rule, catalogue=CATALOGUE, moment=MOMENT, is_walked=True)
            assert set(walked.values_list("pk", flat=True)) == found
            for pk in list(world.members)[:2]:
                told = explained(rule, pk, catalogue=CATALOGUE, moment=MOMENT, language="ja")
                assert told.holds is (pk in found)
            raise Undo
    except Undo:
        pass


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(root=NODES)
def test_every_rule_has_a_sentence_in_both_languages_and_survives_json(root):
    try:
        rule = rule_of(root)
    except BadRule:
        return
    assert parse(rule.to_json()) == rule
    for language in ("ja", "en"):
        said = sentence(rule, catalogue=CATALOGUE, language=language)
        assert said
        assert "gone" not in said
        assert "なくなった" not in said


def test_the_fixed_sample_is_about_a_hundredth_whatever_the_pattern_of_ids():
    Member.objects.bulk_create(
        [Member(pk=10_000 + 2 * n, handle=f"s{n}", name="x", joined_at=MOMENT.now, hue=n % 2) for n in range(6_000)],
        batch_size=500,
    )
    rule = rule_of({"fact": "m.hue", "op": "eq", "value": 1})
    count = counted(rule, catalogue=CATALOGUE, moment=MOMENT, may_sample=True, sampled_from=1_000)
    assert count.is_sampled
    assert count.population == 6_000
    assert 30 <= count.size <= 100
    assert 1_800 <= count.estimate <= 4_200
    exact = counted(rule, catalogue=CATALOGUE, moment=MOMENT, may_sample=False)
    assert (exact.hits, exact.is_sampled) == (3_000, False)


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("m.gone", {"fact": "m.gone", "op": "gte", "value": 1}),
        ("r.gone", {"relation": "r.gone", "match": "any", "where": {"fact": "m.posts", "op": "gte", "value": 1}}),
        ("m.language", {"fact": "m.language", "op": "none_of", "value": ["fr"]}),
    ],
)
def test_a_rule_that_names_what_is_gone_is_never_asked_not_even_under_none(chie, name, condition):
    rule = rule_of({"all": [{"fact": "m.language", "op": "one_of", "value": ["ja"]}, {"none": [condition]}]})
    with pytest.raises(Broken) as broken:
        matching(rule, catalogue=CATALOGUE, moment=MOMENT)
    assert [problem.name for problem in broken.value.problems] == [name]
    assert broken.value.problems[0].is_missing
    assert parse(rule.to_json()) == rule
    told = explained(rule, chie.pk, catalogue=CATALOGUE, moment=MOMENT, language="en")
    assert told.holds is False
    assert told.parts[0].holds is True
    assert told.parts[1].holds is None


def test_the_deepest_rule_fits_the_parsers_of_both_databases():
    node = {"fact": "m.posts", "op": "fell_by", "value": 30, "days": 30}
    for _level in range(MAX_DEPTH - 2):
        node = {"none": [node, {"fact": "m.roles", "op": "has_all", "value": list(ROLES)}]}
    rule = rule_of({"relation": "m.granted", "match": "all", "where": node})
    assert list(matching(rule, catalogue=CATALOGUE, moment=MOMENT)) == []


def test_what_lies_outside_the_population_is_never_found(chie):
    Member.objects.filter(pk=chie.pk).update(state="suspended")
    rule = rule_of({"none": [{"fact": "m.posts", "op": "gte", "value": 1}]})
    assert not matching(rule, catalogue=CATALOGUE, moment=MOMENT).filter(pk=chie.pk).exists()
