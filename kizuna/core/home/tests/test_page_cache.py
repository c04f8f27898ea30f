"""Visitors get kept pages; nobody ever gets a page of somebody else or of yesterday."""

import gzip
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.community.queries import CONTENT
from kizuna.core.home.generation_watch import watch
from kizuna.core.home.page_cache import PageCache

pytestmark = pytest.mark.django_db(transaction=True)


class Counted:
    """Django behind the cache, counting how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.hits: list[str] = []
        self.handler = WSGIHandler()
        self.cache = PageCache(on_hit=self.hits.append)

    def django(self, environ, start_response):
        self.asked += 1
        return self.handler(environ, start_response)

    def get(self, path: str, **headers):
        environ = RequestFactory(HTTP_HOST="sakura.test").get(path, **headers).environ
        answer = {}

        def start_response(status, headers, *rest):
            answer.update(status=int(status.split()[0]), headers=dict(headers))

        body = self.cache(self.django, environ, start_response)
        answer["body"] = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        return answer


@pytest.fixture
def site(sakura):
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    for _try in range(100):  # PostgreSQL: the listener comes up in its own time
        if watch(sakura) is not None:
            return Counted()
        time.sleep(0.05)
    raise AssertionError("nobody watches the generations")


def settled(sakura, before):
    for _try in range(100):
        if watch(sakura) != before:
            return
        time.sleep(0.02)
    raise AssertionError("the change was not noticed")


def test_the_second_visitor_is_served_without_django(site):
    first, second = site.get("/"), site.get("/")
    assert (site.asked, second["status"], second["body"]) == (1, 200, first["body"])
    assert site.hits == ["/"]


def test_a_change_empties_it(site, sakura):
    site.get("/")
    before = watch(sakura)
    community.bump_generation(CONTENT)
    settled(sakura, before)
    site.get("/")
    assert site.asked == 2


def test_closing_the_community_takes_its_pages_away(site, sakura):
    site.get("/")
    before = watch(sakura)
    community.change_setting(keys.IS_OPEN, value=False, member_id=None)
    settled(sakura, before)
    assert "/signin/" in site.get("/")["body"].decode()
    assert site.asked == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "kizuna=1.2.3"},
        {"HTTP_COOKIE": "flow=abc"},
        {"HTTP_COOKIE": "messages=x"},
        {"HTTP_COOKIE": "anything=else"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
    ],
)
def test_it_keeps_out_of_the_way_of_anybody_known(site, headers):
    site.get("/")
    site.get("/", **headers)
    site.get("/", **headers)
    assert site.asked == 3


def test_language_and_theme_have_pages_of_their_own(site):
    japanese = site.get("/")["body"]
    english = site.get("/?lang=en")["body"]
    dark = site.get("/", HTTP_COOKIE="theme=dark")["body"]
    assert len({japanese, english, dark}) == 3
    assert site.get("/", HTTP_COOKIE='theme="><script>')["body"] == japanese


def test_an_unknown_parameter_is_not_kept_and_tracking_is_ignored(site):
    site.get("/")
    site.get("/?utm_source=mail")
    assert site.asked == 1
    site.get("/?x=1")
    site.get("/?x=1")
    assert site.asked == 3


def test_an_unchanged_page_is_a_304_and_bodies_come_compressed(site):
    first = site.get("/", HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(first["body"]) == site.get("/")["body"]
    again = site.get("/", HTTP_IF_NONE_MATCH=first["headers"]["ETag"])
    assert (again["status"], again["body"]) == (304, b"")


def test_no_kept_page_sets_a_cookie_or_shows_the_inner_mark(site):
    for _time in range(2):
        headers = site.get("/")["headers"]
        assert not {"Set-Cookie", "X-Kizuna-Visitors"} & set(headers)
