"""A topic with an audience of its own is read by those of them who may enter its space, and by nobody else."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.http import Http404

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.core.audit.models import AuditNote
from kizuna.core.files import actions as files
from kizuna.core.files import queries as file_queries
from kizuna.core.members.models import Audience, AudienceMember
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.core.notifications.models import Notification
from kizuna.core.search import queries as search
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.engagement.discussions.queries import page_home, pages, targets
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def make_circle(db, now):
    """Return a function that makes an audience by hand."""

    def make(slug, *members):
        audience = Audience.objects.create(slug=slug, label={"ja": f"{slug}の人", "en": slug}, created_at=now)
        AudienceMember.objects.bulk_create([AudienceMember(audience=audience, member=member) for member in members])
        return audience

    return make


@pytest.fixture
def circle(make_circle, chie, ben):
    return make_circle("circle", chie, ben)


@pytest.fixture
def news(make_space):
    return make_space("news", kind="announcement", audience_id=PUBLIC, posting="staff")


@pytest.fixture
def told(news, circle, viewer_of, aoi, now):
    """Return an announcement for the circle."""
    return actions.open_topic(
        viewer=viewer_of(aoi), space=news, title="輪の皆さまへ", body="輪だけのお知らせ", audience_id=circle.pk, now=now
    )


def reads(viewer, topic) -> bool:
    """Tell whether a person reads a topic; every door must say the same."""
    doors = []
    for door in (queries.topic_for, pages.topic_head, pages.topic_to_write_on):
        try:
            door(viewer, topic.pk)
            doors.append(True)
        except Http404:
            doors.append(False)
    doors.append(bool(targets.visible_topics(viewer=viewer, ids=[topic.pk])))
    doors.append(bool(targets.visible_posts(viewer=viewer, ids=topic.posts.values_list("pk", flat=True))))
    assert len(set(doors)) == 1, doors
    return doors[0]


def readers(topic, viewer_of, *members) -> list[bool]:
    return [reads(viewer_of(member), topic) for member in members]


def change(viewer, topic, audience_id, now):
    actions.change_topic_audience(viewer=viewer, topic=topic, audience_id=audience_id, now=now)
    topic.refresh_from_db()


def test_it_is_read_by_its_audience_and_whoever_defines_audiences(opened, told, viewer_of, aoi, chie, ben, dan, emi):
    assert readers(told, viewer_of, chie, ben, aoi, dan, emi, None) == [True, True, True, False, False, False]


def test_it_never_widens_the_space(staff_room, viewer_of, aoi, ben, emi, chie, make_circle, now):
    outsiders = make_circle("outsiders", chie, ben)
    for audience_id, expected in ((outsiders.pk, [False, True, False]), (MEMBERS, [False, True, True])):
        topic = actions.open_topic(
            viewer=viewer_of(aoi), space=staff_room, title="t", body="b", audience_id=audience_id, now=now
        )
        assert readers(topic, viewer_of, chie, ben, emi) == expected


def test_who_leaves_the_audience_loses_sight_at_once_even_of_their_own(told, reply, viewer_of, circle, chie, now):
    own = reply(chie, told)
    AudienceMember.objects.filter(audience=circle, member=chie).delete()
    assert not reads(viewer_of(chie), told)
    with pytest.raises(Http404):
        queries.post_for(viewer_of(chie), own.pk)


def test_an_author_outside_the_audience_reads_it_no_more(ask, viewer_of, aoi, dan, circle, now):
    topic = ask(dan)
    actions.follow_topic(viewer=viewer_of(dan), topic=topic, now=now)
    change(viewer_of(aoi), topic, circle.pk, now)
    assert not reads(viewer_of(dan), topic)
    change(viewer_of(aoi), topic, None, now)
    assert reads(viewer_of(dan), topic)


def test_what_its_author_deleted_comes_back_only_to_readers(opened, news, viewer_of, aoi, emi, make_circle, now):
    listed = make_circle("listed", emi)
    topic = actions.open_topic(viewer=viewer_of(emi), space=news, title="t", body="b", audience_id=listed.pk, now=now)
    actions.delete_post(viewer=viewer_of(emi), post=topic.posts.get(), now=now)
    assert queries.removed_topic_for(viewer_of(emi), topic.pk).pk == topic.pk
    AudienceMember.objects.filter(audience=listed, member=emi).delete()
    with pytest.raises(Http404):
        queries.removed_topic_for(viewer_of(emi), topic.pk)


@pytest.mark.parametrize("place", ["news", "talk"])
def test_posts_search_rows_and_files_follow_a_change(
    opened, place, make_space, viewer_of, aoi, ben, chie, dan, circle, now
):
    space = make_space(place, audience_id=MEMBERS)
    file = files.store(viewer=viewer_of(aoi), name="plan.txt", raw=b"plan", now=now)
    body = f"ぶどうの計画です。[x](/f/{file.key}/{file.name})"
    topic = actions.open_topic(
        viewer=viewer_of(aoi), space=space, title="ぶどう計画", body=body, attachments=[file.key], now=now
    )
    found = actions.post_reply(viewer=viewer_of(ben), topic=topic, body="ぶどうの返信", now=now)
    for audience_id, expected in ((None, True), (circle.pk, False), (None, True), (STAFF, False)):
        change(viewer_of(aoi), topic, audience_id, now)
        viewer = viewer_of(dan)
        assert reads(viewer, topic) == expected
        assert bool(search.search(viewer=viewer, text="ぶどう").items) == expected
        assert bool(search.similar(viewer=viewer, text="ぶどう計画", limit=5)) == expected
        assert bool(queries.posts_visible_to(viewer).filter(pk=found.pk)) == expected
        assert bool(file_queries.files_visible_to(viewer, ids=[file.pk])) == expected
        reply = actions.post_reply(viewer=viewer_of(aoi), topic=topic, body="ぶどう", now=now)
        assert bool(queries.posts_visible_to(viewer).filter(pk=reply.pk)) == expected


def test_the_choice_stays_when_its_space_changes_or_it_moves(
    news, make_space, questions, told, viewer_of, aoi, chie, dan, circle, now
):
    for audience_id, expected in ((STAFF, [False, False]), (MEMBERS, [True, False]), (PUBLIC, [True, False])):
        actions.edit_space(viewer=viewer_of(aoi), space=news, audience_id=audience_id, now=now)
        assert readers(told, viewer_of, chie, dan) == expected
        posts = Post.objects.filter(topic=told).values_list("audience_id", "container_audience_id")
        assert set(posts) == {(circle.pk, audience_id)}
    for space in (make_space("talk"), questions):
        actions.move_topic(viewer=viewer_of(aoi), topic=Topic.objects.get(pk=told.pk), space=space, now=now)
        assert readers(told, viewer_of, chie, dan) == [True, False]


def test_only_the_team_chooses_and_only_audiences_they_are_in(
    make_space, ask, viewer_of, aoi, ben, emi, chie, circle, make_circle, now
):
    talk, others = make_space("talk"), make_circle("others")
    words = {"space": talk, "title": "t", "body": "b", "now": now}
    for member, audience_id in ((chie, circle.pk), (chie, MEMBERS), (emi, circle.pk), (ben, others.pk), (aoi, PUBLIC)):
        with pytest.raises(Refused):
            actions.open_topic(viewer=viewer_of(member), audience_id=audience_id, **words)
    with pytest.raises(Refused):
        actions.open_topic(viewer=viewer_of(aoi), audience_id=999_999, **words)
    assert Topic.objects.count() == 0
    topic = ask(chie)
    for member, audience_id in ((chie, circle.pk), (emi, STAFF), (ben, others.pk), (ben, PUBLIC)):
        with pytest.raises(Refused):
            change(viewer_of(member), topic, audience_id, now)
    own = actions.open_topic(viewer=viewer_of(emi), audience_id=STAFF, **words)
    change(viewer_of(emi), own, MEMBERS, now)
    change(viewer_of(aoi), own, others.pk, now)


def test_a_private_question_takes_no_other_audience(ask, viewer_of, aoi, emi, questions, circle, chie, now):
    with pytest.raises(Refused):
        ask(aoi, urgency="private", audience_id=circle.pk)
    topic = ask(chie, urgency="private")
    with pytest.raises(Refused):
        change(viewer_of(aoi), topic, circle.pk, now)
    assert readers(topic, viewer_of, chie, emi) == [True, True]


def test_a_change_is_written_down_once(told, viewer_of, aoi, circle, now):
    for audience_id in (MEMBERS, MEMBERS, None):
        change(viewer_of(aoi), told, audience_id, now)
    props = Activity.objects.filter(verb="topic.audience_changed").order_by("pk").values_list("props", flat=True)
    assert list(props) == [{"before": circle.pk, "after": MEMBERS}, {"before": MEMBERS, "after": None}]
    assert AuditNote.objects.filter(action="topic.audience_changed", subject_id=told.pk).count() == 2


def test_the_announcement_on_top_is_the_newest_that_each_may_read(told, news, viewer_of, aoi, chie, dan, now):
    for_all = actions.open_topic(viewer=viewer_of(aoi), space=news, title="皆さまへ", body="b", now=now)
    actions.pin_topic(viewer=viewer_of(aoi), topic=told, now=now)
    shown = [page_home.newest_announcement(viewer_of(member)).pk for member in (chie, dan)]
    assert shown == [told.pk, for_all.pk]


def test_an_audience_in_use_is_not_deleted(told, circle):
    with pytest.raises(ProtectedError):
        circle.delete()


def test_only_readers_are_told(told, reply, viewer_of, circle, aoi, ben, chie, dan, now):
    for member in (ben, chie):
        actions.follow_topic(viewer=viewer_of(member), topic=told, now=now)
    AudienceMember.objects.filter(audience=circle, member=ben).delete()
    reply(chie, told, body="@ben @dan @aoi 輪の返信")
    run_waiting(ahead=timedelta(days=1))
    assert set(Notification.objects.values_list("member_id", flat=True)) == {aoi.pk}


def test_the_blocks_kept_for_an_audience_set_hold_nothing_of_one_person(
    opened, ask, reply, viewer_of, chie, emi, dan, aoi, make_space, now
):
    """What one asker alone may read of the team's private questions is kept for nobody else."""
    private = ask(chie, urgency="private")
    answer = reply(emi, private)
    actions.accept_answer(viewer=viewer_of(chie), topic=private, post=answer, now=now)
    ask(chie, space=make_space("board", kind="announcement"), urgency="private")
    for member in (chie, dan):
        assert page_home.solved_lately(viewer_of(member), limit=5) == []
        assert page_home.newest_announcement(viewer_of(member)) is None
    assert [row.topic_id for row in page_home.solved_lately(viewer_of(emi), limit=5)] == [private.pk]


@pytest.mark.parametrize(
    ("around", "own", "expected"),
    [
        (PUBLIC, None, PUBLIC),
        (MEMBERS, None, MEMBERS),
        ("circle", None, "circle"),
        (PUBLIC, "circle", "circle"),
        (MEMBERS, STAFF, STAFF),
        (PUBLIC, MEMBERS, MEMBERS),
        ("circle", MEMBERS, "circle"),
        ("circle", "others", STAFF),
    ],
)
def test_an_article_made_of_it_begins_with_an_audience_that_is_no_wider(
    make_space, reply, viewer_of, aoi, circle, make_circle, now, around, own, expected
):
    ids = {"circle": circle.pk, "others": make_circle("others").pk}
    space = make_space("room", kind="question", audience_id=ids.get(around, around))
    topic = actions.open_topic(
        viewer=viewer_of(aoi), space=space, title="t", body="b", audience_id=ids.get(own, own), now=now
    )
    answer = reply(aoi, topic)
    actions.accept_answer(viewer=viewer_of(aoi), topic=topic, post=answer, now=now)
    material = targets.topic_material(row=Topic.objects.get(pk=topic.pk))
    assert material.audience_id == ids.get(expected, expected)
