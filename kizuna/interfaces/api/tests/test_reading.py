"""Reading by token: shapes, pages, and nothing that the token's member may not see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members.models import Audience, AudienceMember
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.interfaces.api import limits
from tests.cast import make_member


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def asked(chie, spaces, viewer_of):
    def make(title="届きません", body="**三日**たちました。", member=chie, space=spaces.qa, **fields):
        return actions.open_topic(
            viewer=viewer_of(member), space=space, title=title, body=body, now=timezone.now(), **fields
        )

    return make


def test_a_topic_has_the_promised_fields(api, aoi, ben, asked, viewer_of):
    topic = asked(tags=["配送"])
    Topic.objects.filter(pk=topic.pk).update(external_id="sumo:7")
    post = actions.post_reply(viewer=viewer_of(ben), topic=topic, body="はい", now=timezone.now())
    actions.accept_answer(viewer=viewer_of(ben), topic=topic, post=post, now=timezone.now())
    found = api(aoi).get(f"/topics/{topic.pk}").json()
    assert {name: found[name] for name in ("id", "external_id", "title", "space", "author", "tags")} == {
        "id": topic.pk,
        "external_id": "sumo:7",
        "title": "届きません",
        "space": "qa",
        "author": "chie",
        "tags": ["配送"],
    }
    assert (found["post_count"], found["accepted_post_id"]) == (2, post.pk)
    assert found["url"] == f"http://testserver/t/{topic.pk}/"


def test_posts_have_the_promised_fields_in_order(api, aoi, ben, asked, viewer_of):
    topic = asked()
    actions.post_reply(viewer=viewer_of(ben), topic=topic, body="はい", now=timezone.now())
    items = api(aoi).get(f"/topics/{topic.pk}/posts").json()["items"]
    assert [(item["number"], item["author"], item["body"]) for item in items] == [
        (1, "chie", "**三日**たちました。"),
        (2, "ben", "はい"),
    ]
    assert items[0]["html"].strip() == "<p><strong>三日</strong>たちました。</p>"
    assert set(items[0]) == {"id", "number", "body", "html", "author", "created_at", "url"}
    assert items[1]["url"] == f"http://testserver/t/{topic.pk}/?p=2#p-2"


@pytest.mark.parametrize("path", ["/topics", "/topics?space=qa", "/members", "/spaces"])
def test_lists_page_through_everything_once(api, aoi, asked, path):
    for number in range(7):
        asked(title=f"質問{number}", member=make_member(f"m{number}"))
        Space.objects.create(slug=f"s{number}", name={}, audience_id=1, position=9, created_at=timezone.now())
    caller = api(aoi)
    joint = "&" if "?" in path else "?"
    everything = caller.get(f"{path}{joint}limit=100&count=true").json()
    assert everything["next"] is None
    assert everything["count"] == len(everything["items"]) >= 7
    seen, after = [], ""
    while True:
        page = caller.get(f"{path}{joint}limit=3&after={after}").json()
        assert "count" not in page
        seen += page["items"]
        if page["next"] is None:
            break
        assert len(page["items"]) == 3
        after = page["next"]
    assert seen == everything["items"]


def test_a_page_costs_the_same_far_down_the_list(api, aoi, asked, django_assert_max_num_queries):
    for number in range(6):
        asked(title=f"質問{number}", member=make_member(f"m{number}"))
    caller = api(aoi)
    after = caller.get("/topics?limit=4").json()["next"]
    with django_assert_max_num_queries(8):
        caller.get(f"/topics?limit=4&after={after}")


def test_members_show_what_is_public_and_no_address(api, aoi, chie):
    found = api(aoi).get("/members/chie").json()
    assert (found["handle"], found["name"], found["url"]) == ("chie", "千恵", "http://testserver/m/chie/")
    assert "example.com" not in str(api(aoi).get("/members?limit=100").json())
    assert api(aoi).get("/members/nobody").status_code == 404


SECRET = "秘密の合言葉"


@pytest.fixture
def secrets_everywhere(aoi, ben, chie, dan, asked, spaces, viewer_of):
    """Return the ids of topics and posts that dan, a member of one audience, must not see."""
    now = timezone.now()
    own, other = (Audience.objects.create(slug=slug, created_at=now) for slug in ("own", "other"))
    AudienceMember.objects.create(audience=own, member=dan)
    AudienceMember.objects.create(audience=other, member=aoi)
    club = Space.objects.create(slug="club", audience=other, name={"ja": SECRET}, created_at=now)
    Space.objects.create(slug="home", audience=own, name={"ja": "わが家"}, created_at=now)
    hidden, deleted = asked(title=SECRET), asked(title=SECRET)
    topics = [
        asked(title=SECRET, body=SECRET, space=club, member=aoi),
        asked(title=SECRET, body=SECRET, space=spaces.desk, member=ben),
        asked(title=SECRET, body=SECRET, urgency="private"),
        hidden,
        deleted,
        asked(title=SECRET),
    ]
    opening = {topic.pk: topic.posts.get(number=1) for topic in topics}
    actions.hide_post(viewer=viewer_of(ben), post=opening[hidden.pk], reason="x", now=now)
    actions.delete_post(viewer=viewer_of(chie), post=opening[deleted.pk], now=now)
    Topic.objects.filter(pk=topics[-1].pk).update(state="held")
    seen = asked(title="見える質問", body="見える")
    posts = list(opening.values())
    for state in ("held", "deleted", "hidden", "erased"):
        post = actions.post_reply(viewer=viewer_of(ben), topic=seen, body=SECRET, now=now + timedelta(seconds=1))
        Post.objects.filter(pk=post.pk).update(state=state)
        posts.append(post)
    return seen, topics, posts


def test_nothing_out_of_sight_leaks_by_any_door(api, dan, secrets_everywhere, monkeypatch):
    monkeypatch.setattr(limits, "MEMBERS", {"read": limits.Rate(999, 999), "write": limits.Rate(999, 999)})
    seen, topics, posts = secrets_everywhere
    caller = api(dan)
    paths = [
        "/spaces",
        "/topics",
        "/topics?count=true&limit=100",
        "/members",
        f"/topics/{seen.pk}",
        f"/topics/{seen.pk}/posts",
    ]
    for path in paths:
        answer = caller.get(path)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode(), path
    assert caller.get("/topics?count=true").json()["count"] == 1
    assert caller.get(f"/topics/{seen.pk}/posts?count=true").json()["count"] == 1
    assert {item["slug"] for item in caller.get("/spaces").json()["items"]} == {"general", "qa", "talk", "home"}
    assert caller.get("/topics?space=club").status_code == 404
    for topic in topics:
        for answer in (
            caller.get(f"/topics/{topic.pk}"),
            caller.get(f"/topics/{topic.pk}/posts"),
            caller.post(f"/topics/{topic.pk}/posts", {"body": "x"}),
            caller.post(f"/topics/{topic.pk}/accepted-answer", {"post": 1}),
        ):
            assert answer.status_code == 404
            assert SECRET not in answer.content.decode()
    for post in posts:
        answer = caller.post(f"/topics/{seen.pk}/posts", {"body": "x", "reply_to": post.pk})
        assert answer.status_code == 404


def test_the_asker_reads_their_private_question_with_its_answers(api, chie, ben, dan, asked, viewer_of):
    topic = asked(urgency="private")
    actions.post_reply(viewer=viewer_of(ben), topic=topic, body="内々に", now=timezone.now())
    assert len(api(chie).get(f"/topics/{topic.pk}/posts").json()["items"]) == 2
    assert len(api(ben).get(f"/topics/{topic.pk}/posts").json()["items"]) == 2
    assert api(dan).get(f"/topics/{topic.pk}").status_code == 404


def test_dais_token_of_another_community_is_unknown_here(api, communities, sakura):
    assert api(None, Authorization="Bearer kz_of_minato").get("/topics").status_code == 401
