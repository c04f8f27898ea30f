"""Choosing who may read a topic: while writing, afterwards, and what the pages and the API say of it."""

import json
import re
from html import escape
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.core.members import actions as members
from kizuna.core.members.models import Audience, AudienceMember
from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Space, Tag, Topic
from kizuna.engagement.discussions.tests.page_cast import main_of, own_queries, text_of
from kizuna.engagement.discussions.urls import urlpatterns
from tests.cast import make_member

pytestmark = pytest.mark.django_db
WORDS = {"title": "先行のご案内", "body": "試していただけますか。"}


@pytest.fixture
def dan(db):
    return make_member("dan")


@pytest.fixture
def circle(db, chie, ben, now):
    audience = Audience.objects.create(slug="circle", label={"ja": "先行組", "en": "pioneers"}, created_at=now)
    AudienceMember.objects.bulk_create([AudienceMember(audience=audience, member=member) for member in (chie, ben)])
    return audience


@pytest.fixture
def news(make_space):
    return make_space("news", kind="announcement", audience_id=PUBLIC, posting="staff")


@pytest.fixture
def told(news, circle, viewer_of, aoi, now):
    return actions.open_topic(viewer=viewer_of(aoi), space=news, audience_id=circle.pk, now=now, **WORDS)


def test_staff_choose_while_writing(client_of, news, circle, aoi, chie, dan):
    client = client_of(aoi)
    page = main_of(client.get("/s/news/new/"))
    assert "先行組（2人）" in page
    assert 'value="1"' not in page, "everybody on the web narrows nothing"
    client.post("/s/news/new/", {**WORDS, "tags": "", "audience": str(circle.pk)})
    topic = Topic.objects.get()
    assert topic.own_audience_id == circle.pk
    assert [client_of(who).get(f"/t/{topic.pk}/").status_code for who in (chie, dan)] == [200, 404]


def test_everybody_in_the_space_is_the_default(client_of, news, aoi):
    for sent in ({"audience": "space"}, {}):
        client_of(aoi).post("/s/news/new/", {**WORDS, "tags": "", **sent})
        assert Topic.objects.latest("id").own_audience_id is None
    assert Topic.objects.count() == 2


@pytest.mark.parametrize("sent", ["999999", "1", "x", "-1", ""])
def test_another_choice_is_refused_and_nothing_is_posted(client_of, news, aoi, sent):
    answer = client_of(aoi).post("/s/news/new/", {**WORDS, "tags": "", "audience": sent})
    assert (answer.status_code, Topic.objects.count()) == (422, 0)
    assert "試していただけますか。" in text_of(answer)


def test_a_draft_that_goes_on_asks_again_for_whom_it_is(client_of, news, circle, viewer_of, aoi, now):
    actions.save_draft(viewer=viewer_of(aoi), context="space:news", now=now, tags=(), **WORDS)
    page = main_of(client_of(aoi).get("/s/news/new/"))
    assert '<option value="" selected>' in page
    assert client_of(aoi).post("/s/news/new/", {**WORDS, "tags": "", "audience": ""}).status_code == 422
    assert Topic.objects.count() == 0


def test_members_are_not_asked_and_may_not_choose(client_of, make_space, circle, chie):
    make_space("talk")
    assert "先行組" not in text_of(client_of(chie).get("/s/talk/new/"))
    client_of(chie).post("/s/talk/new/", {**WORDS, "tags": "", "audience": str(circle.pk)})
    assert Topic.objects.get().own_audience_id is None


def test_a_private_question_says_why_it_takes_no_audience(client_of, questions, circle, aoi):
    sent = {**WORDS, "tags": "", "urgency": "private", "audience": str(circle.pk), "space": "qa"}
    for address in ("/s/qa/new/", "/ask/"):
        answer = client_of(aoi).post(address, sent)
        assert answer.status_code == 422
        assert "非公開の質問は" in text_of(answer)


def test_the_page_changes_it_and_the_message_takes_it_back(client_of, ask, circle, aoi, chie, dan):
    topic = ask(chie)
    client, address = client_of(aoi), f"/t/{topic.pk}/audience/"
    assert address in text_of(client.get(f"/t/{topic.pk}/"))
    assert address in text_of(client.get(f"/p/{topic.posts.get().pk}/edit/"))
    answer = client.post(address, {"audience": str(circle.pk)}, follow=True)
    assert f'action="{address}"' in text_of(answer), "the undo"
    assert client_of(dan).get(f"/t/{topic.pk}/").status_code == 404
    client.post(address, {"audience": "space"})
    assert client_of(dan).get(f"/t/{topic.pk}/").status_code == 200


