"""Two people at the same moment: every number once, every count right, on both databases."""

import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from django.db import connection

from kizuna.base import hosting
from kizuna.core.activity.models import Activity
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import STAFF
from kizuna.core.search.models import SearchRow
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.actions import rebuilding
from kizuna.engagement.discussions.models import AcceptedAnswer, Follow, IdeaVote, Post, Reaction, Space, Tag, Topic
from tests.cast import make_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(sakura):
    """Return a function that runs callables at the same moment, each in its own thread, and returns what they gave."""

    def run(*acts: Callable):
        gate = threading.Barrier(len(acts))
        results: list = [None] * len(acts)

        def enter(place: int, act: Callable) -> None:
            with hosting.entered(sakura), closing(connection):
                gate.wait(10)
                try:
                    results[place] = act()
                except Exception as error:
                    results[place] = error

        threads = [threading.Thread(target=enter, args=(place, act)) for place, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads)
        return results

    return run


@pytest.fixture
def people(db):
    return [make_member(f"person{place}", "moderator") for place in range(6)]


def test_replies_at_once_get_different_numbers(at_once, people, ask, viewer_of, now):
    topic = ask(people[0])
    viewers = [viewer_of(member) for member in people]
    posts = at_once(
        *(
            lambda viewer=viewer: actions.post_reply(viewer=viewer, topic=topic, body="同時", now=now)
            for viewer in viewers
        )
    )
    assert sorted(post.number for post in posts) == list(range(2, 8))
    topic.refresh_from_db()
    assert (topic.last_number, topic.post_count, topic.follower_count) == (7, 7, 6)
    assert Follow.objects.filter(topic=topic).count() == 6
    assert Activity.objects.filter(verb="post.replied").count() == 6
    assert set(Member.objects.filter(pk__in=[member.pk for member in people]).values_list("post_count", flat=True)) == {
        1
    }


def test_two_acceptances_at_once_leave_one(at_once, people, ask, reply, viewer_of, now):
    topic = ask(people[0])
    answers = [reply(member, topic) for member in people[1:4]]
    viewer = viewer_of(people[0])
    acts = [
        lambda answer=answer: actions.accept_answer(viewer=viewer, topic=topic, post=answer, now=now)
        for answer in [*answers, answers[0]]
    ]
    results = at_once(*acts)
    assert not [result for result in results if isinstance(result, Exception)]
    current = AcceptedAnswer.objects.get(topic=topic, ended_at__isnull=True)
    assert Topic.objects.get(pk=topic.pk).accepted_post_id == current.post_id
    counts = Member.objects.filter(pk__in=[answer.author_id for answer in answers]).values_list(
        "accepted_count", flat=True
    )
    assert sorted(counts) == [0, 0, 1]


def test_a_reaction_twice_at_once_counts_once(at_once, people, ask, viewer_of, now):
    post = ask(people[0]).posts.get()
    viewers = [viewer_of(people[1]), viewer_of(people[1]), viewer_of(people[2]), viewer_of(people[3])]
    at_once(
        *(
            lambda viewer=viewer: actions.give_reaction(viewer=viewer, post=post, word="thanks", now=now)
            for viewer in viewers
        )
    )
    post.refresh_from_db()
    people[0].refresh_from_db()
    assert (post.reaction_counts, post.thanks_count, people[0].thanks_count) == ({"thanks": 3}, 3, 3)
    assert Reaction.objects.count() == 3


def test_votes_at_once_count_once_each(at_once, people, ask, make_space, viewer_of, now):
    idea = ask(people[0], space=make_space("ideas", kind="idea"))
    viewers = [viewer_of(member) for member in (people[1], people[1], people[2], people[3])]
    at_once(*(lambda viewer=viewer: actions.vote_idea(viewer=viewer, topic=idea, now=now) for viewer in viewers))
    assert Topic.objects.get(pk=idea.pk).vote_count == IdeaVote.objects.count() == 3


def test_topics_at_once_share_their_new_tag(at_once, people, questions, viewer_of, now):
    viewers = [viewer_of(member) for member in people[:4]]
    results = at_once(
        *(
            lambda viewer=viewer: actions.open_topic(
                viewer=viewer, space=questions, title="同時", body="同時", tags=["新しいタグ"], now=now
            )
            for viewer in viewers
        )
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert Tag.objects.get().topic_count == 4
    assert Space.objects.get(pk=questions.pk).topic_count == 4


def test_a_deletion_and_a_reply_at_once_leave_counts_right(at_once, people, ask, reply, viewer_of, now):
    topic = ask(people[0])
    post = reply(people[1], topic)
    viewer, other = viewer_of(people[1]), viewer_of(people[2])
    at_once(
        lambda: actions.delete_post(viewer=viewer, post=post, now=now),
        lambda: actions.post_reply(viewer=other, topic=topic, body="同時", now=now),
        lambda: actions.delete_post(viewer=viewer, post=post, now=now),
    )
    topic.refresh_from_db()
    assert topic.post_count == Post.objects.filter(topic=topic, state="visible").count() == 2
    assert topic.last_post_author_id == people[2].pk


def test_a_reply_after_the_closing_is_refused_whoever_was_first(at_once, people, ask, viewer_of, now):
    topic = ask(people[0])
    dan = make_member("dan")
    viewer, moderator = viewer_of(dan), viewer_of(people[1])
    replied, _closed = at_once(
        lambda: actions.post_reply(viewer=viewer, topic=topic, body="同時", now=now),
        lambda: actions.close_topic(viewer=moderator, topic=topic, now=now),
    )
    topic.refresh_from_db()
    assert topic.is_closed
    if isinstance(replied, Exception):
        assert isinstance(replied, Refused)
    assert topic.post_count == (1 if isinstance(replied, Exception) else 2)


@pytest.mark.parametrize("turn", range(4))
def test_a_reply_at_the_moment_of_narrowing_stays_with_its_topic(at_once, people, aoi, ask, viewer_of, now, turn):
    topic = ask(people[0])
    owner, viewers = viewer_of(aoi), [viewer_of(member) for member in people[1:4]]
    results = at_once(
        *(
            lambda viewer=viewer: actions.post_reply(viewer=viewer, topic=topic, body="同時", now=now)
            for viewer in viewers
        ),
        lambda: actions.change_topic_audience(viewer=owner, topic=topic, audience_id=STAFF, now=now),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert set(Post.objects.filter(topic=topic).values_list("audience_id", flat=True)) == {STAFF}
    found = SearchRow.objects.filter(parent_type="topic", parent_id=topic.pk)
    assert list(found.values_list("audience_id", flat=True)) == [STAFF] * 4


@pytest.mark.parametrize("turn", range(4))
def test_rebuilding_the_search_at_the_moment_of_narrowing_brings_nothing_back(
    at_once, people, aoi, ask, reply, viewer_of, now, turn
):
    topic, owner = ask(people[0]), viewer_of(aoi)
    for member in people[1:4]:
        reply(member, topic)
    results = at_once(
        rebuilding.rebuild_search,
        lambda: actions.change_topic_audience(viewer=owner, topic=topic, audience_id=STAFF, now=now),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    found = SearchRow.objects.filter(parent_type="topic", parent_id=topic.pk)
    assert list(found.values_list("audience_id", flat=True)) == [STAFF] * 4
