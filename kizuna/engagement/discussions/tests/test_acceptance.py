"""Accepted answers: one at a time, by asker or staff, with the time it took."""

from datetime import timedelta

import pytest

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import AcceptedAnswer, Topic
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def accept(viewer_of, now):
    def do(member, topic, post, minutes=42):
        at = now + timedelta(minutes=minutes)
        return actions.accept_answer(viewer=viewer_of(member), topic=topic, post=post, now=at)

    return do


def test_the_asker_accepts_and_the_time_is_kept(chie, dan, ask, reply, accept):
    topic = ask(chie)
    answer = reply(dan, topic)
    accepted = accept(chie, topic, answer)
    topic.refresh_from_db()
    dan.refresh_from_db()
    assert accepted.seconds_to_solve == 42 * 60
    assert (topic.accepted_post_id, topic.is_solved, topic.staff_at) == (answer.pk, True, None)
    assert dan.accepted_count == 1
    activity = Activity.objects.get(verb="answer.accepted")
    assert activity.props == {
        "topic": topic.pk,
        "answerer": dan.pk,
        "asker": chie.pk,
        "seconds_to_solve": 2520,
        "by_staff": False,
    }


def test_the_same_answer_twice_changes_nothing(chie, dan, ben, ask, reply, accept):
    topic = ask(chie)
    answer = reply(dan, topic)
    assert accept(chie, topic, answer) == accept(ben, topic, answer, minutes=50)
    dan.refresh_from_db()
    assert dan.accepted_count == 1
    assert Activity.objects.filter(verb="answer.accepted").count() == 1


def test_another_answer_takes_the_place_and_history_stays(chie, dan, ben, ask, reply, accept):
    topic = ask(chie)
    first, better = reply(dan, topic), reply(ben, topic)
    accept(chie, topic, first)
    accept(chie, topic, better, minutes=60)
    for member in (dan, ben):
        member.refresh_from_db()
    assert (dan.accepted_count, ben.accepted_count) == (0, 1)
    assert Topic.objects.get(pk=topic.pk).accepted_post_id == better.pk
    assert AcceptedAnswer.objects.filter(topic=topic).count() == 2
    assert AcceptedAnswer.objects.get(topic=topic, ended_at__isnull=True).post_id == better.pk


def test_a_withdrawal_opens_the_question_again(chie, dan, ask, reply, accept, viewer_of, now):
    topic = ask(chie)
    accept(chie, topic, reply(dan, topic))
    actions.withdraw_answer(viewer=viewer_of(chie), topic=topic, now=now + timedelta(days=1))
    topic.refresh_from_db()
    dan.refresh_from_db()
    assert (topic.accepted_post_id, topic.solved_at, dan.accepted_count) == (None, None, 0)
    actions.withdraw_answer(viewer=viewer_of(chie), topic=topic, now=now)
    assert Activity.objects.filter(verb="answer.withdrawn").count() == 1


def test_the_askers_own_answer_wins_them_nothing(chie, ask, reply, accept):
    topic = ask(chie)
    accept(chie, topic, reply(chie, topic))
    chie.refresh_from_db()
    assert chie.accepted_count == 0


def test_others_cannot_accept(chie, dan, ask, reply, accept):
    topic = ask(chie)
    with pytest.raises(Refused):
        accept(dan, topic, reply(dan, topic))


def test_it_refuses_what_is_no_answer(chie, dan, ask, reply, accept, make_space):
    topic, other = ask(chie), ask(chie)
    for post in (topic.posts.get(number=1), reply(dan, other)):
        with pytest.raises(Refused):
            accept(chie, topic, post)
    talk = ask(chie, space=make_space("talk"))
    with pytest.raises(Refused):
        accept(chie, talk, reply(dan, talk))