def test_only_who_may_change_it_gets_the_page(client_of, told, viewer_of, circle, aoi, ben, chie, dan, emi, news, now):
    address = f"/t/{told.pk}/audience/"
    got = [client_of(who).get(address).status_code for who in (aoi, ben, chie, dan, emi)]
    assert got == [200, 200, 403, 404, 404]
    for who in (chie, dan, emi):
        client_of(who).post(address, {"audience": "space"})
    told.refresh_from_db()
    assert told.own_audience_id == circle.pk
    own = actions.open_topic(viewer=viewer_of(emi), space=news, now=now, **WORDS)
    assert client_of(emi).get(f"/t/{own.pk}/audience/").status_code == 200


def test_it_says_who_reads_it_and_the_team_alone_reads_the_name_of_a_list(
    client_of, told, news, viewer_of, aoi, chie, now
):
    assert "このトピックは「先行組」の人だけが読めます。" in main_of(client_of(aoi).get(f"/t/{told.pk}/"))
    page = text_of(client_of(chie).get(f"/t/{told.pk}/"))
    assert "このトピックは、限られた人だけが読めます。" in page
    assert "先行組" not in page
    assert "限定公開" in main_of(client_of(chie).get("/s/news/"))
    for_members = actions.open_topic(viewer=viewer_of(aoi), space=news, audience_id=MEMBERS, now=now, **WORDS)
    name = Audience.objects.get(pk=MEMBERS).label["ja"]
    assert f"このトピックは「{name}」の人だけが読めます。" in main_of(client_of(chie).get(f"/t/{for_members.pk}/"))


def test_those_in_it_read_the_name_that_is_told_to_them_and_nobody_else_reads_either(
    opened, client_of, told, news, circle, viewer_of, aoi, ben, chie, dan, now
):
    client = client_of(chie)
    assert "限定公開" in main_of(client.get("/s/news/"))
    for name in ("さきがけの会", "<b>会</b>"):
        members.save_audience(
            viewer=viewer_of(aoi),
            audience=circle,
            label=circle.label,
            shown_label={"ja": name, "en": ""},
            member_ids=[chie.pk, ben.pk],
            now=now,
        )
        lists = [client.get(address).content.decode() for address in ("/s/news/", "/latest/")]
        thread = client.get(f"/t/{told.pk}/").content.decode()
        for page in (*lists, thread):
            assert escape(name) in page
            assert "先行組" not in page
        assert "この範囲の人だけが読めます。" in lists[0]
    assert "このトピックは「先行組」の人だけが読めます。" in main_of(client_of(aoi).get(f"/t/{told.pk}/"))
    for client in (client_of(dan), client_of()):
        for address in (
            "/",
            "/s/news/",
            "/latest/",
            "/feed.atom",
            "/s/news/feed.atom",
            "/search/?q=先行",
            f"/t/{told.pk}/",
        ):
            page = text_of(client.get(address))
            assert "会&lt;/b&gt;" not in page
            assert "先行組" not in page


def test_an_ordinary_topic_says_nothing_and_costs_no_query_more(client_of, ask, told, aoi, chie):
    topic = ask(chie)
    for client in (client_of(aoi), client_of(chie)):
        page = text_of(client.get(f"/t/{topic.pk}/"))
        assert "だけが読めます" not in page
        assert not [sql for sql in own_queries(client, f"/t/{topic.pk}/") if "members_audience" in sql]


def test_a_hidden_topic_is_like_one_that_is_not_there(opened, client_of, told, dan, emi):
    post = told.posts.get()
    for client in (client_of(dan), client_of(emi), client_of()):
        for there, missing in ((f"/t/{told.pk}/", "/t/999999/"), (f"/p/{post.pk}/history/", "/p/999999/history/")):
            answers = [client.get(address) for address in (there, missing)]
            assert [answer.status_code for answer in answers] == [404, 404]
            # The page names its own address where it offers to sign in and come back.
            own = "|".join({re.escape(one) for path in (there, missing) for one in (path, quote(path, safe=""))})
            bodies = [re.sub(own, "", text_of(answer)) for answer in answers]
            assert bodies[0] == bodies[1]


