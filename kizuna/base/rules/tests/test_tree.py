"""What is no rule is refused before it reaches a database; what cannot be asked is named."""

import pytest

from kizuna.base.rules import BadRule, parse, problems_of
from kizuna.base.rules.checking import Wrong
from kizuna.base.rules.tests.declared import CATALOGUE

POSTS = {"fact": "m.posts", "op": "gte", "value": 3, "days": 30}


def rule_of(root, **changes):
    return parse({"version": 1, "entity": "m", "root": root, **changes})


def nested(depth):
    node = POSTS
    for _level in range(depth):
        node = {"all": [node]}
    return node


@pytest.mark.parametrize(
    "root",
    [
        None,
        [],
        "x",
        {},
        {"fact": "m.posts"},
        {"fact": "m.posts", "op": "gte", "value": 3, "sql": "1"},
        {"fact": 3, "op": "gte"},
        {"fact": "m.posts", "op": "gte", "value": {"x": 1}},
        {"fact": "m.posts", "op": "gte", "value": True},
        {"fact": "m.posts", "op": "gte", "value": float("nan")},
        {"fact": "m.posts", "op": "gte", "value": 10**30},
        {"fact": "m.company", "op": "is", "value": "a\x00"},
        {"fact": "m.company", "op": "is", "value": "a" * 201},
        {**POSTS, "days": 0},
        {**POSTS, "days": True},
        {**POSTS, "days": 100_000},
        {"all": []},
        {"all": POSTS},
        {"all": [POSTS], "any": [POSTS]},
        {"relation": "m.granted", "match": "some", "where": POSTS},
        {"relation": "m.granted", "match": "any"},
        {"relation": "m.granted", "match": "any", "op": "gte", "value": 1, "where": POSTS},
        {"relation": "m.granted", "match": "count", "where": POSTS},
        {"relation": "m.granted", "match": "count", "op": "gte", "value": -1, "where": POSTS},
        {"relation": "m.granted", "match": "any", "where": {"relation": "m.granted", "match": "any", "where": POSTS}},
        {"all": [POSTS] * 61},
        {"fact": "m.language", "op": "one_of", "value": ["ja"] * 201},
        nested(6),
        nested(100_000),
        {"any": [{"fact": "m.company", "op": "is", "value": "木" * 200}] * 58},
    ],
    ids=range(30),
)
def test_what_is_no_rule_is_refused(root):
    with pytest.raises(BadRule):
        rule_of(root)


def test_an_unknown_version_is_refused():
    with pytest.raises(BadRule, match="version"):
        rule_of(POSTS, version=2)


def test_the_deepest_allowed_rule_is_accepted():
    assert rule_of(nested(5)).to_json()["root"] == nested(5)


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ({"fact": "m.posts", "op": "contains", "value": "x"}, Wrong.OPERATOR),
        ({"fact": "m.posts", "op": "gte", "value": "3"}, Wrong.VALUE),
        ({"fact": "m.posts", "op": "gte", "value": 2.5}, Wrong.VALUE),
        ({"fact": "m.posts", "op": "fell_by", "value": 30}, Wrong.WINDOW),
        ({"fact": "m.hue", "op": "gte", "value": 3, "days": 30}, Wrong.WINDOW),
        ({"fact": "m.hue", "op": "between", "value": [3, 1]}, Wrong.VALUE),
        ({"fact": "m.seen", "op": "on", "value": "2026-02-30"}, Wrong.VALUE),
        ({"fact": "m.seen", "op": "on", "value": "9999-12-31"}, Wrong.VALUE),
        ({"fact": "m.seen", "op": "past_within", "value": -1}, Wrong.VALUE),
        ({"fact": "m.seen", "op": "past_within", "value": 100_000}, Wrong.VALUE),
        ({"fact": "m.language", "op": "one_of", "value": []}, Wrong.VALUE),
        ({"fact": "m.language", "op": "one_of", "value": ["fr"]}, Wrong.CHOICE),
        ({"fact": "m.company", "op": "is", "value": " "}, Wrong.VALUE),
        ({"fact": "m.imported", "op": "yes", "value": "x"}, Wrong.VALUE),
        ({"fact": "m.gone", "op": "gte", "value": 3}, Wrong.FACT),
        ({"relation": "gone", "match": "any", "where": POSTS}, Wrong.RELATION),
    ],
)
def test_what_cannot_be_asked_is_named_with_its_place(condition, wrong):
    problems = problems_of(rule_of({"all": [POSTS, {"none": [condition]}]}), CATALOGUE)
    assert [(problem.wrong, problem.path) for problem in problems] == [(wrong, "root.all.1.none.0")]


def test_an_entity_that_nobody_declares_is_a_problem():
    assert problems_of(rule_of(POSTS, entity="x"), CATALOGUE)[0].wrong == Wrong.ENTITY
