"""Lists of one person."""

from datetime import timedelta

import pytest

from kizuna.core.activity.delivery import deliver
from kizuna.core.activity.models import Activity
from kizuna.core.community.models import WordRule
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.models import Post
from kizuna.engagement.discussions.queries import page_home
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


def needed_ids(viewer) -> list[int]:
    return [row.id for row in page_home.needed(viewer, limit=10).rows]


def test_unanswered_are_open_questions_nobody_else_wrote_on(chie, dan, ben, ask, reply, make_space, viewer_of, now):
    waiting, answered, closed = ask(chie), ask(chie), ask(chie)
    ask(chie, space=make_space("talk"))
    reply(chie, waiting)
    reply(dan, answered)
    actions.close_topic(viewer=viewer_of(ben), topic=closed, now=now)
    assert list(queries.unanswered_questions(viewer_of(dan))) == [waiting]
    assert not queries.unanswered_questions(viewer_of(dan), older_than=now).exists()


def test_answers_are_needed_under_tags_answered_before(chie, dan, ask, reply, viewer_of, now):
    solved = ask(chie, tags=["税"])
    reply(dan, solved)
    for activity in Activity.objects.all():
        deliver(activity=activity.pk)
    wanted = ask(chie, tags=["税", "配送"])
    ask(chie, tags=["配送"])
    ask(dan, tags=["税"])
    assert needed_ids(viewer_of(dan)) == [wanted.pk]
    assert needed_ids(viewer_of(chie)) == []
    assert needed_ids(viewer_of(None)) == []
    reply(dan, wanted)
    assert needed_ids(viewer_of(dan)) == []


def test_kept_posts_come_latest_kept_first_while_they_can_be_seen(chie, dan, ben, ask, viewer_of, now):
    viewer = viewer_of(dan)
    first, second, hidden = (ask(chie).posts.get() for _turn in range(3))
    for minute, post in enumerate((second, first, hidden)):
        actions.add_bookmark(viewer=viewer, post=post, now=now + timedelta(minutes=minute))
    actions.hide_post(viewer=viewer_of(ben), post=hidden, reason="x", now=now)
    assert list(queries.bookmarked_posts(viewer)) == [first, second]


def test_followed_topics_leave_out_muted_ones(chie, dan, ask, viewer_of, now):
    followed, muted = ask(chie), ask(chie)
    actions.follow_topic(viewer=viewer_of(dan), topic=followed, now=now)
    actions.mute_topic(viewer=viewer_of(dan), topic=muted, now=now)
    assert list(queries.followed_topics(viewer_of(dan))) == [followed]


def test_contributions_are_what_the_viewer_may_read(chie, dan, ben, ask, reply, staff_room, viewer_of):
    topic = ask(ben)
    seen = reply(ben, topic)
    reply(ben, ask(ben, space=staff_room))
    assert {post.pk for post in queries.contributions_of(viewer_of(dan), ben.pk)} == {
        topic.posts.get(number=1).pk,
        seen.pk,
    }
    assert queries.contributions_of(viewer_of(ben), ben.pk).count() == 4


def test_what_waits_is_shown_to_moderators_alone(chie, dan, ben, ask, reply, viewer_of, now):
    WordRule.objects.create(word="競合社", skeleton="競合社", effect="hold", created_at=now)
    held_topic = ask(chie, title="競合社の話")
    held_reply = reply(dan, ask(chie), body="競合社では")
    assert {post.pk for post in queries.held_posts(viewer_of(ben))} == {held_topic.posts.get().pk, held_reply.pk}
    assert not queries.held_posts(viewer_of(chie)).exists()


def test_history_is_for_the_author_and_moderators(chie, dan, ben, ask, viewer_of, now):
    post = Post.objects.select_related("topic").get(topic=ask(chie))
    actions.edit_post(viewer=viewer_of(chie), post=post, body="直した", now=now)
    assert [queries.revisions_of(viewer_of(member), post).count() for member in (chie, ben, dan, None)] == [1, 1, 0, 0]


def test_a_quotation_names_its_post_and_only_of_what_is_seen(chie, dan, ask, staff_room, ben, viewer_of):
    post = ask(chie, body="一行目\n**二行目**").posts.get()
    assert (
        queries.quotation(viewer_of(dan), post.pk) == f"> [@chie](/t/{post.topic_id}/#p-1)\n>\n> 一行目\n> 二行目\n\n"
    )
    hidden = ask(ben, space=staff_room).posts.get()
    assert queries.quotation(viewer_of(dan), hidden.pk) == ""
