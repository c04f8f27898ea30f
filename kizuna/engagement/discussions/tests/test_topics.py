"""Opening topics: rows, activity, refusals."""

from datetime import timedelta

import pytest

from kizuna.core.activity.models import Activity
from kizuna.core.community.models import WordRule
from kizuna.core.community.queries import content_generation
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import PUBLIC, STAFF
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Draft, Follow, Mention, Post, Tag, Topic, TopicRead


def test_it_writes_the_topic_its_post_and_one_activity(chie, ask, questions):
    generation = content_generation()
    topic = ask(chie, title="  配送が\n届きません ", body="三日**たっても**\r\n届きません。", tags=["配送", "サーバー"])
    topic.refresh_from_db()
    post = Post.objects.get(topic=topic)
    assert (topic.title, topic.tags, topic.lang, topic.state) == (
        "配送が 届きません",
        ["配送", "サーバー"],
        "ja",
        "visible",
    )
    assert (topic.audience_id, topic.container_audience_id) == (PUBLIC, PUBLIC)
    assert (post.number, post.body) == (1, "三日**たっても**\n届きません。")
    assert "<strong>たっても</strong>" in post.html
    activity = Activity.objects.get()
    assert (activity.verb, activity.object_id, activity.actor_id) == ("topic.posted", topic.pk, chie.pk)
    questions.refresh_from_db()
    chie.refresh_from_db()
    assert (questions.topic_count, chie.topic_count, topic.follower_count) == (1, 1, 1)
    assert Follow.objects.filter(topic=topic, member=chie).exists()
    assert TopicRead.objects.get(topic=topic, member=chie).last_read_number == 1
    assert content_generation() > generation


def test_one_tag_holds_every_spelling(chie, aoi, ask):
    ask(chie, tags=["サーバー"])
    ask(aoi, tags=["サーバ", "ｻｰﾊﾞｰ"])
    assert Tag.objects.get().topic_count == 2


def test_a_question_waits_for_members_before_staff(chie, ask, questions, now):
    assert ask(chie).staff_at == now + timedelta(hours=24)
    questions.members_first_hours = 2
    questions.save()
    assert ask(chie).staff_at == now + timedelta(hours=2)


@pytest.mark.parametrize("urgency", ["urgent", "billing", "private"])
def test_an_urgent_question_reaches_staff_at_once(chie, ask, now, urgency):
    topic = Topic.objects.get(pk=ask(chie, urgency=urgency).pk)
    assert (topic.staff_at, topic.staff_told_at) == (None, now)
    assert Activity.objects.filter(verb="topic.reached_staff", object_id=topic.pk).count() == 1


def test_a_private_question_has_the_staff_audience(chie, ask):
    topic = ask(chie, urgency="private")
    assert (topic.audience_id, topic.container_audience_id) == (STAFF, PUBLIC)
    assert Post.objects.get(topic=topic).audience_id == STAFF


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " \u3000\u200b "}, "title"),
        ({"title": "長" * 201}, "title"),
        ({"body": "\u200b\n"}, "body"),
        ({"body": "長" * 100_001}, "body"),
        ({"tags": list("abcdef")}, "tags"),
        ({"tags": ["長" * 41]}, "tags"),
        ({"urgency": "maybe"}, "urgency"),
    ],
)
def test_it_refuses_bad_words_at_their_field_and_writes_nothing(chie, ask, fields, field):
    with pytest.raises(Refused) as refusal:
        ask(chie, **fields)
    assert refusal.value.field == field
    assert not Topic.objects.exists()


def test_a_title_cannot_turn_the_words_around_it(chie, ask):
    assert ask(chie, title="送料\u202eの \u2067 話\u2069").title == "送料の 話"
    with pytest.raises(Refused):
        ask(chie, title="\u202e\u2066")


def test_it_refuses_members_where_only_the_team_posts(chie, aoi, ask, make_space):
    news = make_space("news", kind="announcement", posting="staff")
    with pytest.raises(Refused):
        ask(chie, space=news)
    assert ask(aoi, space=news).pk


@pytest.mark.parametrize(
    ("kind", "fields", "posting"),
    [
        ("announcement", {}, "staff"),
        ("announcement", {"posting": "members"}, "members"),
        ("discussion", {}, "members"),
    ],
)
def test_announcements_come_from_the_team_unless_set_otherwise(aoi, viewer_of, now, kind, fields, posting):
    name = {"ja": "お知らせ", "en": "News"}
    space = actions.create_space(
        viewer=viewer_of(aoi), slug="words", kind=kind, name=name, audience_id=PUBLIC, now=now, **fields
    )
    assert space.posting == posting


def test_it_refuses_a_visitor_a_view_as_and_a_space_out_of_sight(chie, aoi, ask, staff_room, viewer_of, questions, now):
    from dataclasses import replace

    for viewer in (viewer_of(None), replace(viewer_of(aoi), is_view_as=True)):
        with pytest.raises(Refused):
            actions.open_topic(viewer=viewer, space=questions, title="a", body="b", now=now)
    with pytest.raises(Refused):
        ask(chie, space=staff_room)


def test_it_refuses_an_archived_space(aoi, ask, make_space):
    with pytest.raises(Refused):
        ask(aoi, space=make_space("old", is_archived=True))


def test_a_refused_word_stops_it_and_a_held_one_makes_it_wait(chie, ask, now):
    for word, effect in (("禁句", "refuse"), ("競合社", "hold")):
        WordRule.objects.create(word=word, skeleton=word, effect=effect, created_at=now)
    with pytest.raises(Refused) as refusal:
        ask(chie, body="これは禁・句です")
    assert refusal.value.field == "body"
    topic = ask(chie, title="競合社の話")
    assert topic.state == "held"
    assert [activity.verb for activity in Activity.objects.all()] == ["topic.held"]
    chie.refresh_from_db()
    assert chie.topic_count == 0


def test_links_of_newcomers_wait(ask, now):
    from tests.cast import make_member

    fresh = make_member("fresh", joined_at=now - timedelta(hours=1))
    known = make_member("known", joined_at=now - timedelta(days=3))
    assert ask(fresh, body="https://example.com/spam").state == "held"
    assert ask(known, body="https://example.com/guide").state == "visible"


def test_mentions_are_kept_for_members_that_exist(chie, ben, ask):
    topic = ask(chie, body="@ben さん、@nobody さん、@chie も、`@ben` も")
    post = Post.objects.get(topic=topic)
    assert [mention.member_id for mention in Mention.objects.filter(post=post)] == [ben.pk]
    assert 'href="/m/ben/"' in post.html
    assert "/m/nobody/" not in post.html


def test_the_draft_goes_when_the_topic_stands(chie, ask, now):
    Draft.objects.create(member=chie, context="space:qa", title="途中", saved_at=now)
    ask(chie)
    assert not Draft.objects.exists()


def test_it_refuses_a_flood_but_not_from_staff(chie, aoi, ask):
    for _turn in range(10):
        ask(chie)
        ask(aoi)
    ask(aoi)
    with pytest.raises(Refused) as refusal:
        ask(chie)
    assert refusal.value.code == "too_fast"
