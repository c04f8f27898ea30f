"""Imported history is whole, counted and found, stands at its own times, and tells nobody."""

from datetime import timedelta

import pytest

from kizuna.base.jobs.models import Job
from kizuna.core.activity.models import Activity
from kizuna.core.community.actions import save_word_rule
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import Notification
from kizuna.core.search.models import SearchRow
from kizuna.engagement.discussions.actions import import_posts, import_topics, rebuilding
from kizuna.engagement.discussions.models import AcceptedAnswer, MemberTag, Post, Reaction, Tag, Topic, TopicClosure
from tests.cast import make_member


@pytest.fixture
def author(db):
    return make_member("author", is_imported=True, email="", email_key="")


@pytest.fixture
def helper(db):
    return make_member("helper", is_imported=True, email="", email_key="")


@pytest.fixture
def bring(aoi, viewer_of, questions, now):
    """Return functions that import as the owner."""

    class Bringing:
        def topics(self, *rows, space=questions):
            return import_topics(viewer=viewer_of(aoi), space=space, rows=rows, import_id=7, now=now)

        def posts(self, *rows):
            return import_posts(viewer=viewer_of(aoi), rows=rows, import_id=7, now=now)

    return Bringing()


@pytest.fixture
def then(now):
    return now - timedelta(days=300)


def topic_row(author, at, key="x:1", **fields):
    return {
        "external_id": key,
        "author_id": author.pk,
        "title": "Mail is lost",
        "body": "Where *is* it?",
        "created_at": at,
        **fields,
    }


def post_row(author, at, key="x:11", topic="x:1", **fields):
    body = "Look into the folder."
    return {
        "external_id": key,
        "topic_external_id": topic,
        "author_id": author.pk,
        "body": body,
        "created_at": at,
        **fields,
    }


def counts_of(member):
    return Member.objects.values_list("topic_count", "post_count", "accepted_count", "thanks_count").get(pk=member.pk)


def test_a_topic_comes_with_its_time_votes_views_tags_and_closing(bring, author, then):
    closed_at = then + timedelta(days=3)
    fields = {
        "tags": ["メール", "mail", "Mail", "x" * 60],
        "view_count": 40,
        "vote_count": 3,
        "is_closed": True,
        "closed_at": closed_at,
    }
    result = bring.topics(topic_row(author, then, **fields))
    topic = Topic.objects.get(pk=result.written["x:1"])
    opening = Post.objects.get(topic=topic)
    assert (topic.created_at, topic.bumped_at, topic.view_count, topic.vote_count) == (then, then, 40, 3)
    assert opening.html == "<p>Where <em>is</em> it?</p>\n"
    assert (opening.reaction_counts, opening.thanks_count, opening.created_at) == ({"thanks": 3}, 3, then)
    assert TopicClosure.objects.get(topic=topic).closed_at == closed_at
    assert dict(Tag.objects.values_list("name", "topic_count"))["メール"] == 1
    assert len(topic.tags) == 3
    assert not Reaction.objects.exists()


def test_votes_of_a_question_may_mean_me_too(bring, author, then):
    bring.topics(topic_row(author, then, vote_count=5, is_doubted=True))
    opening = Post.objects.get()
    assert (opening.reaction_counts, opening.thanks_count) == ({"same": 5}, 0)


def test_replies_are_numbered_in_their_order_and_move_the_topic(bring, author, helper, then):
    bring.topics(topic_row(author, then))
    first, second = then + timedelta(hours=2), then + timedelta(hours=5)
    bring.posts(
        post_row(author, then + timedelta(hours=1), "x:10"),
        post_row(helper, first, "x:11"),
        post_row(author, second, "x:12", reply_to_external_id="x:11"),
    )
    topic = Topic.objects.get()
    assert list(topic.posts.order_by("number").values_list("number", "external_id")) == [
        (1, ""), (2, "x:10"), (3, "x:11"), (4, "x:12"),
    ]  # fmt: skip
    assert (topic.last_number, topic.post_count, topic.bumped_at) == (4, 4, second)
    assert (topic.first_reply_at, topic.last_post_author_id) == (first, author.pk)
    assert Post.objects.get(number=4).reply_to.external_id == "x:11"


def test_an_accepted_answer_solves_the_question_at_its_own_time(bring, author, helper, then):
    at = then + timedelta(hours=2)
    bring.topics(topic_row(author, then, tags=["imap"]))
    bring.posts(post_row(helper, at, is_accepted=True, vote_count=4))
    topic, post = Topic.objects.get(), Post.objects.get(number=2)
    accepted = AcceptedAnswer.objects.get()
    assert (topic.accepted_post_id, topic.solved_at) == (post.pk, at)
    assert (accepted.post_id, accepted.accepted_at, accepted.seconds_to_solve, accepted.accepted_by_id) == (
        post.pk, at, 7200, author.pk,
    )  # fmt: skip
    assert counts_of(helper) == (0, 1, 1, 4)
    assert list(MemberTag.objects.values_list("member_id", "answer_count", "accepted_count")) == [(helper.pk, 1, 1)]
    assert set(SearchRow.objects.values_list("target_type", "is_solved")) == {("topic", True), ("post", True)}


