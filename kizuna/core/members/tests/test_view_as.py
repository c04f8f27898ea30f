"""Looking as somebody else: what is shown is theirs, nothing is changed, and every page says so."""

import pytest

from kizuna.base.rules import parse
from kizuna.core.activity.models import Activity
from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Post, ReadMark, Space, TopicRead
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms(aoi, chie, viewer_of):
    """A space for members, one for the team, one for an audience by rule that Chie does not fit."""
    rule = parse(
        {"version": 1, "entity": "member", "root": {"fact": "member.company", "op": "is", "value": "山田商店"}}
    )
    audience = actions.save_audience(viewer=viewer_of(aoi), audience=None, label={"ja": "山田の人"}, rule=rule, now=NOW)
    for slug, audience_id in (("all", 2), ("team", 3), ("yamada", audience.pk)):
        name = {"ja": f"部屋{slug}"}
        Space.objects.create(slug=slug, kind="discussion", name=name, audience_id=audience_id, created_at=NOW)
    return audience


@pytest.fixture
def looking(aoi, chie, rooms, client_of):
    """The owner's browser, looking as Chie."""
    client = client_of(aoi)
    assert client.post(f"/studio/members/{chie.pk}/view/").status_code == 302
    return client


def statuses(client, *paths):
    return [client.get(path).status_code for path in paths]


def test_it_shows_what_the_member_sees_and_says_so_on_every_page(looking, rooms):
    assert statuses(looking, "/s/all/", "/s/team/", "/s/yamada/") == [200, 404, 404]
    page = looking.get("/").content.decode()
    assert "千恵" in page
    assert "/view-as/end/" in page
    assert "/studio/" not in page


def test_nothing_can_be_changed_and_what_is_private_stays_closed(looking, chie, viewer_of):
    space = Space.objects.get(slug="all")
    topic = discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文です。", now=NOW)
    paths = ["/ask/", f"/t/{topic.pk}/reply/", "/account/", "/read-mark/", "/signout/", f"/t/{topic.pk}/read-mark/"]
    assert [looking.post(path, {"body": "x"}).status_code for path in paths] == [403] * 6
    assert (
        statuses(looking, "/account/", "/notifications/", "/studio/", "/drafts/", "/bookmarks/", "/account/export/")
        == [403] * 6
    )
    assert Post.objects.count() == 1


def test_nothing_is_marked_as_read(looking, aoi, chie, viewer_of):
    space = Space.objects.get(slug="all")
    topic = discussions.open_topic(viewer=viewer_of(aoi), space=space, title="題", body="本文です。", now=NOW)
    before = (list(TopicRead.objects.values()), list(ReadMark.objects.values()))
    page = looking.get(f"/t/{topic.pk}/", follow=True)
    assert page.status_code == 200
    assert "read-mark" not in page.content.decode()
    assert (list(TopicRead.objects.values()), list(ReadMark.objects.values())) == before
    chie.refresh_from_db()
    assert chie.last_seen_on is None


def test_what_is_hidden_is_listed_with_its_reason(looking, rooms):
    page = looking.get("/view-as/hidden/").content.decode()
    page = page[page.index("<main") : page.index("</main>")]
    assert "部屋team" in page
    assert "部屋yamada" in page
    assert "部屋all" not in page
    assert "会社名が『山田商店』" in page


def test_the_way_out_leads_back_to_oneself(looking, chie):
    response = looking.post("/view-as/end/")
    assert response["Location"] == f"/studio/members/{chie.pk}/"
    assert statuses(looking, "/s/team/", "/studio/") == [200, 200]
    assert "/view-as/end/" not in looking.get("/").content.decode()


def test_it_is_written_down(looking, aoi, chie):
    row = ManagerAction.objects.get(action="member.viewed_as")
    assert (row.member_id, row.subject) == (aoi.pk, f"member:{chie.pk}")
    assert Activity.objects.filter(verb="member.viewed_as").count() == 1


def test_an_audience_is_looked_at_as_somebody_who_is_in_it_alone(aoi, rooms, client_of):
    client = client_of(aoi)
    client.post(f"/studio/audiences/{rooms.pk}/view/")
    assert statuses(client, "/", "/s/all/", "/s/team/", "/s/yamada/", "/members/", "/search/?q=x", "/k/") == [
        200, 200, 404, 200, 200, 200, 200,
    ]  # fmt: skip
    assert "部屋team" in client.get("/view-as/hidden/").content.decode()


def test_only_managers_may_and_a_cookie_of_another_sign_in_is_worth_nothing(aoi, ben, chie, rooms, looking, client_of):
    assert client_of(ben).post(f"/studio/members/{chie.pk}/view/").status_code == 403
    for person in (ben, aoi):
        thief = client_of(person)
        thief.cookies["view_as"] = looking.cookies["view_as"].value
        assert thief.get("/s/team/").status_code == 200
        assert thief.get("/view-as/hidden/").status_code == 404
    stranger = client_of(None)
    stranger.cookies["view_as"] = looking.cookies["view_as"].value
    assert stranger.get("/s/team/").status_code in (302, 404)


def test_who_is_no_manager_any_more_looks_as_oneself(aoi, ben, chie, looking, viewer_of):
    actions.grant_role(viewer=viewer_of(aoi), member_id=ben.pk, role="owner", now=NOW)
    actions.revoke_role(viewer=viewer_of(ben), member_id=aoi.pk, role="owner", now=NOW)
    assert looking.get("/view-as/hidden/").status_code == 404
    assert "/view-as/end/" not in looking.get("/").content.decode()
