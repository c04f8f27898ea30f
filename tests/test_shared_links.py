"""What search engines and previews of shared links read at the top of public pages."""

import re

import pytest

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from tests.cast import NOW
from tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    made = make_world(NOW)
    community.change_setting(keys.NAME, value={"ja": "桜の広場", "en": "Sakura"}, member_id=None)
    community.change_setting(keys.TAGLINE, value={"ja": "園芸 & 質問", "en": "Gardens"}, member_id=None)
    community.change_setting(keys.DESCRIPTION, value={"ja": "庭の話をします。", "en": "About gardens."}, member_id=None)
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    return made


def head_of(client, path: str) -> str:
    return client.get(path).content.decode().partition("</head>")[0]


def properties(head: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([a-z:_]+)" content="([^"]*)">', head))


@pytest.mark.parametrize("path", ["/", "/s/", "/s/qa/", "/latest/", "/k/", "/k/{article}/", "/t/{topic}/", "/m/chie/"])
def test_a_public_page_says_what_and_where_it_is(client_of, world, path):
    path = path.format(article=world.articles["faq"].pk, topic=world.topics["solved"].pk)
    head = head_of(client_of(), path)
    said = properties(head)
    address = re.search(r'<link rel="canonical" href="([^"]+)">', head)
    assert address is not None
    assert address[1] == said["og:url"]
    assert address[1].endswith(path)
    assert head.count('rel="canonical"') == 1
    assert said["og:title"]
    assert said["og:site_name"] == "桜の広場"
    assert said["og:type"] in {"website", "article", "profile"}


def test_the_home_page_is_named_for_visitors_and_has_the_feed(client_of, world):
    head = head_of(client_of(), "/")
    assert "<title>園芸 &amp; 質問 | 桜の広場</title>" in head
    assert properties(head)["description"] == properties(head)["og:description"] == "庭の話をします。"
    assert '<link rel="alternate" type="application/atom+xml" href="/feed.atom" title="桜の広場">' in head


def test_a_closed_community_offers_no_feed(client_of, world):
    community.change_setting(keys.IS_OPEN, value=False, member_id=None)
    assert "application/atom+xml" not in head_of(client_of(), "/")


@pytest.mark.parametrize(("slug", "has_feed"), [("qa", True), ("talk", False)])
def test_a_feed_is_offered_where_a_program_gets_it(client_of, world, slug, has_feed):
    owner = client_of(world.members["aoi"])
    assert (f"/s/{slug}/feed.atom" in head_of(owner, f"/s/{slug}/")) == has_feed
    assert (client_of().get(f"/s/{slug}/feed.atom").status_code == 200) == has_feed


def test_the_logo_stands_beside_a_shared_link(client_of, world):
    assert "og:image" not in head_of(client_of(), "/")
    community.change_setting(keys.LOGO, value="/f/0123/logo.png", member_id=None)
    assert properties(head_of(client_of(), "/"))["og:image"].endswith("/f/0123/logo.png")


def test_the_address_of_a_tag_is_written_for_machines(client_of, world):
    head = head_of(client_of(), "/tags/写真/")
    assert re.search(r'rel="canonical" href="[^"]*/tags/%E5%86%99%E7%9C%9F/"', head)
