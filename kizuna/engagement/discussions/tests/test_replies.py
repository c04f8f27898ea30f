"""Replies: numbers, counters, dates, refusals, cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Follow, Post, Topic, TopicRead


def test_it_writes_the_post_its_number_and_one_activity(chie, ben, ask, reply, now):
    topic = ask(chie)
    later = now + timedelta(hours=1)
    post = reply(ben, topic, now=later)
    topic.refresh_from_db()
    ben.refresh_from_db()
    assert (post.number, post.is_staff, topic.post_count, topic.last_number) == (2, True, 2, 2)
    assert (topic.bumped_at, topic.last_post_author_id) == (later, ben.pk)
    assert (topic.first_reply_at, topic.first_staff_reply_at) == (later, later)
    assert (ben.post_count, topic.follower_count) == (1, 2)
    assert TopicRead.objects.get(member=ben, topic=topic).last_read_number == 2
    activity = Activity.objects.get(verb="post.replied")
    assert activity.props["is_first"] is True
    assert activity.props["number"] == 2


def test_a_word_of_the_asker_is_no_first_reply(chie, ask, reply):
    topic = ask(chie)
    reply(chie, topic)
    topic.refresh_from_db()
    assert topic.first_reply_at is None
    assert topic.staff_at is not None


def test_an_answer_by_a_member_spares_staff(chie, ask, reply):
    from tests.cast import make_member

    topic = ask(chie)
    reply(make_member("dan"), topic)
    topic.refresh_from_db()
    assert (topic.staff_at, topic.staff_told_at) == (None, None)


def test_it_makes_drawn_fragments_stale(chie, ben, ask, reply):
    topic = ask(chie)
    Topic.objects.filter(pk=topic.pk).update(row_version="1.1")
    reply(ben, topic)
    assert Topic.objects.get(pk=topic.pk).row_version != "1.1"


def test_a_closed_topic_takes_words_of_moderators_only(chie, ben, ask, reply):
    topic = ask(chie)
    Topic.objects.filter(pk=topic.pk).update(is_closed=True)
    with pytest.raises(Refused):  # the row as it is now counts, not as it was loaded
        reply(chie, topic)
    assert reply(ben, topic).number == 2


def test_it_refuses_to_answer_a_post_of_another_topic(chie, ben, ask, reply):
    elsewhere = reply(ben, ask(chie))
    with pytest.raises(Refused) as refusal:
        reply(chie, ask(chie), reply_to=elsewhere)
    assert refusal.value.field == "reply_to"


def test_it_keeps_an_explicit_mute(chie, ben, ask, reply, viewer_of, now):
    topic = ask(chie)
    actions.mute_topic(viewer=viewer_of(ben), topic=topic, now=now)
    reply(ben, topic)
    assert Follow.objects.get(topic=topic, member=ben).is_muted
    assert Topic.objects.get(pk=topic.pk).follower_count == 1


def test_a_reply_costs_few_statements(chie, ben, aoi, ask, viewer_of, now):
    topic = ask(chie)
    for member in (ben, aoi, chie):
        viewer = viewer_of(member)
        with CaptureQueriesContext(connection) as captured:
            actions.post_reply(viewer=viewer, topic=topic, body="ひとこと", now=now)
    # Generations are read once per request by its middleware, and the test's savepoints are a request's BEGIN and COMMIT.
    apart = ("PRAGMA", "SAVEPOINT", "RELEASE", "0 times", "SELECT name, number FROM community_generation")
    statements = [query["sql"] for query in captured if not query["sql"].startswith(apart)]
    assert len(statements) <= 15, "\n".join(statement[:90] for statement in statements)


def test_numbers_are_given_once_and_never_again(chie, ben, ask, reply):
    topic = ask(chie)
    second = reply(ben, topic)
    Post.objects.filter(pk=second.pk).update(state="deleted")
    assert reply(ben, topic).number == 3
