"""Counters that everybody sees tell nothing of what is said where not everybody may read."""

import pytest

from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.actions import import_posts, import_topics, rebuilding
from kizuna.engagement.discussions.models import Space, Tag, Topic
from tests.cast import make_member

pytestmark = pytest.mark.django_db
NAMES = ("topic_count", "post_count", "accepted_count", "thanks_count")


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def circle(make_space, ben, chie, dan, now):
    """Return a space whose people are listed by hand."""
    audience = Audience.objects.create(slug="circle", created_at=now)
    AudienceMember.objects.bulk_create(
        [AudienceMember(audience=audience, member=member) for member in (ben, chie, dan)]
    )
    return make_space("circle", kind="question", audience_id=audience.pk)


@pytest.fixture
def converse(ask, reply, viewer_of, now):
    """Return a function that asks as one, answers as another, thanks and accepts."""

    def make(asker, answerer, **fields):
        topic = ask(asker, tags=["配送"], **fields)
        post = reply(answerer, topic)
        actions.give_reaction(viewer=viewer_of(asker), post=post, word="thanks", now=now)
        actions.accept_answer(viewer=viewer_of(asker), topic=topic, post=post, now=now)
        return Topic.objects.select_related("space").get(pk=topic.pk)

    return make


def counts_of(member) -> tuple[int, ...]:
    return Member.objects.values_list(*NAMES).get(pk=member.pk)


def everything_counted() -> list[list]:
    return [
        list(Space.objects.order_by("pk").values_list("slug", "topic_count")),
        list(Tag.objects.order_by("pk").values_list("key", "topic_count")),
        list(Member.objects.order_by("pk").values_list("handle", *NAMES)),
    ]


def assert_counting_again_says_the_same():
    kept = everything_counted()
    Space.objects.update(topic_count=77)
    Tag.objects.update(topic_count=77)
    Member.objects.update(**dict.fromkeys(NAMES, 77))
    rebuilding.rebuild_counts()
    assert everything_counted() == kept


def test_an_open_question_is_counted(converse, questions, chie, dan):
    converse(chie, dan)
    questions.refresh_from_db()
    assert (questions.topic_count, Tag.objects.get().topic_count) == (1, 1)
    assert (counts_of(chie), counts_of(dan)) == ((1, 0, 0, 0), (0, 1, 1, 1))
    assert_counting_again_says_the_same()


def test_a_private_question_is_counted_nowhere(converse, questions, chie, emi):
    converse(chie, emi, urgency="private")
    questions.refresh_from_db()
    assert (questions.topic_count, Tag.objects.get().topic_count) == (0, 0)
    assert (counts_of(chie), counts_of(emi)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert_counting_again_says_the_same()


def test_what_only_some_may_read_counts_in_its_space_alone(converse, circle, chie, dan):
    converse(chie, dan, space=circle)
    circle.refresh_from_db()
    assert (circle.topic_count, Tag.objects.get().topic_count) == (1, 0)
    assert (counts_of(chie), counts_of(dan)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert_counting_again_says_the_same()


@pytest.mark.parametrize("urgency", ["normal", "private"])
def test_removal_and_return_leave_the_counts_as_they_were(converse, viewer_of, chie, emi, ben, urgency, now):
    topic = converse(chie, emi, urgency=urgency)
    before = everything_counted()
    for number in (2, 1):
        post = topic.posts.get(number=number)
        actions.hide_post(viewer=viewer_of(ben), post=post, reason="x", now=now)
        assert_counting_again_says_the_same()
    for number in (1, 2):
        actions.restore_post(viewer=viewer_of(ben), post=topic.posts.get(number=number), now=now)
    post = topic.posts.get(number=2)
    actions.accept_answer(viewer=viewer_of(ben), topic=Topic.objects.get(pk=topic.pk), post=post, now=now)
    assert everything_counted() == before


def test_a_topic_that_moves_out_of_sight_takes_its_counts_along(
    converse, circle, questions, viewer_of, ben, chie, dan, now
):
    topic = converse(chie, dan)
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=circle, now=now)
    assert (counts_of(chie), counts_of(dan), Tag.objects.get().topic_count) == ((0, 0, 0, 0), (0, 0, 0, 0), 0)
    assert_counting_again_says_the_same()
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=questions, now=now)
    assert (counts_of(chie), counts_of(dan), Tag.objects.get().topic_count) == ((1, 0, 0, 0), (0, 1, 1, 1), 1)
    assert_counting_again_says_the_same()


@pytest.mark.parametrize("number_of_replies", [1, 3])
def test_a_space_that_becomes_the_teams_takes_its_counts_along(
    converse, reply, questions, viewer_of, aoi, chie, dan, now, number_of_replies
):
    topic = converse(chie, dan)
    for _extra in range(number_of_replies):
        reply(chie, topic)
    for audience_id, expected in ((STAFF, 0), (PUBLIC, 1), (MEMBERS, 1)):
        actions.edit_space(viewer=viewer_of(aoi), space=questions, audience_id=audience_id, now=now)
        assert counts_of(chie) == (expected, expected * number_of_replies, 0, 0)
        assert counts_of(dan) == (0, expected, expected, expected)
        assert Tag.objects.get().topic_count == expected
        assert_counting_again_says_the_same()


def test_tags_are_counted_when_their_topic_is_seen(ask, reply, viewer_of, chie, ben, now):
    topic = ask(chie, tags=["配送"])
    post = topic.posts.get(number=1)
    actions.delete_post(viewer=viewer_of(chie), post=post, now=now)
    assert Tag.objects.get().topic_count == 0
    actions.restore_post(viewer=viewer_of(chie), post=post, now=now)
    actions.edit_post(viewer=viewer_of(chie), post=topic.posts.get(number=1), body="x", tags=["返品"], now=now)
    assert dict(Tag.objects.values_list("name", "topic_count")) == {"配送": 0, "返品": 1}
    assert_counting_again_says_the_same()


def test_imports_into_a_closed_room_are_not_counted_for_all(circle, viewer_of, aoi, now):
    author, helper = make_member("author", is_imported=True), make_member("helper", is_imported=True)
    AudienceMember.objects.create(audience=circle.audience, member=aoi)
    topic = {
        "external_id": "x:1",
        "author_id": author.pk,
        "title": "t",
        "body": "b",
        "created_at": now,
        "tags": ["配送"],
    }
    import_topics(viewer=viewer_of(aoi), space=circle, rows=[topic | {"vote_count": 3}], import_id=1, now=now)
    answer = {"external_id": "x:2", "topic_external_id": "x:1", "author_id": helper.pk, "body": "c", "created_at": now}
    import_posts(viewer=viewer_of(aoi), rows=[answer | {"is_accepted": True, "vote_count": 2}], import_id=1, now=now)
    assert (counts_of(author), counts_of(helper)) == ((0, 0, 0, 0), (0, 0, 0, 0))
    assert Tag.objects.get().topic_count == 0
    assert_counting_again_says_the_same()


def test_a_space_with_nothing_but_private_questions_keeps_its_kind(ask, questions, viewer_of, aoi, chie, now):
    ask(chie, urgency="private")
    with pytest.raises(Refused):
        actions.edit_space(viewer=viewer_of(aoi), space=questions, kind="idea", now=now)


def test_visitors_are_not_told_how_much_somebody_wrote_for_members(opened, client_of, ask, make_space, chie, dan):
    ask(chie, space=make_space("talk"))
    pages = [client_of(who).get("/m/chie/").content.decode() for who in (dan, chie, None)]
    assert ['class="tally"' in page for page in pages] == [True, True, False]
