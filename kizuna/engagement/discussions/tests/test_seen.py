"""What every page counts asks for numbers alone, and must say what the rows say."""

from itertools import cycle, product

import pytest

from kizuna.base.registry import Target, by_name
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions.models import Post, Topic
from kizuna.engagement.discussions.models.topic import State

pytestmark = pytest.mark.django_db

AUDIENCES = (PUBLIC, MEMBERS, STAFF)


@pytest.fixture
def every_sort(make_space, now, chie, ben, dan):
    """Write topics of every audience, state, urgency and two authors, each with posts of every state by three."""
    space = make_space("all")
    topics = [
        Topic(
            space=space, title="t", lang="ja", author=author, state=state, urgency=urgency, audience_id=own,
            container_audience_id=around, created_at=now, bumped_at=now,
        )
        for own, around, state, urgency, author in product(
            AUDIENCES, AUDIENCES, State.values, (Topic.Urgency.NORMAL, Topic.Urgency.PRIVATE), (chie, ben)
        )
    ]  # fmt: skip
    Topic.objects.bulk_create(topics)
    people, others = cycle((dan, chie, ben)), cycle(AUDIENCES)
    posts = [
        Post(
            topic=topic, number=number, author=next(people), state=state, body="b", html="<p>b</p>", created_at=now,
            audience_id=next(others) if number % 2 else topic.audience_id,
            container_audience_id=topic.container_audience_id,
        )
        for topic in topics
        for number, state in enumerate(State.values, 1)
    ]  # fmt: skip
    Post.objects.bulk_create(posts)
    return {"topic": [topic.pk for topic in topics], "post": [post.pk for post in posts]}


@pytest.fixture
def dan(db):
    from tests.cast import make_member

    return make_member("dan")


@pytest.mark.parametrize("kind", ["topic", "post"])
def test_the_numbers_are_those_of_the_rows(every_sort, viewer_of, aoi, ben, chie, dan, emi, kind):
    target, ids = by_name(Target, kind), every_sort[kind]
    counts = set()
    for person in (None, aoi, ben, chie, dan, emi):
        viewer = viewer_of(person)
        seen = target.seen_ids(viewer=viewer, ids=ids)
        assert seen == set(target.visible(viewer=viewer, ids=ids)), person
        counts.add(len(seen))
    assert len(counts) > 3, "the sorts differ for different people"
    assert max(counts) < len(ids)


def test_a_target_without_a_way_of_its_own_is_asked_for_its_rows(viewer_of, chie):
    target = by_name(Target, "member")
    assert target.seen is None
    assert target.seen_ids(viewer=viewer_of(chie), ids=[chie.pk, 999_999]) == {chie.pk}
