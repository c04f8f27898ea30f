"""Writing by token: the same actions, once per Idempotency-Key."""

import pytest

from kizuna.core.activity.models import Activity
from kizuna.engagement.discussions.models import AcceptedAnswer, Post, Topic
from kizuna.interfaces.api.actions import forget_old_keys
from kizuna.interfaces.api.models import IdempotencyKey
from tests.cast import make_member

ASKED = {"space": "qa", "title": "届きません", "body": "三日たちました。", "tags": ["配送"]}


def test_a_topic_is_opened_answered_and_solved(api, aoi, chie, spaces):
    asker, answerer = api(chie), api(aoi)
    opened = asker.post("/topics", ASKED)
    assert opened.status_code == 201
    topic = opened.json()
    assert (topic["title"], topic["space"], topic["post_count"], topic["tags"]) == ("届きません", "qa", 1, ["配送"])
    answered = answerer.post(f"/topics/{topic['id']}/posts", {"body": "**はい**"})
    assert answered.status_code == 201
    post = answered.json()
    assert (post["number"], post["body"], post["author"]) == (2, "**はい**", "aoi")
    assert post["html"].strip() == "<p><strong>はい</strong></p>"
    assert set(post) == {"id", "number", "body", "html", "author", "created_at", "url"}
    solved = asker.post(f"/topics/{topic['id']}/accepted-answer", {"post": post["id"]})
    assert (solved.status_code, solved.json()["accepted_post_id"]) == (200, post["id"])
    assert answerer.call("DELETE", f"/topics/{topic['id']}/accepted-answer").status_code == 204
    assert asker.get(f"/topics/{topic['id']}").json()["accepted_post_id"] is None


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"title": ""}, 422, "title"),
        ({"title": "長" * 201}, 422, "title"),
        ({"body": " "}, 422, "body"),
        ({"tags": list("abcdef")}, 422, "tags"),
        ({"urgency": "x"}, 422, "urgency"),
        ({"title": 5}, 422, "title"),
        ({"space": "nowhere"}, 404, None),
        ({"space": "desk"}, 404, None),
    ],
)
def test_it_says_at_which_field_it_fails(api, chie, spaces, change, status, field):
    answer = api(chie).post("/topics", ASKED | change)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    if field:
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Topic.objects.exists()


def test_a_missing_field_is_named(api, chie, spaces):
    answer = api(chie).post("/topics", {"space": "qa", "title": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body")


def test_unknown_fields_change_nothing(api, chie, spaces):
    extra = {"author": 1, "state": "hidden", "is_pinned": True, "vote_count": 99, "external_id": "x", "audience_id": 3}
    topic = Topic.objects.get(pk=api(chie).post("/topics", ASKED | extra).json()["id"])
    assert (topic.author_id, topic.state, topic.is_pinned, topic.vote_count, topic.external_id) == (
        chie.pk, "visible", False, 0, "",
    )  # fmt: skip


def test_the_same_key_has_one_effect_and_one_answer(api, chie, spaces):
    caller = api(chie)
    first = caller.post("/topics", ASKED, Idempotency_Key="k1")
    again = caller.post("/topics", ASKED, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert (Topic.objects.count(), Activity.objects.filter(verb="topic.posted").count()) == (1, 1)


def test_the_same_key_with_another_body_is_refused(api, chie, spaces):
    caller = api(chie)
    caller.post("/topics", ASKED, Idempotency_Key="k1")
    assert caller.post("/topics", ASKED | {"title": "別"}, Idempotency_Key="k1").status_code == 422
    assert Topic.objects.count() == 1


def test_a_key_belongs_to_its_member(api, chie, aoi, spaces):
    for member in (chie, aoi):
        assert api(member).post("/topics", ASKED, Idempotency_Key="k1").status_code == 201
    assert Topic.objects.count() == 2


def test_a_failure_keeps_no_answer(api, chie, spaces):
    caller = api(chie)
    assert caller.post("/topics", ASKED | {"title": ""}, Idempotency_Key="k1").status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert caller.post("/topics", ASKED, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_has_a_shape(api, chie, spaces, key):
    assert api(chie).post("/topics", ASKED, Idempotency_Key=key).status_code == 422


def test_old_keys_are_forgotten(api, chie, spaces):
    from datetime import timedelta

    from django.utils import timezone

    api(chie).post("/topics", ASKED, Idempotency_Key="k1")
    assert forget_old_keys(now=timezone.now()) == 0
    assert forget_old_keys(now=timezone.now() + timedelta(days=3)) == 1


def test_refusals_of_right_are_403_with_the_reason(api, chie, ben, spaces):
    dan = make_member("dan")
    topic = api(chie).post("/topics", ASKED).json()
    post = api(dan).post(f"/topics/{topic['id']}/posts", {"body": "はい"}).json()
    answer = api(dan).post(f"/topics/{topic['id']}/accepted-answer", {"post": post["id"]})
    assert answer.status_code == 403
    assert answer.json()["detail"]
    assert not AcceptedAnswer.objects.exists()


def test_a_held_post_is_the_authors_alone(api, chie, aoi, spaces):
    from datetime import timedelta

    from django.utils import timezone

    fresh = make_member("fresh", joined_at=timezone.now() - timedelta(hours=1))
    topic = api(chie).post("/topics", ASKED).json()
    held = api(fresh).post(f"/topics/{topic['id']}/posts", {"body": "https://example.com/"})
    assert held.status_code == 201
    assert Post.objects.get(pk=held.json()["id"]).state == "held"
    numbers = {
        member.handle: len(api(member).get(f"/topics/{topic['id']}/posts").json()["items"])
        for member in (chie, aoi, fresh)
    }
    assert numbers == {"chie": 1, "aoi": 2, "fresh": 2}