def test_no_answer_is_accepted_where_no_question_is_asked(bring, author, helper, then, make_space):
    bring.topics(topic_row(author, then), space=make_space("talk"))
    bring.posts(post_row(helper, then + timedelta(hours=1), is_accepted=True))
    assert not AcceptedAnswer.objects.exists()
    assert Topic.objects.get().accepted_post_id is None


def test_what_people_decided_here_stays_when_the_source_comes_again(bring, author, helper, then, now):
    bring.topics(topic_row(author, then))
    bring.posts(post_row(helper, then, "x:11"))
    topic, post = Topic.objects.get(), Post.objects.get(number=2)
    AcceptedAnswer.objects.create(
        topic=topic, post=post, accepted_at=then, seconds_to_solve=1, ended_at=now, accepted_by=author
    )
    bring.posts(post_row(helper, then, "x:12", is_accepted=True))
    assert Topic.objects.get().accepted_post_id is None


def test_importing_again_changes_nothing(bring, author, helper, then):
    rows = topic_row(author, then, tags=["imap"]), post_row(helper, then, is_accepted=True)
    bring.topics(rows[0])
    bring.posts(rows[1])
    before = counts_of(author), counts_of(helper), Activity.objects.count(), SearchRow.objects.count()
    assert (bring.topics(rows[0]).written, bring.posts(rows[1]).written) == ({}, {})
    assert before == (counts_of(author), counts_of(helper), Activity.objects.count(), SearchRow.objects.count())


def test_counts_are_those_that_counting_again_finds(bring, author, helper, then):
    bring.topics(topic_row(author, then, tags=["imap", "smtp"]), topic_row(helper, then, "x:2", tags=["smtp"]))
    bring.posts(
        post_row(helper, then + timedelta(hours=1), "x:11", vote_count=2, is_accepted=True),
        post_row(author, then + timedelta(hours=2), "x:12"),
    )
    bring.posts(
        post_row(author, then + timedelta(hours=3), "x:21", "x:2"), post_row(helper, then + timedelta(hours=4), "x:13")
    )
    kept = (
        counts_of(author),
        counts_of(helper),
        sorted(MemberTag.objects.values_list("member", "tag", "answer_count", "accepted_count")),
    )
    fields = ("last_number", "post_count", "bumped_at", "last_post_author_id", "first_reply_at")
    topics = list(Topic.objects.order_by("pk").values_list(*fields))
    rebuilding.rebuild_counts()
    assert topics == list(Topic.objects.order_by("pk").values_list(*fields))
    assert kept == (
        counts_of(author), counts_of(helper), sorted(MemberTag.objects.values_list("member", "tag", "answer_count", "accepted_count")),
    )  # fmt: skip


def test_history_is_recorded_at_its_time_and_reaches_nobody(bring, author, helper, chie, then):
    bring.topics(topic_row(author, then))
    bring.posts(post_row(helper, then + timedelta(hours=1), body="@chie please look", is_accepted=True))
    found = list(Activity.objects.order_by("pk").values_list("verb", "at", "import_id"))
    late = then + timedelta(hours=1)
    assert found == [("topic.posted", then, 7), ("post.replied", late, 7), ("answer.accepted", late, 7)]
    assert set(Job.objects.values_list("name", flat=True)) <= {"activity.deliver_imported", "search.encode"}
    assert not Notification.objects.exists()
    assert "<a" not in Post.objects.get(number=2).html


def test_a_word_that_is_refused_here_refuses_the_row_with_the_reason(bring, author, helper, then, aoi, now):
    save_word_rule(word="casino", effect="refuse", member_id=aoi.pk, now=now)
    save_word_rule(word="darn", effect="mask", member_id=aoi.pk, now=now)
    result = bring.topics(
        topic_row(author, then, "x:1", body="Visit my Casino"), topic_row(author, then, "x:2", body="a darn thing")
    )
    assert set(result.written) == {"x:2"}
    assert "casino" in result.refused["x:1"]
    assert "darn" not in Post.objects.get().body
    assert bring.posts(post_row(helper, then)).refused == {"x:11": "its topic is not here"}


def test_a_text_beyond_the_limit_is_refused_and_says_how_long_it_is(bring, author, then):
    result = bring.topics(topic_row(author, then, body="x" * 100_001))
    assert result.refused == {"x:1": "a text of 100001 characters; 100000 fit"}


def test_only_managers_import(ben, viewer_of, questions, now, then):
    with pytest.raises(Refused):
        import_topics(viewer=viewer_of(ben), space=questions, rows=[topic_row(ben, then)], import_id=1, now=now)
    with pytest.raises(Refused):
        import_posts(viewer=viewer_of(ben), rows=[post_row(ben, then)], import_id=1, now=now)


def test_a_thousand_rows_a_call_is_the_most(bring, author, then):
    with pytest.raises(ValueError, match="At most"):
        bring.topics(*(topic_row(author, then, f"x:{key}") for key in range(1001)))
