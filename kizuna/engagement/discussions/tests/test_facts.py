"""What rules know of a member's part in discussions is what the member did."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kizuna.base.rules import Moment, catalogue, explained, matching, parse, problems_of, sentence
from kizuna.core.activity import rollups
from kizuna.engagement.discussions import actions
from tests.cast import NOW

pytestmark = pytest.mark.django_db
MOMENT = Moment(NOW, ZoneInfo("Asia/Tokyo"))
VALUES = {"count": ("gte", 1), "date": ("past_within", 30), "datetime": ("past_within", 30), "text": ("contains", "x")}


def rule_of(*conditions):
    return parse({"version": 1, "entity": "member", "root": {"all": list(conditions)}})


def found(fact, value, *, days=30, op="gte"):
    rule = rule_of({"fact": f"discussions.{fact}", "op": op, "value": value, "days": days})
    return set(matching(rule, catalogue=catalogue(), moment=MOMENT).values_list("handle", flat=True))


def test_every_declared_fact_can_be_asked_said_and_explained(chie):
    known = catalogue()
    assert len(known.facts_of("member")) >= 12
    for fact in known.facts_of("member"):
        op, value = VALUES.get(fact.kind, ("set", None))
        rule = rule_of({"fact": fact.name, "op": op, **({} if value is None else {"value": value})})
        assert problems_of(rule, known) == []
        list(matching(rule, catalogue=known, moment=MOMENT))
        assert sentence(rule, catalogue=known, language="ja").endswith("メンバー")
        assert explained(rule, chie.pk, catalogue=known, moment=MOMENT, language="en").parts[0].text


def test_questions_replies_and_accepted_answers_count_for_who_did_them(chie, ben, ask, reply, viewer_of, now):
    topic = ask(chie)
    post = reply(ben, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=post, now=now)
    actions.give_reaction(viewer=viewer_of(chie), post=post, word="thanks", now=now)
    rollups.roll_up()
    assert found("posts", 1) == {"chie", "ben"}
    assert found("questions", 1) == {"chie"}
    assert found("answers", 1) == {"ben"}
    assert found("accepted_answers", 1) == {"ben"}
    assert found("thanks", 1) == {"ben"}
    actions.withdraw_reaction(viewer=viewer_of(chie), post=post, word="thanks", now=now)
    rollups.roll_up()
    assert found("thanks", 1) == set()
    assert found("thanks", 0, op="eq") == {"chie", "ben"}


def test_a_window_ends_with_its_last_day(chie, ask):
    ask(chie, now=NOW - timedelta(days=29))
    rollups.roll_up()
    assert found("posts", 1, days=30) == {"chie"}
    assert found("posts", 1, days=29) == set()
