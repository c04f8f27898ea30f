"""What an activity counts for others than its actor, and what happens when that definition changes."""

from datetime import date

import pytest
from django.db import transaction

from kizuna.core.activity import actions, rollups
from kizuna.core.activity.models import MemberDayCount, RollupCursor
from kizuna.core.activity.types import Counted
from kizuna.engagement.discussions.activities import ANSWER_ACCEPTED, ANSWERS_ACCEPTED, QUESTIONS_ASKED, TOPIC_POSTED
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def record(activity_type, member, **props):
    with transaction.atomic():
        return actions.record(activity_type, actor_id=member.pk, at=NOW, props=props)


def counts():
    return {(row.member.handle, row.verb): row.count for row in MemberDayCount.objects.select_related("member")}


def test_whoever_was_accepted_has_the_count_and_not_only_whoever_accepted(chie, ben):
    record(ANSWER_ACCEPTED, chie, answerer=ben.pk)
    rollups.roll_up()
    assert counts() == {("chie", "answer.accepted"): 1, ("ben", ANSWERS_ACCEPTED): 1}


def test_only_activities_with_the_declared_properties_are_counted(chie):
    record(TOPIC_POSTED, chie, kind="question")
    record(TOPIC_POSTED, chie, kind="discussion")
    rollups.roll_up()
    assert counts() == {("chie", "topic.posted"): 2, ("chie", QUESTIONS_ASKED): 1}


def test_an_activity_without_the_person_counts_for_nobody():
    assert Counted("x", "answerer").member_of(actor_id=1, props={}) is None


def test_another_definition_counts_the_log_again(chie):
    record(TOPIC_POSTED, chie, kind="question")
    rollups.roll_up()
    RollupCursor.objects.update(definition="before")
    MemberDayCount.objects.filter(verb=QUESTIONS_ASKED).delete()
    rollups.roll_up()
    assert counts() == {("chie", "topic.posted"): 1, ("chie", QUESTIONS_ASKED): 1}
    assert RollupCursor.objects.get().definition == rollups.definition()
