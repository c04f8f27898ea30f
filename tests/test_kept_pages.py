"""Pages kept for visitors never show what has become private, and never what a member was shown."""

import pytest

from kizuna.core.home.generation_watch import watch
from kizuna.core.home.tests.test_page_cache import Counted, settled, site
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from kizuna.core.members.viewer import MEMBERS
from kizuna.engagement.discussions import actions
from kizuna.engagement.knowledge import actions as knowledge
from tests.cast import NOW
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["site"]

KEPT = ("/", "/s/", "/s/qa/", "/latest/", "/tags/parcel/", "/feed.atom", "/s/qa/feed.atom", "/sitemap-1.xml")


@pytest.fixture
def world(db) -> World:
    return make_world(NOW)


def hide(world: World) -> None:
    actions.hide_post(viewer=world.viewer("ben"), post=world.posts["zq/1"], reason="x", now=world.now)


def hide_reply(world: World) -> None:
    actions.hide_post(viewer=world.viewer("ben"), post=world.posts["zq reply"], reason="x", now=world.now)


def delete(world: World) -> None:
    actions.delete_post(viewer=world.viewer("chie"), post=world.posts["zq reply"], now=world.now)


def move(world: World) -> None:
    actions.move_topic(viewer=world.viewer("ben"), topic=world.topics["zq"], space=world.spaces["talk"], now=world.now)


def narrow(world: World) -> None:
    actions.edit_space(viewer=world.viewer("aoi"), space=world.spaces["qa"], audience_id=MEMBERS, now=world.now)


def narrow_topic(world: World) -> None:
    actions.change_topic_audience(
        viewer=world.viewer("aoi"), topic=world.topics["zq"], audience_id=MEMBERS, now=world.now
    )


def archive(world: World) -> None:
    knowledge.archive_article(viewer=world.viewer("aoi"), article=world.articles["zq"], now=world.now)


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (hide, "zqopen"),
        (hide_reply, "zqreply"),
        (delete, "zqreply"),
        (move, "zqopen"),
        (narrow, "zqopen"),
        (narrow_topic, "zqopen"),
        (archive, "zqarticle"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_kept_page_lets_go_of_what_became_private(site: Counted, sakura, world, change, mark):
    topic = world.topic("zq", "gen", "qa", "zqopen", "zqopen", tags=["parcel"])
    world.reply("zq reply", "chie", "zq", "zqreply")
    article = world.article("zq", "zqarticle", "zqarticle", 1)
    pages = (*KEPT, f"/t/{topic.pk}/", "/k/", f"/k/{article.pk}/")
    first = [site.get(page)["body"].decode() for page in pages]
    assert sum(mark in text for text in first) >= (1 if mark == "zqreply" else 2)
    asked = site.asked
    assert [site.get(page)["body"].decode() for page in pages] == first
    assert site.asked - asked <= 2, "most of these are kept"
    before = watch(sakura)
    change(world)
    settled(sakura, before)
    assert [page for page in pages if mark in site.get(page)["body"].decode()] == []


def test_what_a_member_was_shown_is_kept_for_nobody(site: Counted, world):
    topic = world.topic("zq", "gen", "talk", "zqopen", "zqopen", tags=["parcel"])
    cookie = members.start_sign_in(member=world.members["chie"], method="test", now=world.now)
    pages = (*KEPT, f"/t/{topic.pk}/", "/k/")
    shown = [site.get(page, HTTP_COOKIE=f"{signin.COOKIE}={cookie}")["body"].decode() for page in pages]
    assert any("zqopen" in text for text in shown)
    for _time in range(2):
        texts = [site.get(page)["body"].decode() for page in pages]
        assert not [page for page, text in zip(pages, texts, strict=True) if "zqopen" in text or "千恵</span>" in text]
