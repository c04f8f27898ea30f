"""Reading by token: shapes, pages, and nothing that the token's member may not see."""

import pytest
from django.utils import timezone

from kizuna.core.community.models import WordRule
from kizuna.core.members import actions as members
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
        "external_id": "7",
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
    WordRule.objects.create(word="保留語", skeleton="保留語", effect="hold", created_at=now)
    hidden, deleted = asked(title=SECRET), asked(title=SECRET)
    topics = [
        asked(title=SECRET, body=SECRET, space=club, member=aoi),
        asked(title=SECRET, body=SECRET, space=spaces.desk, member=ben),
        asked(title=SECRET, body=SECRET, urgency="private"),
        hidden,
        deleted,
        asked(title=SECRET, body="保留語"),
    ]
    opening = {topic.pk: topic.posts.get(number=1) for topic in topics}
    actions.hide_post(viewer=viewer_of(ben), post=opening[hidden.pk], reason="x", now=now)
    actions.delete_post(viewer=viewer_of(chie), post=opening[deleted.pk], now=now)
    seen = asked(title="見える質問", body="見える")
    posts = list(opening.values())
    replies = [
        actions.post_reply(viewer=viewer_of(member), topic=seen, body=f"{SECRET}{more}", now=now)
        for member, more in ((ben, ""), (ben, ""), (ben, "保留語"))
    ]
    actions.delete_post(viewer=viewer_of(ben), post=replies[0], now=now)
    actions.hide_post(viewer=viewer_of(ben), post=replies[1], reason="x", now=now)
    posts += replies
    states = [Topic.objects.get(pk=topic.pk).state for topic in topics[3:]]
    states += [Post.objects.get(pk=post.pk).state for post in replies]
    assert states == ["hidden", "deleted", "held", "deleted", "hidden", "held"]
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
    found = caller.get(f"/search?q={SECRET}&count=true").json()
    assert (found["items"], found["count"]) == ([], 0)
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


def test_search_finds_a_topic_once_with_the_promised_fields(api, aoi, ben, asked, viewer_of):
    topic = asked(title="配送が届きません")
    Topic.objects.filter(pk=topic.pk).update(external_id="sumo:7")
    asked(title="領収書")
    actions.post_reply(viewer=viewer_of(ben), topic=topic, body="配送会社にお尋ねください", now=timezone.now())
    found = api(aoi).get("/search?q=配送&type=question&count=true").json()
    assert found["count"] == 1
    [item] = found["items"]
    assert set(item) == {"type", "id", "external_id", "title", "url", "snippet"}
    assert (item["type"], item["id"], item["title"]) == ("topic", topic.pk, "配送が届きません")
    assert item["url"].startswith(f"http://testserver/t/{topic.pk}/")
    assert api(aoi).get("/search?q=配送&type=article").json()["items"] == []


def test_search_finds_members_by_reading(api, aoi, chie):
    members.make_member(
        viewer=members.system_viewer(), email="k@example.com", handle="kimura", name="木村 楓", kana="きむら かえで",
        now=timezone.now(),
    )  # fmt: skip
    items = api(aoi).get("/search?q=きむら&type=member").json()["items"]
    assert [(item["type"], item["title"]) for item in items] == [("member", "木村 楓")]


def test_search_follows_what_happens_to_a_topic(api, aoi, ben, chie, dan, asked, spaces, viewer_of):
    caller, now = api(dan), timezone.now()
    topic = asked(title="配送が届きません")
    post = topic.posts.select_related("topic").get()

    def found(words):
        return [item["id"] for item in caller.get(f"/search?q={words}").json()["items"]]

    assert found("配送") == [topic.pk]
    actions.edit_post(viewer=viewer_of(chie), post=post, title="荷物が届きません", body="待っています", now=now)
    assert (found("配送"), found("荷物")) == ([], [topic.pk])
    actions.delete_post(viewer=viewer_of(chie), post=post, now=now)
    assert found("荷物") == []
    actions.restore_post(viewer=viewer_of(chie), post=post, now=now)
    assert found("荷物") == [topic.pk]
    reply = actions.post_reply(viewer=viewer_of(ben), topic=topic, body="郵便局で預かり中です", now=now)
    assert found("預かり") == [topic.pk]
    actions.hide_post(viewer=viewer_of(ben), post=reply, reason="x", now=now)
    assert found("預かり") == []
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=spaces.desk, now=now)
    assert found("荷物") == []
    actions.move_topic(viewer=viewer_of(ben), topic=topic, space=spaces.talk, now=now)
    assert found("荷物") == [topic.pk]
    actions.edit_space(viewer=viewer_of(aoi), space=spaces.talk, audience_id=3, now=now)
    assert found("荷物") == []
    actions.edit_space(viewer=viewer_of(aoi), space=spaces.talk, audience_id=1, now=now)
    assert found("荷物") == [topic.pk]
