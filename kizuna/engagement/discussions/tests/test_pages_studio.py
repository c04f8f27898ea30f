"""Spaces in Studio, posts that wait, blocks of the home page and profiles."""

import pytest

from kizuna.base.registry import problems
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions, blocks
from kizuna.engagement.discussions.models import MemberTag, Post, Space, State, Tag
from kizuna.engagement.discussions.tests.page_cast import main_of, own_queries, text_of

pytestmark = pytest.mark.django_db
FIELDS = {
    "slug": "ideas", "kind": "idea", "name_ja": "アイデア", "name_en": "Ideas", "description_ja": "声を集めます",
    "description_en": "", "icon": "lightbulb", "color": "d5", "posting": "members", "members_first_hours": "",
    "post_template_ja": "**困りごと**", "post_template_en": "", "audience": str(PUBLIC),
}  # fmt: skip
MANAGED = [
    "/studio/spaces/",
    "/studio/spaces/new/",
    "/studio/spaces/qa/",
    "/studio/spaces/qa/audience/",
    "/studio/spaces/qa/archive/",
]


@pytest.mark.parametrize("url", MANAGED)
def test_managers_alone_open_these_pages(client_of, questions, aoi, ben, chie, url):
    assert client_of(aoi).get(url).status_code == 200
    assert client_of(ben).get(url).status_code == 403
    assert client_of(chie).get(url).status_code == 403
    assert client_of().get(url)["Location"].startswith("/signin/?next=")


def test_a_space_is_made_without_code(client_of, aoi):
    response = client_of(aoi).post("/studio/spaces/new/", FIELDS)
    assert response.status_code == 302
    space = Space.objects.get(slug="ideas")
    assert (space.kind, space.audience_id, space.name["ja"]) == ("idea", PUBLIC, "アイデア")
    assert space.post_template == {"ja": "**困りごと**", "en": ""}


def test_a_refused_space_says_why_at_the_field(client_of, aoi, questions):
    response = client_of(aoi).post("/studio/spaces/new/", {**FIELDS, "slug": "qa"})
    assert response.status_code == 422
    assert "このアドレスは、ほかのスペースが使っています。" in text_of(response)
    response = client_of(aoi).post("/studio/spaces/new/", {**FIELDS, "name_ja": "", "name_en": ""})
    assert "名前を入力してください。" in text_of(response)
    assert Space.objects.filter(slug="ideas").count() == 0


def test_a_changed_name_is_everywhere_at_once(opened, client_of, aoi, ask, chie):
    ask(chie)
    assert "新しい名前" not in main_of(client_of().get("/latest/"))
    client_of(aoi).post("/studio/spaces/qa/", {**FIELDS, "slug": "qa", "kind": "question", "name_ja": "新しい名前"})
    assert "新しい名前" in main_of(client_of().get("/latest/"))


def test_a_change_of_audience_is_shown_before_it_is_made(opened, client_of, aoi, ask, chie):
    topic = ask(chie)
    client = client_of(aoi)
    preview = text_of(client.post("/studio/spaces/qa/audience/", {"audience": STAFF, "step": "preview"}))
    assert "トピック1件と投稿1件" in preview
    assert Space.objects.get(slug="qa").audience_id == PUBLIC
    client.post("/studio/spaces/qa/audience/", {"audience": STAFF, "step": "apply"})
    assert client_of().get(f"/t/{topic.pk}/").status_code == 404
    assert client_of(chie).get(f"/t/{topic.pk}/").status_code == 404
    assert client_of(aoi).get(f"/t/{topic.pk}/").status_code == 200


def test_spaces_move_with_buttons(client_of, aoi, make_space):
    for place, slug in enumerate(("one", "two", "three"), 10):
        make_space(slug, position=place)
    client_of(aoi).post("/studio/spaces/three/order/", {"to": "up"})
    order = [space.slug for space in Space.objects.order_by("position") if space.slug in ("one", "two", "three")]
    assert order == ["one", "three", "two"]


def test_an_archived_space_can_be_read_and_not_written(client_of, aoi, ask, chie):
    topic = ask(chie)
    assert "新しいトピックも返信も書けなくなります。" in text_of(client_of(aoi).get("/studio/spaces/qa/archive/"))
    client_of(aoi).post("/studio/spaces/qa/archive/", {"on": "1"})
    assert client_of(chie).get(f"/t/{topic.pk}/?after=0").status_code == 200
    assert client_of(chie).get("/s/qa/new/").status_code == 403
    assert "/s/qa/" not in main_of(client_of(chie).get("/s/"))
    client_of(aoi).post("/studio/spaces/qa/archive/", {"on": "0"})
    assert client_of(chie).get("/s/qa/new/").status_code == 200


