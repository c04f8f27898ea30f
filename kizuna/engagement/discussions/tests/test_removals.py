"""Deleting, hiding, holding, bringing back: states, counters, records, refusals."""

import pytest
from django.http import Http404

from kizuna.core.activity.models import Activity
from kizuna.core.community.models import WordRule
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, PostRemoval, Topic, TopicRead, TopicRemoval
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


def opening(topic):
    return Post.objects.get(topic=topic, number=1)


def test_an_author_deletes_a_reply_and_takes_it_back(chie, dan, ben, ask, reply, viewer_of, now):
    topic = ask(chie)
    reply(ben, topic)
    post = reply(dan, topic)
    actions.delete_post(viewer=viewer_of(dan), post=post, now=now)
    topic.refresh_from_db()
    dan.refresh_from_db()
    assert (Post.objects.get(pk=post.pk).state, topic.post_count, dan.post_count) == ("deleted", 2, 0)
    assert topic.last_post_author_id == ben.pk
    actions.restore_post(viewer=viewer_of(dan), post=post, now=now)
    actions.restore_post(viewer=viewer_of(dan), post=post, now=now)
    topic.refresh_from_db()
    dan.refresh_from_db()
    assert (Post.objects.get(pk=post.pk).state, topic.post_count, dan.post_count) == ("visible", 3, 1)
    removal = PostRemoval.objects.get()
    assert (removal.removed_by_id, removal.restored_by_id) == (dan.pk, dan.pk)
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["post.removed", "post.restored"]


def test_a_question_without_answers_can_go_with_its_topic(chie, ask, questions, viewer_of, now):
    topic = ask(chie, tags=["配送"])
    actions.delete_post(viewer=viewer_of(chie), post=opening(topic), now=now)
    for row in (topic, questions, chie):
        row.refresh_from_db()
    assert (topic.state, questions.topic_count, chie.topic_count) == ("deleted", 0, 0)
    assert TopicRemoval.objects.get(topic=topic).removed_by_id == chie.pk
    actions.restore_post(viewer=viewer_of(chie), post=opening(topic), now=now)
    for row in (topic, questions, chie):
        row.refresh_from_db()
    assert (topic.state, questions.topic_count, chie.topic_count) == ("visible", 1, 1)


def test_an_answered_question_cannot_be_destroyed_by_its_author(chie, dan, ask, reply, viewer_of, now):
    topic = ask(chie)
    answer = reply(dan, topic)
    with pytest.raises(Refused):
        actions.delete_post(viewer=viewer_of(chie), post=opening(topic), now=now)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    with pytest.raises(Refused):
        actions.delete_post(viewer=viewer_of(dan), post=answer, now=now)


def test_nobody_deletes_the_posts_of_others(chie, dan, ben, ask, reply, viewer_of, now):
    post = reply(dan, ask(chie))
    for member in (chie, ben, None):
        with pytest.raises(Refused):
            actions.delete_post(viewer=viewer_of(member), post=post, now=now)


def test_a_moderator_hides_with_a_reason_and_the_acceptance_ends(chie, dan, ben, ask, reply, viewer_of, now):
    topic = ask(chie)
    answer = reply(dan, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    with pytest.raises(Refused) as refusal:
        actions.hide_post(viewer=viewer_of(ben), post=answer, reason=" ", now=now)
    assert refusal.value.field == "reason"
    actions.hide_post(viewer=viewer_of(ben), post=answer, reason="宣伝です", now=now)
    topic.refresh_from_db()
    dan.refresh_from_db()
    assert (topic.accepted_post_id, topic.first_reply_at, dan.accepted_count) == (None, None, 0)
    assert AcceptedAnswer.objects.get().ended_by_id == ben.pk
    assert PostRemoval.objects.get().reason == "宣伝です"
    with pytest.raises(Refused):  # what staff hid its author does not bring back
        actions.restore_post(viewer=viewer_of(dan), post=answer, now=now)
    with pytest.raises(Refused):
        actions.hide_post(viewer=viewer_of(chie), post=answer, reason="x", now=now)


def test_removed_posts_are_gone_for_others(chie, dan, ben, ask, reply, viewer_of, now):
    topic = ask(chie)
    post = reply(dan, topic)
    actions.delete_post(viewer=viewer_of(dan), post=post, now=now)
    for member in (chie, dan, ben):
        with pytest.raises(Http404):
            queries.post_for(viewer_of(member), post.pk)
    assert queries.removed_post_for(viewer_of(dan), post.pk).pk == post.pk
    assert queries.removed_post_for(viewer_of(ben), post.pk).pk == post.pk
    with pytest.raises(Http404):
        queries.removed_post_for(viewer_of(chie), post.pk)


@pytest.fixture
def held_word(now):
    def make(word):
        WordRule.objects.create(word=word, skeleton=word, effect="hold", created_at=now)

    return make


def test_a_held_reply_is_told_of_when_a_moderator_releases_it(chie, dan, ben, ask, reply, held_word, viewer_of, now):
    held_word("競合社")
    topic = ask(chie)
    post = reply(dan, topic, body="競合社のほうが安いです")
    topic.refresh_from_db()
    assert (post.state, topic.post_count, topic.first_reply_at) == ("held", 1, None)
    assert not Activity.objects.filter(verb="post.replied").exists()
    with pytest.raises(Refused):
        actions.release_post(viewer=viewer_of(chie), post=post, now=now)
    for _again in range(2):
        actions.release_post(viewer=viewer_of(ben), post=post, now=now)
    topic.refresh_from_db()
    assert (topic.post_count, topic.first_reply_at) == (2, now)
    assert Activity.objects.filter(verb="post.replied").count() == 1


def test_a_released_reply_is_new_to_whom_read_on_while_it_waited(chie, dan, ben, ask, reply, held_word, viewer_of, now):
    held_word("競合社")
    topic = ask(chie)
    held = reply(dan, topic, body="競合社のほうが安いです")
    seen = reply(ben, topic, body="設定の画面から変えられます")
    actions.mark_read(viewer=viewer_of(chie), topic_id=topic.pk, number=seen.number, now=now)
    actions.release_post(viewer=viewer_of(ben), post=held, now=now)
    held.refresh_from_db()
    topic.refresh_from_db()
    assert held.number == topic.last_number > seen.number
    assert TopicRead.objects.get(member=chie, topic=topic).last_read_number < held.number


def test_a_held_topic_is_told_of_when_it_is_released(chie, ben, ask, held_word, viewer_of, now):
    held_word("競合社")
    topic = ask(chie, body="競合社から移りたい", urgency="billing")
    actions.release_post(viewer=viewer_of(ben), post=opening(topic), now=now)
    topic.refresh_from_db()
    assert (topic.state, topic.staff_told_at) == ("visible", now)
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {"topic.held", "topic.released", "topic.posted", "topic.reached_staff"} == verbs


def test_an_edit_is_screened_too(chie, ask, held_word, viewer_of, now):
    held_word("競合社")
    topic = ask(chie)
    actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="競合社の宣伝", now=now)
    chie.refresh_from_db()
    assert (Topic.objects.get(pk=topic.pk).state, chie.topic_count) == ("held", 0)
