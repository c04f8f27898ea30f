"""What programs read: structured descriptions, feeds, sitemap, robots."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import State, Topic
from kizuna.engagement.discussions.tests.page_cast import text_of

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def described(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL).group(1))


def test_a_question_is_described_as_one(opened, client_of, ask, reply, chie, ben, emi, viewer_of, now):
    topic = ask(chie, title="配送が</script>届きません")
    other, answer = reply(emi, topic, body="ほかの回答"), reply(ben, topic, body="これで届く")
    actions.accept_answer(viewer=viewer_of(chie), topic=topic, post=answer, now=now + timedelta(minutes=5))
    page = text_of(client_of().get(f"/t/{topic.pk}/"))
    question = described(page)["mainEntity"]
    assert described(page)["@type"] == "QAPage"
    assert question["name"] == "配送が</script>届きません"
    assert question["acceptedAnswer"]["text"] == "これで届く"
    assert [item["text"] for item in question["suggestedAnswer"]] == ["ほかの回答"]
    assert f'<link rel="canonical" href="https://sakura.test/t/{topic.pk}/">' in page
    assert 'property="og:title"' in page
    assert other.pk


def test_members_get_no_description_of_pages_search_engines_never_see(client_of, ask, chie):
    assert "ld+json" not in text_of(client_of(chie).get(f"/t/{ask(chie).pk}/"))


def test_another_topic_is_a_posting(opened, client_of, make_space, viewer_of, chie, now):
    talk = make_space("talk", audience_id=PUBLIC)
    topic = actions.open_topic(viewer=viewer_of(chie), space=talk, title="はじめまして", body="よろしく", now=now)
    posting = described(text_of(client_of().get(f"/t/{topic.pk}/")))
    assert posting["@type"] == "DiscussionForumPosting"
    assert posting["author"]["name"] == "千恵"


@pytest.fixture
def hidden_places(ask, reply, chie, ben, make_space, staff_room):
    """One public question among everything a visitor may not read."""
    inside = make_space("inside", audience_id=MEMBERS)
    shown = ask(chie, title="見える質問")
    secrets = [
        ask(chie, title="秘密の一", space=inside),
        ask(ben, title="秘密の二", space=staff_room),
        ask(chie, title="秘密の三", urgency="private"),
        ask(chie, title="秘密の四"),
        ask(chie, title="秘密の五"),
    ]
    Topic.objects.filter(pk=secrets[3].pk).update(state=State.HELD)
    Topic.objects.filter(pk=secrets[4].pk).update(state=State.HIDDEN)
    return shown, secrets


@pytest.mark.parametrize("url", ["/feed.atom", "/s/qa/feed.atom", "/sitemap-1.xml"])
@pytest.mark.parametrize("reader", [None, "ben"])
def test_feeds_and_sitemap_name_only_what_visitors_may_read(opened, client_of, hidden_places, ben, url, reader):
    shown, secrets = hidden_places
    response = client_of(ben if reader else None).get(url)
    page = text_of(response)
    assert f"/t/{shown.pk}/" in page
    assert "秘密" not in page
    for secret in secrets:
        assert f"/t/{secret.pk}/" not in page
    assert "/s/inside/" not in page
    ElementTree.fromstring(response.content)


def test_a_feed_is_atom(opened, client_of, ask, chie):
    topic = ask(chie, title="A & B <i>", body="**太字**")
    response = client_of().get("/s/qa/feed.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    entry = feed.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "A & B <i>"
    assert entry.find(f"{ATOM}id").text == f"https://sakura.test/t/{topic.pk}/"
    assert "<strong>太字</strong>" in entry.find(f"{ATOM}content").text
    assert feed.find(f"{ATOM}updated").text.endswith("Z")


def test_the_feed_of_a_space_visitors_may_not_see_is_a_404(opened, client_of, staff_room, ben):
    assert client_of().get("/s/staff-room/feed.atom").status_code == 404
    assert client_of(ben).get("/s/staff-room/feed.atom").status_code == 404


def test_a_closed_community_gives_programs_nothing(client_of, ask, chie):
    ask(chie)
    assert "/t/" not in text_of(client_of().get("/sitemap-1.xml"))
    assert "<entry>" not in text_of(client_of().get("/feed.atom"))
    assert "Disallow: /\n" in text_of(client_of().get("/robots.txt"))
    assert client_of().get("/s/qa/feed.atom").status_code == 404


def test_robots_name_the_sitemap_of_an_open_community(opened, client_of):
    page = text_of(client_of().get("/robots.txt"))
    assert "Sitemap: https://sakura.test/sitemap.xml" in page
    assert "Disallow: /\n" not in page
    assert "/sitemap-1.xml" in text_of(client_of().get("/sitemap.xml"))
    assert client_of().get("/sitemap-9.xml").status_code == 404


def test_an_address_of_a_button_opened_by_hand_answers_with_a_page(opened, client_of, ask, chie):
    address = f"/t/{ask(chie).pk}/follow/"
    answer = client_of(chie).get(address, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "このページは直接は開けません" in answer.content.decode()
    for accepted in ("application/json", "*/*"):
        assert client_of(chie).get(address, headers={"Accept": accepted}).content == b""
    assert client_of().delete("/", headers={"Accept": "text/html"}).status_code == 405
