"""From which page and as whom: origins, tokens, and what ends them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.hosting import links
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of as viewer_for
from kizuna.interfaces.widget import tokens
from kizuna.interfaces.widget.origins import Unusable, origin_of
from kizuna.interfaces.widget.tests.conftest import SITE

pytestmark = pytest.mark.django_db
CALLS = ("hello", "token", "search", "read", "vote", "ask", "solve", "send", "add", "mine", "conversation")
HOSTILE = [
    "", "null", "https://evil.example", f"{SITE}.evil.example", "https://xapp.misebako.example", f"{SITE}:444",
    SITE.replace("https", "http"),
    f"{SITE}/", SITE.upper(), "*", f"{SITE}, https://evil.example", "file://",
]  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_while_it_is_off_nothing_answers(placed, ask, name):
    placed(is_on=False)
    assert ask(name)[0] == 404
    assert "Access-Control-Allow-Origin" not in ask.response.headers


@pytest.mark.parametrize("origin", HOSTILE)
@pytest.mark.parametrize("name", ["hello", "send", "token"])
def test_another_page_gets_nothing_and_no_leave(ask, name, origin):
    assert ask(name, origin=origin)[0] == 403
    assert "Access-Control-Allow-Origin" not in ask.response.headers
    assert "Origin" in ask.response["Vary"]
    response = Client().options(f"/w/1/{name}", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_listed_page_is_named_itself_and_cookies_never_come_along(ask):
    assert ask("hello")[0] == 200
    headers = ask.response.headers
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Cache-Control"] == "private, no-store"
    assert not ask.response.cookies
    before = Client().options("/w/1/hello", headers={"Origin": SITE, "Access-Control-Request-Method": "POST"})
    assert before.status_code == 204
    assert before["Access-Control-Allow-Origin"] == SITE
    assert before["Access-Control-Allow-Methods"] == "POST"
    assert "Access-Control-Allow-Credentials" not in before.headers


def test_a_cookie_of_the_community_counts_for_nothing(ask, client_of, chie):
    assert ask("hello", client=client_of(chie))[1]["who"] == ""
    assert ask("mine", client=client_of(chie))[0] == 401


def test_a_product_proves_who_it_is(ask, token_of, chie):
    token = token_of(chie)
    assert ask("hello", token=token)[1]["who"] == "千恵"
    assert ask("mine", token=token) == (200, {"items": []})


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example/w"},
        {"iss": "other"},
        {"exp": 1},
        {"key": "x" * 40},
        {"exp": 99_999_999_999},
        {"jti": ""},
    ],
)
def test_a_token_that_is_not_for_the_widget_is_refused(ask, sign, known, chie, claims):
    known(chie)
    status, _answer = ask("token", {"jwt": sign(**claims)})
    assert status == 401


def test_tokens_for_signing_in_and_for_the_widget_are_not_each_other(ask, sign, known, chie):
    known(chie)
    assert ask("token", {"jwt": sign(aud=links.base_url())})[0] == 401
    response = Client().post("/signin/jwt/", {"token": sign()})
    assert "ticket=" not in response.headers.get("Location", "")


def test_a_token_is_good_once(ask, sign, known, chie):
    known(chie)
    jwt = sign()
    assert ask("token", {"jwt": jwt})[0] == 200
    assert ask("token", {"jwt": jwt})[0] == 401


def test_somebody_who_is_no_member_stays_a_visitor(ask, sign, product):
    assert ask("token", {"jwt": sign(sub="nobody")}) == (200, {"token": "", "name": ""})


def test_a_token_holds_on_its_own_page_alone(placed, ask, token_of, chie):
    other = "https://shop.misebako.example"
    placed(origins=[SITE, other])
    token = token_of(chie)
    assert ask("hello", token=token)[0] == 200
    assert ask("hello", token=token, origin=other)[0] == 401


@pytest.mark.parametrize("end", ["suspended", "signed_out", "parted", "provider", "time", "forged"])
def test_it_ends_with_the_person(ask, token_of, chie, aoi, viewer_of, end, monkeypatch):
    token = token_of(chie)
    assert ask("hello", token=token)[0] == 200
    if end == "suspended":
        Member.objects.filter(pk=chie.pk).update(state=Member.State.SUSPENDED)
    elif end == "signed_out":
        members.sign_out_everywhere(member_id=chie.pk, now=timezone.now())
    elif end == "parted":
        Identity.objects.all().delete()
    elif end == "provider":
        Provider.objects.update(is_on=False)
    elif end == "time":
        monkeypatch.setattr(tokens, "LIFETIME", timedelta(seconds=-1))
    else:
        token = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert ask("hello", token=token)[0] == 401


def test_a_token_opens_nothing_but_the_widget(ask, token_of, aoi):
    token = token_of(aoi)
    assert Client().get("/api/v1/topics", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_team_is_a_member_like_others_here(ask, token_of, aoi, things):
    viewer = tokens.viewer_from(token_of(aoi), origin=SITE, language="ja")
    assert not viewer.roles
    assert viewer_for(aoi).roles


def test_the_own_pages_of_the_community_may_hold_it(ask):
    assert ask("hello", origin="http://testserver")[0] == 200


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"), ("app.example.com", "https://app.example.com"),
        ("https://App.Example.com:443/", "https://app.example.com"), ("http://127.0.0.1:8290", "http://127.0.0.1:8290"),
        ("http://localhost", "http://localhost"), ("https://例え.jp", "https://xn--r8jz45g.jp"), ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)  # fmt: skip
def test_origins_are_kept_as_browsers_write_them(text, origin):
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "*", "https://*", "https://*.example.com", "http://app.example.com", "https://a.example/path", "https://u:p@a.example", "ftp://a.example",
     "javascript:alert(1)", "https://a.example?x", "https://a.example:99999", "https://a b.example", "null", "https://" + "a" * 300],
)  # fmt: skip
def test_what_is_no_origin_is_said(text):
    if text == "null":
        assert origin_of(text) == "https://null"  # a host like any other; browsers send no such origin
        return
    with pytest.raises(Unusable):
        origin_of(text)
