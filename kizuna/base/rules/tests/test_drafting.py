"""A rule in a form without JavaScript: nothing typed is lost, and what a browser sends back is the same rule."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings

from kizuna.base.components.rule_builder import rows_of
from kizuna.base.rules import BadRule, is_clocked, parse, stale_by
from kizuna.base.rules.drafting import as_fields, draft_from, draft_of, rule_from
from kizuna.base.rules.tests.declared import CATALOGUE
from kizuna.base.rules.tests.test_compiler import NODES

TWO = {
    "rule.join": ["all"], "rule.0.fact": ["m.posts"], "rule.0.op": ["gte"], "rule.0.value": ["３"], "rule.0.days": ["30"],
    "rule.1.join": ["any"], "rule.1.0.fact": ["m.company"], "rule.1.0.op": ["contains"], "rule.1.0.value": ["商店"],
}  # fmt: skip


def sent(fields, **more):
    data = QueryDict(mutable=True)
    for name, values in {**fields, **more}.items():
        data.setlist(name, values)
    return data


def rule_of(draft):
    return rule_from(draft, entity="m", catalogue=CATALOGUE)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(root=NODES)
def test_a_rule_goes_through_the_form_unchanged(root):
    try:
        rule = parse(
            {"version": 1, "entity": "m", "root": root if not {"fact", "relation"} & set(root) else {"all": [root]}}
        )
    except BadRule:
        return
    again = draft_from(sent(as_fields(draft_of(rule))))
    assert rule_of(again).to_json() == rule.to_json()
    assert rows_of(again, entity="m", catalogue=CATALOGUE, language="ja").parts


def test_full_width_numbers_are_numbers():
    assert rule_of(draft_from(sent(TWO))).to_json()["root"]["all"][0]["value"] == 3


@pytest.mark.parametrize(
    ("do", "shape"),
    [
        ("add:rule", ["m.posts", ["m.company"], ""]),
        ("add:rule.1", ["m.posts", ["m.company", ""]]),
        ("group:rule", ["m.posts", ["m.company"], [""]]),
        ("remove:rule.0", [["m.company"]]),
        ("remove:rule.1.0", ["m.posts", []]),
        ("remove:rule", ["m.posts", ["m.company"]]),
        ("remove:rule.7", ["m.posts", ["m.company"]]),
        ("add:rule.x.1", ["m.posts", ["m.company"]]),
        ("remove:rule." + "9" * 5_000, ["m.posts", ["m.company"]]),
        ("add:rule." + "9" * 5_000, ["m.posts", ["m.company"]]),
        ("drop:rule", ["m.posts", ["m.company"]]),
    ],
)
def test_buttons_change_the_tree_and_keep_what_was_typed(do, shape):
    def shape_of(draft):
        return [shape_of(part) for part in draft.parts] if draft.join else draft.fact

    draft = draft_from(sent(TWO, do=[do]))
    assert shape_of(draft) == shape


def test_what_does_not_fit_is_kept_and_marked_at_its_place():
    draft = draft_from(sent({**TWO, "rule.0.value": ["たくさん"]}))
    with pytest.raises(BadRule) as wrong:
        rule_of(draft)
    row = rows_of(draft, entity="m", catalogue=CATALOGUE, language="ja", wrong=wrong.value)
    assert row.parts[0].error
    assert row.parts[0].inputs[0].value == "たくさん"
    assert not row.parts[1].parts[0].error


def test_a_fact_that_is_gone_stays_in_the_form_by_its_name():
    draft = draft_from(sent({**TWO, "rule.0.fact": ["m.gone"]}))
    with pytest.raises(BadRule) as wrong:
        rule_of(draft)
    assert wrong.value.path == "rule.0"
    row = rows_of(draft, entity="m", catalogue=CATALOGUE, language="ja")
    assert row.parts[0].facts[0][1][0].value == "m.gone"


def test_a_form_cannot_nest_without_end_nor_hold_thousands():
    deep = {"rule" + ".0" * level + ".join": ["all"] for level in range(200)}
    many = {"rule.join": ["all"], **{f"rule.{n}.fact": ["m.posts"] for n in range(5_000)}}
    with pytest.raises(BadRule):
        rule_of(draft_from(sent(deep)))
    assert len(draft_from(sent(many)).parts) <= 60


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ({"fact": "m.company", "op": "set"}, False),
        ({"fact": "m.joined", "op": "from", "value": "2026-01-01"}, False),
        ({"fact": "m.joined", "op": "past_within", "value": 3}, True),
        ({"fact": "m.posts", "op": "gte", "value": 3}, False),
        ({"fact": "m.posts", "op": "gte", "value": 3, "days": 30}, True),
        ({"relation": "m.granted", "match": "any", "where": {"fact": "m.company", "op": "set"}}, True),
    ],
)
def test_windows_relative_dates_and_relations_hang_on_the_clock(root, expected):
    rule = parse({"version": 1, "entity": "m", "root": root})
    assert is_clocked(rule, CATALOGUE) is expected
    assert stale_by(rule, CATALOGUE) == {}
