"""Who is told, once, and only of what they may see; what members know is counted and counted again the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.core.activity.delivery import deliver
from kizuna.core.activity.models import Activity, FailedDelivery
from kizuna.core.community.models import WordRule
from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.notifications.models import Notification
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.actions import members_first, rebuilding, solved_checks
from kizuna.engagement.discussions.models import MemberTag, Post, Space, Tag, Topic
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def told():
    """Return a function that delivers what has happened, every activity twice, and returns {(handle, kind)}."""

    def run():
        for activity_id in list(Activity.objects.order_by("pk").values_list("pk", flat=True)):
            deliver(activity=activity_id)
            if Activity.objects.get(pk=activity_id).verb not in ("post.replied", "answer.accepted", "answer.withdrawn"):
                deliver(activity=activity_id)  # telling twice tells once
        assert not FailedDelivery.objects.exists(), FailedDelivery.objects.first().error
        lines = set(Notification.objects.values_list("member__handle", "kind"))
        Activity.objects.all().delete()
        Notification.objects.all().delete()
        return lines

    return run


def test_followers_are_told_but_not_the_writer_nor_who_muted(chie, dan, ben, aoi, ask, reply, viewer_of, told, now):
    topic = ask(chie)
    reply(ben, topic)
    reply(aoi, topic)
    actions.mute_topic(viewer=viewer_of(aoi), topic=topic, now=now)
    told()
    reply(dan, topic)
    assert told() == {("chie", "topic.replied"), ("ben", "topic.replied")}


def test_whom_a_post_calls_is_told_once_by_the_nearer_reason(chie, dan, ben, ask, reply, told):
    topic = ask(chie, body="@ben さんはご存じですか")
    assert told() == {("ben", "member.mentioned")}
    reply(dan, topic, body="@chie さん、できます")
    assert told() == {("chie", "member.mentioned")}


def test_an_edit_tells_only_who_is_newly_called(chie, dan, ben, ask, viewer_of, told, now):
    topic = ask(chie, body="@ben さん")
    told()
    post = Post.objects.select_related("topic").get(topic=topic)
    later = now + timedelta(minutes=1)
    actions.edit_post(viewer=viewer_of(chie), post=post, body="@ben さん、@dan さん", now=later)
    assert told() == {("dan", "member.mentioned")}


def test_who_cannot_see_it_is_not_told(chie, dan, ben, ask, reply, told):
    topic = ask(chie, urgency="private", body="@dan さんにも")
    assert ("dan", "member.mentioned") not in told()
    reply(ben, topic, body="@dan こちらへ")
    assert told() == {("chie", "topic.replied")}


def test_who_lost_sight_of_a_space_hears_no_more(dan, aoi, ask, reply, make_space, viewer_of, told, now):
    club = Audience.objects.create(slug="club", created_at=now)
    for member in (dan, aoi):
        AudienceMember.objects.create(audience=club, member=member)
    space = make_space("club", audience_id=club.pk)
    topic = ask(dan, space=space)
    told()
    AudienceMember.objects.filter(member=dan).delete()
    reply(aoi, topic)
    assert told() == set()


def test_an_accepted_answer_tells_its_writer_and_the_followers(chie, dan, ben, ask, reply, viewer_of, told, now):
    topic = ask(chie)
    answer = reply(dan, topic)
    actions.follow_topic(viewer=viewer_of(ben), topic=topic, now=now)
    told()
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    assert told() == {("dan", "answer.accepted"), ("ben", "question.solved")}


def test_the_team_is_told_when_a_question_reaches_it(aoi, ben, emi, chie, dan, ask, told, now):
    ask(chie)
    assert told() == set()
    members_first.tell_staff_of_due(now=now + timedelta(days=1))
    assert told() == {(handle, "question.reached_staff") for handle in ("aoi", "ben", "emi")}


def test_the_asker_of_a_silent_question_is_asked(chie, dan, ask, reply, told, now):
    reply(dan, ask(chie))
    told()
    solved_checks.ask_after_silence(now=now + timedelta(days=4))
    assert told() == {("chie", "solved.asked")}


def test_voters_and_followers_hear_of_an_idea(chie, dan, ben, aoi, ask, make_space, viewer_of, told, now):
    idea = ask(chie, space=make_space("ideas", kind="idea"))
    actions.vote_idea(viewer=viewer_of(dan), topic=idea, now=now)
    told()
    actions.change_idea_status(viewer=viewer_of(aoi), topic=idea, status="planned", now=now)
    assert told() == {("chie", "idea.status_changed"), ("dan", "idea.status_changed")}


def test_moderators_hear_of_what_waits_and_its_author_of_the_release(aoi, ben, emi, chie, ask, viewer_of, told, now):
    WordRule.objects.create(word="競合社", skeleton="競合社", effect="hold", created_at=now)
    topic = ask(chie, title="競合社の話")
    assert told() == {("aoi", "post.held"), ("ben", "post.held")}
    actions.release_post(viewer=viewer_of(ben), post=topic.posts.get(), now=now)
    assert told() == {("chie", "post.released")}


def test_a_reaction_tells_the_author(chie, dan, ask, viewer_of, told, now):
    post = ask(chie).posts.get()
    actions.give_reaction(viewer=viewer_of(dan), post=post, word="same", now=now)
    assert ("chie", "post.reacted") in told()


def test_imported_history_tells_nobody(chie, dan, ask, reply, told):
    reply(dan, ask(chie))
    Activity.objects.update(import_id=1)
    assert told() == set()


@pytest.fixture
def lively(chie, dan, ben, ask, reply, viewer_of, told, now):
    """Return a community in which something of everything happened."""
    topic = ask(chie, tags=["配送", "税"])
    answer = reply(dan, topic)
    gone = reply(ben, topic)
    reply(chie, topic)
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now)
    actions.give_reaction(viewer=viewer_of(ben), post=answer, word="thanks", now=now)
    actions.delete_post(viewer=viewer_of(ben), post=gone, now=now)
    ask(dan, tags=["税"])
    told()
    return topic


def test_what_members_know_is_counted_under_the_tags(lively, dan):
    known = MemberTag.objects.filter(member=dan)
    assert set(known.values_list("tag__name", "answer_count", "accepted_count")) == {("配送", 1, 1), ("税", 1, 1)}


def kept():
    return [
        list(Topic.objects.order_by("pk").values("post_count", "last_number", "first_reply_at", "last_post_author_id")),
        list(Space.objects.order_by("pk").values("slug", "topic_count")),
        list(Tag.objects.order_by("pk").values("key", "topic_count")),
        list(Member.objects.order_by("pk").values("topic_count", "post_count", "accepted_count", "thanks_count")),
    ]


def test_counts_computed_again_equal_those_kept(lively):
    before = kept()
    rebuilding.rebuild_counts()
    assert kept() == before
    Topic.objects.update(post_count=99, last_post_author=None)
    Member.objects.update(post_count=99, thanks_count=0)
    Tag.objects.update(topic_count=99)
    rebuilding.rebuild_counts()
    assert kept() == before


def test_what_members_know_computed_again_follows_what_is_seen(lively, dan, ben):
    rebuilding.rebuild_counts()
    assert set(MemberTag.objects.values_list("member_id", "tag__name", "answer_count", "accepted_count")) == {
        (dan.pk, "配送", 1, 1),
        (dan.pk, "税", 1, 1),
    }


def test_a_reply_is_told_to_five_followers_at_a_price_that_does_not_grow_with_them(
    chie, ask, reply, viewer_of, told, now
):
    topic = ask(chie)
    costs = []
    for size in (5, 10):
        for place in range(size):
            member = make_member(f"watcher{size}_{place}")
            actions.follow_topic(viewer=viewer_of(member), topic=topic, now=now)
        told()
        reply(chie, topic)
        activity = Activity.objects.get(verb="post.replied")
        with CaptureQueriesContext(connection) as captured:
            deliver(activity=activity.pk)
        costs.append(len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert costs[1] <= costs[0] + 1, costs