def test_every_address_of_a_hidden_topic_answers_like_a_missing_one(
    opened, client_of, told, dan, emi, aoi, reply, viewer_of
):
    reply(aoi, told)
    ids = {"topic_id": told.pk, "post_id": told.posts.get(number=2).pk}
    patterns = [str(route.pattern) for route in urlpatterns if re.search("<id:(topic|post)_id>", str(route.pattern))]
    assert len(patterns) > 15
    sent = {"on": "1", "body": "はい", "post": ids["post_id"], "name": "thanks", "space": "news", "audience": "space"}
    for client in (client_of(dan), client_of(emi), client_of()):
        for pattern in patterns:
            pattern = pattern.replace("<str:slug>", "words")
            there = "/" + re.sub(r"<id:(\w+)>", lambda match: str(ids[match.group(1)]), pattern)
            missing = "/" + re.sub(r"<id:\w+>", "999999", pattern)
            got = [
                (client.get(address).status_code, client.post(address, sent).status_code)
                for address in (there, missing)
            ]
            assert got[0] == got[1], there
            assert not {200, 204} & set(got[0]), there
    told.refresh_from_db()
    assert (told.post_count, told.is_pinned, told.is_closed) == (2, False, False)


def test_counters_do_not_tell_of_it(client_of, news, told, viewer_of, aoi, chie, now):
    actions.post_reply(viewer=viewer_of(chie), topic=Topic.objects.get(pk=told.pk), body="はい", now=now)
    actions.tag_topic(viewer=viewer_of(aoi), topic=told, tags=["先行"], now=now)

    def counted():
        aoi.refresh_from_db()
        chie.refresh_from_db()
        return (
            Space.objects.get(pk=news.pk).topic_count,
            Tag.objects.get().topic_count,
            (aoi.topic_count, chie.post_count),
        )

    assert counted() == (0, 0, (0, 0))
    for audience_id, expected in ((None, (1, 1, (1, 1))), (MEMBERS, (0, 0, (0, 0))), (None, (1, 1, (1, 1)))):
        topic = Topic.objects.get(pk=told.pk)
        actions.change_topic_audience(viewer=viewer_of(aoi), topic=topic, audience_id=audience_id, now=now)
        assert counted() == expected


def test_view_as_lists_it_with_the_reason(client_of, told, aoi, dan, circle):
    client = client_of(aoi)
    client.post(f"/studio/members/{dan.pk}/view/")
    assert client.get(f"/t/{told.pk}/").status_code == 404
    page = text_of(client.get("/view-as/hidden/"))
    assert WORDS["title"] in page
    assert ("先行組" in page, "公開範囲に選ばれたメンバーに入っていません。" in page) == (True, True)


def api_of(member) -> Client:
    secret = members.make_token(viewer=members.system_viewer(), member=member, now=timezone.now())[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_the_api_reads_and_sets_it(news, circle, aoi, ben, chie, dan):
    sent = {"space": "news", "title": "t", "body": "b", "audience": circle.pk}
    answers = {
        who: api_of(who).post("/api/v1/topics", json.dumps(sent), content_type="application/json")
        for who in (aoi, chie)
    }
    assert (answers[aoi].status_code, answers[aoi].json()["audience"]) == (201, circle.pk)
    assert answers[chie].status_code == 403
    address = f"/api/v1/topics/{answers[aoi].json()['id']}"
    assert [api_of(who).get(address).status_code for who in (chie, dan)] == [200, 404]
    assert [len(api_of(who).get("/api/v1/topics").json()["items"]) for who in (chie, dan)] == [1, 0]
    for who, wanted, expected in (
        (ben, MEMBERS, 200),
        (ben, PUBLIC, 422),
        (chie, None, 403),
        (dan, circle.pk, 403),
        (aoi, 999_999, 422),
        (aoi, -1, 422),
        (aoi, "x", 422),
        (aoi, None, 200),
    ):
        body = json.dumps({"audience": wanted})
        answer = api_of(who).put(f"{address}/audience", body, content_type="application/json")
        assert (answer.status_code, wanted) == (expected, wanted)
    assert api_of(dan).get(address).json()["audience"] is None
