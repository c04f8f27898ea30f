"""Sentences that people read, in both languages."""

import pytest

from kizuna.base.rules import parse, sentence
from kizuna.base.rules.tests.declared import CATALOGUE

POSTS = {"fact": "m.posts", "op": "gte", "value": 3, "days": 30}
JAPANESE = {"fact": "m.language", "op": "one_of", "value": ["ja"]}
STAFF = {"fact": "m.roles", "op": "has_any", "value": ["owner", "moderator"]}
FELL = {"fact": "m.posts", "op": "fell_by", "value": 30, "days": 30}
SEEN = {"fact": "m.seen", "op": "past_within", "value": 7}
COMPANY = {"fact": "m.company", "op": "contains", "value": "商店"}


@pytest.mark.parametrize(
    ("root", "ja", "en"),
    [
        (
            {"all": [POSTS, JAPANESE]},
            "直近30日に投稿が3件以上で、言語が『「ja」』のメンバー",
            "Members with at least 3 posts in the last 30 days and whose language is “Ja”",
        ),
        (
            {"all": [COMPANY, FELL]},
            "会社名に『商店』を含み、直近30日の投稿が、その前の30日より30%以上減ったメンバー",
            "Members whose company contains “商店” and whose posts fell by at least 30% in the last 30 days against the 30 days before",
        ),
        (
            {"all": [{"any": [FELL, SEEN]}, JAPANESE, {"none": [STAFF]}]},
            "（直近30日の投稿が、その前の30日より30%以上減ったか、最後に来た日が直近7日以内）のどちらかで、"
            "言語が『「ja」』のメンバー。ただし、役割に『「owner」』『「moderator」』のどれかがあるメンバーを除く",
            "Members (either whose posts fell by at least 30% in the last 30 days against the 30 days before or whose day of the "
            "last visit is within the last 7 days) and whose language is “Ja”, except members whose roles include “Owner” or “Moderator”",
        ),
        (
            {"any": [POSTS, {"fact": "m.fee", "op": "gt", "value": 30000}]},
            "直近30日に投稿が3件以上か、会費が30,000円より大きいメンバー",
            "Members with at least 3 posts in the last 30 days or whose fee is more than ¥30,000",
        ),
        (
            {"fact": "m.posts", "op": "eq", "value": 0, "days": 90},
            "直近90日に投稿がないメンバー",
            "Members with no posts in the last 90 days",
        ),
        (
            {"fact": "m.posts", "op": "gte", "value": 1},
            "これまでに投稿が1件以上のメンバー",
            "Members with at least 1 post so far",
        ),
        (
            {"fact": "m.joined", "op": "within", "value": ["2026-04-01", "2026-09-30"]},
            "入会日が2026年4月1日から2026年9月30日までのメンバー",
            "Members whose day of joining is from 1 Apr 2026 to 30 Sep 2026",
        ),
        (
            {"none": [{"fact": "m.company", "op": "empty"}]},
            "すべてのメンバー。ただし、会社名が登録されていないメンバーを除く",
            "All members, except members whose company is not filled in",
        ),
        (
            {"relation": "m.granted", "match": "any", "where": POSTS},
            "直近30日に投稿が3件以上の役割を渡した相手が1人以上のメンバー",
            "Members with at least 1 members given a role with at least 3 posts in the last 30 days",
        ),
        (
            {"fact": "m.roles", "op": "has_none", "value": ["owner"]},
            "役割に『「owner」』がないメンバー",
            "Members whose roles do not include “Owner”",
        ),
        (
            {"fact": "m.gone", "op": "yes"},
            "（なくなった項目「m.gone」）のメンバー",
            "Members (with a fact that is gone: “m.gone”)",
        ),
    ],
    ids=range(11),
)
def test_a_rule_reads_as_a_sentence(root, ja, en):
    rule = parse({"version": 1, "entity": "m", "root": root})
    assert sentence(rule, catalogue=CATALOGUE, language="ja") == ja
    assert sentence(rule, catalogue=CATALOGUE, language="en") == en
