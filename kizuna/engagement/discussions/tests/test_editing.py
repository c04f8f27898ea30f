"""Editing: history, title and tags, mentions, refusals."""

from datetime import timedelta

import pytest

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Mention, Post, PostRevision, Tag, Topic, TopicTag


def opening(topic):
    return Post.objects.select_related("topic__space").get(topic=topic, number=1)


def test_it_keeps_what_stood_there(chie, ask, viewer_of, now):
    topic = ask(chie, title="届かない", body="前の文")
    later = now + timedelta(minutes=5)
    actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="後の文", title="届きません", now=later)
    post = opening(topic)
    assert (post.body, post.html.strip(), post.edited_at, post.topic.title) == (
        "後の文",
        "<p>後の文</p>",
        later,
        "届きません",
    )
    revision = PostRevision.objects.get()
    assert (revision.body, revision.title, revision.edited_by_id) == ("前の文", "届かない", chie.pk)
    assert Activity.objects.get(verb="post.edited").props == {"topic": topic.pk, "by_author": True}


def test_an_edit_that_changes_nothing_leaves_no_trace(chie, ask, viewer_of, now):
    topic = ask(chie, body="同じ")
    actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="同じ\r\n", now=now)
    assert not PostRevision.objects.exists()
    assert opening(topic).edited_at is None


def test_tags_follow_with_their_counts(chie, ask, viewer_of, now):
    topic = ask(chie, tags=["配送", "税"])
    actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="x", tags=["税", "領収書"], now=now)
    assert Topic.objects.get(pk=topic.pk).tags == ["税", "領収書"]
    assert dict(Tag.objects.values_list("name", "topic_count")) == {"配送": 0, "税": 1, "領収書": 1}
    assert TopicTag.objects.filter(topic=topic).count() == 2


def test_mentions_follow_the_words(chie, aoi, ben, ask, viewer_of, now):
    topic = ask(chie, body="@aoi さん")
    later = now + timedelta(minutes=5)
    actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="@ben さん", now=later)
    assert list(Mention.objects.values_list("member_id", "created_at")) == [(ben.pk, later)]


def test_moderators_edit_and_others_do_not(chie, aoi, ben, emi, ask, viewer_of, now):
    post = opening(ask(chie))
    for member in (emi, None):
        with pytest.raises(Refused):
            actions.edit_post(viewer=viewer_of(member), post=post, body="x", now=now)
    actions.edit_post(viewer=viewer_of(ben), post=post, body="直しました", now=now)
    assert Activity.objects.get(verb="post.edited").props["by_author"] is False


def test_the_author_of_a_closed_topic_leaves_it(chie, ben, ask, viewer_of, now):
    topic = ask(chie)
    actions.close_topic(viewer=viewer_of(ben), topic=topic, now=now)
    with pytest.raises(Refused):
        actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="x", now=now)


def test_a_bad_title_stops_the_whole_edit(chie, ask, viewer_of, now):
    topic = ask(chie, body="前")
    with pytest.raises(Refused) as refusal:
        actions.edit_post(viewer=viewer_of(chie), post=opening(topic), body="後", title=" ", tags=["新"], now=now)
    assert refusal.value.field == "title"
    assert opening(topic).body == "前"
    assert not Tag.objects.exists()
