"""Reactions, follows, bookmarks, drafts, read marks."""

from datetime import timedelta

import pytest

from kizuna.core.community import actions as community
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions, settings
from kizuna.engagement.discussions.models import Bookmark, Draft, Follow, Post, Reaction, ReadMark, Topic, TopicRead


@pytest.fixture
def post(chie, ben, ask, reply):
    return reply(ben, ask(chie))


def test_a_word_counts_once_and_can_be_taken_back(chie, ben, post, viewer_of, now):
    for _again in range(2):
        counts = actions.give_reaction(viewer=viewer_of(chie), post=post, word="thanks", now=now)
        assert counts == {"thanks": 1}
    actions.give_reaction(viewer=viewer_of(chie), post=post, word="tried", now=now)
    ben.refresh_from_db()
    post.refresh_from_db()
    assert (post.thanks_count, post.reaction_counts, ben.thanks_count) == (1, {"thanks": 1, "tried": 1}, 1)
    for _again in range(2):
        counts = actions.withdraw_reaction(viewer=viewer_of(chie), post=post, word="thanks", now=now)
        assert counts == {"tried": 1}
    ben.refresh_from_db()
    assert (Post.objects.get(pk=post.pk).thanks_count, ben.thanks_count, Reaction.objects.count()) == (0, 0, 1)


def test_imported_thanks_are_added_to_not_counted_again(chie, post, viewer_of, now):
    Post.objects.filter(pk=post.pk).update(reaction_counts={"thanks": 7}, thanks_count=7)
    assert actions.give_reaction(viewer=viewer_of(chie), post=post, word="thanks", now=now) == {"thanks": 8}


def test_nobody_thanks_themselves_and_words_are_the_communitys(chie, ben, post, viewer_of, now):
    with pytest.raises(Refused):
        actions.give_reaction(viewer=viewer_of(ben), post=post, word="thanks", now=now)
    with pytest.raises(Refused):
        actions.give_reaction(viewer=viewer_of(chie), post=post, word="boo", now=now)
    words = [{"word": "boo", "ja": "ぶー", "en": "Boo"}]
    community.change_setting(settings.REACTIONS, value=words, member_id=None)
    assert actions.give_reaction(viewer=viewer_of(chie), post=post, word="boo", now=now) == {"boo": 1}


@pytest.mark.parametrize(
    "value", [[], "x", [{"word": "A", "ja": "a"}], [{"word": "a"}], [{"word": "a", "ja": "a"}] * 2]
)
def test_bad_words_are_no_setting(value):
    with pytest.raises(ValueError):
        settings.reaction_words(value)


def test_following_and_muting_keep_the_count(aoi, chie, ask, viewer_of, now):
    topic, viewer = ask(chie), viewer_of(aoi)
    steps = (
        (actions.follow_topic, {"now": now}, 2),
        (actions.follow_topic, {"now": now}, 2),
        (actions.mute_topic, {"now": now}, 1),
        (actions.mute_topic, {"now": now}, 1),
        (actions.follow_topic, {"now": now}, 2),
        (actions.unfollow_topic, {}, 1),
        (actions.unfollow_topic, {}, 1),
        (actions.mute_topic, {"now": now}, 1),
    )
    for action, fields, count in steps:
        action(viewer=viewer, topic=topic, **fields)
        assert Topic.objects.get(pk=topic.pk).follower_count == count
    assert Follow.objects.get(member=aoi).is_muted


def test_bookmarks_are_kept_once(chie, post, viewer_of, now):
    for _again in range(2):
        actions.add_bookmark(viewer=viewer_of(chie), post=post, now=now)
    assert Bookmark.objects.count() == 1
    actions.remove_bookmark(viewer=viewer_of(chie), post=post)
    assert not Bookmark.objects.exists()


def test_a_draft_is_one_per_place_and_empty_text_ends_it(chie, viewer_of, now):
    viewer = viewer_of(chie)
    actions.save_draft(viewer=viewer, context="topic:1", body="途中", now=now)
    actions.save_draft(viewer=viewer, context="topic:1", body="途中まで", tags=["税"], now=now)
    draft = Draft.objects.get()
    assert (draft.body, draft.tags) == ("途中まで", ["税"])
    actions.save_draft(viewer=viewer, context="topic:1", body=" ", now=now)
    assert not Draft.objects.exists()
    with pytest.raises(Refused):
        actions.save_draft(viewer=viewer, context="topic:1", body="長" * 100_001, now=now)


def test_a_member_keeps_at_most_so_many_drafts(chie, viewer_of, now, monkeypatch):
    from kizuna.engagement.discussions.actions import drafts

    monkeypatch.setattr(drafts, "MAX_DRAFTS", 3)
    for minute in range(5):
        at = now + timedelta(minutes=minute)
        actions.save_draft(viewer=viewer_of(chie), context=f"topic:{minute}", body="x", now=at)
    assert sorted(Draft.objects.values_list("context", flat=True)) == ["topic:2", "topic:3", "topic:4"]


def test_read_marks_only_rise(chie, ben, ask, reply, viewer_of, now):
    topic = ask(ben)
    viewer = viewer_of(chie)
    for number, expected in ((2, 2), (1, 2), (5, 5)):
        actions.mark_read(viewer=viewer, topic_id=topic.pk, number=number, now=now)
        assert TopicRead.objects.get(member=chie).last_read_number == expected
    actions.mark_topic_unread(viewer=viewer, topic=topic, number=3, now=now)
    assert TopicRead.objects.get(member=chie).last_read_number == 2


def test_view_as_marks_nothing(chie, ben, ask, viewer_of, now):
    from dataclasses import replace

    actions.mark_read(viewer=replace(viewer_of(chie), is_view_as=True), topic_id=ask(ben).pk, number=1, now=now)
    assert not TopicRead.objects.filter(member=chie).exists()


def test_all_read_can_be_taken_back_by_the_same_person(chie, ben, viewer_of, now):
    viewer = viewer_of(chie)
    first = actions.mark_all_read(viewer=viewer, now=now)
    second = actions.mark_all_read(viewer=viewer, now=now + timedelta(days=1))
    with pytest.raises(Refused):
        actions.undo_mark_all_read(viewer=viewer_of(ben), token=second)
    with pytest.raises(Refused):
        actions.undo_mark_all_read(viewer=viewer, token=second + "x")
    actions.undo_mark_all_read(viewer=viewer, token=second)
    assert ReadMark.objects.get(member=chie).read_until == now
    actions.undo_mark_all_read(viewer=viewer, token=first)
    assert not ReadMark.objects.exists()


def test_views_gather_and_are_written_together(chie, ask, sakura):
    from kizuna.engagement.discussions.actions import view_counts

    topic, other = ask(chie), ask(chie)
    for _turn in range(3):
        actions.count_view(topic_id=topic.pk)
    actions.count_view(topic_id=other.pk)
    assert Topic.objects.get(pk=topic.pk).view_count == 0
    sakura.caches["topic_views"].since -= view_counts.FLUSH_SECONDS
    actions.count_view(topic_id=topic.pk)
    assert [Topic.objects.get(pk=row.pk).view_count for row in (topic, other)] == [4, 1]
    assert actions.flush_views() == 0
