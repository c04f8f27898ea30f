"""Moving, closing, pinning; ideas; spaces; members first; solved checks."""

from datetime import timedelta

import pytest
from django.http import Http404

from kizuna.core.activity.models import Activity
from kizuna.core.community.models import ManagerAction
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.actions import audiences, members_first, solved_checks
from kizuna.engagement.discussions.models import (
    IdeaStatusChange,
    Post,
    SolvedCheck,
    Space,
    Topic,
    TopicClosure,
    TopicMove,
    TopicPin,
)
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


def test_a_moved_topic_takes_the_audience_of_its_space(chie, ben, ask, reply, staff_room, questions, viewer_of, now):
    topic = ask(chie)
    post = reply(ben, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=post, now=now)
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=staff_room, now=now)
    topic.refresh_from_db()
    assert (topic.space_id, topic.audience_id, topic.container_audience_id) == (staff_room.pk, STAFF, STAFF)
    assert topic.accepted_post_id is None
    assert set(Post.objects.values_list("audience_id", "container_audience_id")) == {(STAFF, STAFF)}
    with pytest.raises(Http404):  # it is its author's no more
        queries.topic_for(viewer_of(chie), topic.pk)
    for space, count in ((questions, 0), (staff_room, 1)):
        assert Space.objects.get(pk=space.pk).topic_count == count
    assert TopicMove.objects.count() == 1


def test_a_private_question_stays_private_when_moved(chie, ben, ask, make_space, viewer_of, now):
    topic = ask(chie, urgency="private")
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=make_space("talk"), now=now)
    topic.refresh_from_db()
    assert (topic.audience_id, topic.container_audience_id) == (STAFF, MEMBERS)


def test_only_moderators_arrange(chie, emi, ask, make_space, viewer_of, now):
    topic, talk = ask(chie), make_space("talk")
    for member in (chie, emi, None):
        viewer = viewer_of(member)
        for act in (
            lambda viewer=viewer: actions.move_topic(viewer=viewer, topic=topic, space=talk, now=now),
            lambda viewer=viewer: actions.close_topic(viewer=viewer, topic=topic, now=now),
            lambda viewer=viewer: actions.reopen_topic(viewer=viewer, topic=topic, now=now),
            lambda viewer=viewer: actions.pin_topic(viewer=viewer, topic=topic, now=now),
            lambda viewer=viewer: actions.unpin_topic(viewer=viewer, topic=topic, now=now),
        ):
            with pytest.raises(Refused):
                act()


def test_closing_and_pinning_are_records(chie, ben, ask, viewer_of, now):
    topic, viewer = ask(chie), viewer_of(ben)
    for _again in range(2):
        actions.close_topic(viewer=viewer, topic=topic, reason="解決済み", now=now)
        actions.pin_topic(viewer=viewer, topic=topic, now=now)
    topic.refresh_from_db()
    assert (topic.is_closed, topic.is_pinned, topic.staff_at) == (True, True, None)
    assert (TopicClosure.objects.get().reason, TopicPin.objects.get().pinned_by_id) == ("解決済み", ben.pk)
    for _again in range(2):
        actions.reopen_topic(viewer=viewer, topic=topic, now=now)
        actions.unpin_topic(viewer=viewer, topic=topic, now=now)
    topic.refresh_from_db()
    assert (topic.is_closed, topic.is_pinned, TopicClosure.objects.count(), TopicPin.objects.count()) == (
        False,
        False,
        0,
        0,
    )


def test_an_idea_is_voted_for_once_until_it_is_done(chie, dan, aoi, ask, make_space, viewer_of, now):
    idea = ask(chie, space=make_space("ideas", kind="idea"))
    assert idea.idea_status == "received"
    for _again in range(2):
        assert actions.vote_idea(viewer=viewer_of(dan), topic=idea, now=now) == 1
    assert actions.withdraw_vote(viewer=viewer_of(dan), topic=idea, now=now) == 0
    with pytest.raises(Refused):
        actions.change_idea_status(viewer=viewer_of(dan), topic=idea, status="planned", now=now)
    with pytest.raises(Refused) as refusal:
        actions.change_idea_status(viewer=viewer_of(aoi), topic=idea, status="declined", now=now)
    assert refusal.value.field == "note"
    actions.change_idea_status(viewer=viewer_of(aoi), topic=idea, status="shipped", note="公開しました", now=now)
    assert IdeaStatusChange.objects.get().note == "公開しました"
    with pytest.raises(Refused):
        actions.vote_idea(viewer=viewer_of(chie), topic=idea, now=now)
    with pytest.raises(Refused):
        actions.vote_idea(viewer=viewer_of(dan), topic=ask(chie), now=now)


def test_staff_are_told_once_when_the_time_with_members_is_over(chie, dan, ask, reply, now):
    waiting, answered = ask(chie), ask(chie)
    reply(dan, answered)
    assert members_first.tell_staff_of_due(now=now + timedelta(hours=23)) == 0
    due = now + timedelta(hours=24)
    assert [members_first.tell_staff_of_due(now=due) for _turn in range(2)] == [1, 0]
    assert Topic.objects.get(pk=waiting.pk).staff_told_at == due
    assert Activity.objects.get(verb="topic.reached_staff").object_id == waiting.pk