def test_moderators_see_what_waits_and_show_it(client_of, ask, reply, chie, emi, ben):
    topic = ask(chie)
    post = reply(emi, topic, body="確認を待つ文章です。")
    Post.objects.filter(pk=post.pk).update(state=State.HELD)
    page = text_of(client_of(ben).get("/studio/held/"))
    assert "確認を待つ文章です。" in page
    assert client_of(chie).get("/studio/held/").status_code == 403
    assert client_of().get("/studio/held/").status_code == 302
    assert client_of(emi).post(f"/p/{post.pk}/release/").status_code == 403
    client_of(ben).post(f"/p/{post.pk}/release/")
    assert "確認を待つ文章です。" in text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))


def test_a_held_post_is_seen_by_its_author_with_the_reason_and_by_no_other_member(client_of, ask, reply, chie, emi):
    topic = ask(chie)
    post = reply(emi, topic, body="確認を待つ文章です。")
    Post.objects.filter(pk=post.pk).update(state=State.HELD)
    assert "運営の確認を待っています" in text_of(client_of(emi).get(f"/t/{topic.pk}/?after=0"))
    assert "確認を待つ文章です。" not in text_of(client_of(chie).get(f"/t/{topic.pk}/?after=0"))


def test_the_home_page_shows_what_this_person_may_see_and_is_needed_for(
    opened, client_of, ask, reply, chie, emi, ben, make_space, staff_room, viewer_of, aoi, now
):
    news = make_space("news", kind="announcement", audience_id=PUBLIC, posting="staff")
    actions.open_topic(viewer=viewer_of(aoi), space=news, title="年末の予定", body="お休みの案内です。", now=now)
    ask(chie, title="送料の話", tags=["送料"])
    ask(ben, title="内輪の話", space=staff_room)
    MemberTag.objects.create(member=emi, tag=Tag.objects.get(name="送料"), answer_count=2)
    visitor, member, staff = (main_of(client_of(person).get("/")) for person in (None, chie, emi))
    for page in (visitor, member, staff):
        assert "年末の予定" in page
        assert "送料の話" in page
    assert "内輪の話" not in visitor + member
    assert "内輪の話" in staff
    assert "あなたの答えを待っています" in staff
    assert "得意な話題：送料" in staff
    assert "あなたの答えを待っています" not in visitor + member


def test_the_banner_shows_no_announcement_of_another_audience(
    opened, client_of, make_space, viewer_of, aoi, chie, emi, now
):
    news = make_space("team-news", kind="announcement", audience_id=STAFF, posting="staff")
    actions.open_topic(viewer=viewer_of(aoi), space=news, title="内輪の予定", body="内輪の案内です。", now=now)
    for person, sees in ((None, False), (chie, False), (emi, True)):
        assert ("内輪の予定" in main_of(client_of(person).get("/"))) is sees


def test_the_home_page_costs_few_queries(opened, client_of, ask, chie, emi):
    for _turn in range(5):
        ask(chie)
    assert len(own_queries(client_of(), "/")) <= 3
    assert len(own_queries(client_of(emi), "/")) <= 6


def test_a_profile_lists_what_the_reader_may_see(viewer_of, opened, ask, reply, chie, emi, staff_room, ben):
    reply(ben, ask(chie, title="みんなの質問"))
    ask(ben, title="内輪の話", space=staff_room)
    shown = {
        person: blocks.CONTRIBUTIONS.render(viewer=viewer_of(person), member_id=ben.pk, language="ja")
        for person in (None, chie, emi)
    }
    for html in shown.values():
        assert "みんなの質問" in html
    assert "内輪の話" not in shown[None] + shown[chie]
    assert "内輪の話" in shown[emi]


def test_the_navigation_names_the_spaces_of_this_person(opened, client_of, questions, staff_room, make_space, chie):
    make_space("inside", audience_id=MEMBERS)
    assert 'href="/s/qa/"' in text_of(client_of().get("/s/qa/"))
    assert 'href="/s/inside/"' not in text_of(client_of().get("/s/qa/"))
    page = text_of(client_of(chie).get("/s/qa/"))
    assert 'href="/s/inside/"' in page
    assert 'href="/s/staff-room/"' not in page


def test_every_declaration_resolves():
    assert not problems()