def test_the_asker_is_asked_once_after_days_of_silence(chie, dan, ask, reply, now):
    silent, unanswered = ask(chie), ask(chie)
    reply(dan, silent)
    assert solved_checks.ask_after_silence(now=now + timedelta(days=2)) == 0
    later = now + timedelta(days=3)
    assert [solved_checks.ask_after_silence(now=later) for _turn in range(2)] == [1, 0]
    check = SolvedCheck.objects.get()
    assert (check.topic_id, check.member_id, check.is_solved, check.place) == (silent.pk, chie.pk, None, "silence")
    assert unanswered.pk != check.topic_id


def test_the_askers_yes_accepts_and_their_no_reaches_staff(chie, dan, ask, reply, viewer_of, now):
    solved, open_still = ask(chie), ask(chie)
    answer = reply(dan, solved)
    reply(dan, open_still)
    viewer = viewer_of(chie)
    actions.answer_solved_check(viewer=viewer, topic=solved, post=answer, is_solved=True, now=now)
    actions.answer_solved_check(viewer=viewer, topic=open_still, is_solved=False, now=now)
    assert Topic.objects.get(pk=solved.pk).accepted_post_id == answer.pk
    assert Topic.objects.get(pk=open_still.pk).staff_told_at == now


def test_others_and_visitors_only_say_so(chie, dan, ben, ask, reply, viewer_of, opened, now):
    topic = ask(chie)
    answer = reply(ben, topic)
    for _again, is_solved in enumerate((True, False)):
        actions.answer_solved_check(viewer=viewer_of(dan), topic=topic, post=answer, is_solved=is_solved, now=now)
    actions.answer_solved_check(
        viewer=viewer_of(None), topic=topic, post=answer, is_solved=True, visitor_key="v1", now=now
    )
    assert Topic.objects.get(pk=topic.pk).accepted_post_id is None
    assert sorted(SolvedCheck.objects.values_list("member_id", "visitor_key", "is_solved"), key=str) == sorted(
        [(dan.pk, "", False), (None, "v1", True)], key=str
    )
    with pytest.raises(Refused):
        actions.answer_solved_check(viewer=viewer_of(None), topic=topic, is_solved=True, now=now)


def test_a_manager_makes_orders_and_archives_spaces(aoi, ben, viewer_of, now):
    viewer = viewer_of(aoi)
    made = actions.create_space(
        viewer=viewer,
        slug="news",
        kind="announcement",
        name={"ja": "お知らせ"},
        audience_id=PUBLIC,
        posting="staff",
        now=now,
    )
    assert made.position > Space.objects.get(slug="general").position
    actions.order_spaces(viewer=viewer, space_ids=[made.pk], now=now)
    assert [space.slug for space in Space.objects.all()] == ["news", "general"]
    actions.archive_space(viewer=viewer, space=made, now=now)
    assert Space.objects.get(pk=made.pk).is_archived
    assert ManagerAction.objects.filter(action__startswith="space.").count() == 3
    with pytest.raises(Refused):
        actions.archive_space(viewer=viewer_of(ben), space=made, now=now)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "general"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "Ａ"}, "slug"),
        ({"kind": "blog"}, "kind"),
        ({"name": {"ja": " "}}, "name"),
        ({"name": {"ja": "長" * 61}}, "name"),
        ({"audience_id": 99}, "audience"),
        ({"members_first_hours": -1}, "members_first_hours"),
    ],
)
def test_it_refuses_a_bad_space_at_its_field(aoi, viewer_of, now, fields, field):
    fields = {"slug": "new", "kind": "question", "name": {"ja": "新"}, "audience_id": MEMBERS, **fields}
    with pytest.raises(Refused) as refusal:
        actions.create_space(viewer=viewer_of(aoi), now=now, **fields)
    assert refusal.value.field == field


def test_everything_in_a_space_follows_its_audience(chie, aoi, ask, reply, questions, viewer_of, now, monkeypatch):
    monkeypatch.setattr(audiences, "BATCH", 2)
    topic, private = ask(chie), ask(chie, urgency="private")
    for _turn in range(3):
        reply(aoi, topic)
    actions.edit_space(viewer=viewer_of(aoi), space=questions, audience_id=STAFF, now=now)
    with pytest.raises(Http404):
        queries.topic_for(viewer_of(chie), topic.pk)
    assert not queries.posts_visible_to(viewer_of(chie)).exists()
    while audiences.spread_to_posts(space_id=questions.pk):
        pass
    assert set(Post.objects.values_list("audience_id", "container_audience_id")) == {(STAFF, STAFF)}
    actions.edit_space(viewer=viewer_of(aoi), space=questions, audience_id=PUBLIC, now=now)
    while audiences.spread_to_posts(space_id=questions.pk):
        pass
    assert Topic.objects.get(pk=private.pk).audience_id == STAFF
    assert set(Post.objects.filter(topic=topic).values_list("audience_id", flat=True)) == {PUBLIC}


def test_a_space_with_topics_keeps_its_kind(chie, aoi, ask, questions, viewer_of, now):
    ask(chie)
    with pytest.raises(Refused) as refusal:
        actions.edit_space(viewer=viewer_of(aoi), space=questions, kind="idea", now=now)
    assert refusal.value.field == "kind"
