"""The entrance: tokens, scopes, limits, and problems for everything that goes wrong."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from kizuna.core.members import actions as members
from kizuna.core.members.models import ApiToken
from kizuna.engagement.discussions import actions
from kizuna.interfaces.api import limits
from tests.cast import make_member

ASKED = {"space": "qa", "title": "届きません", "body": "三日たちました。"}


def is_problem(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"
    document = answer.json()
    assert (document["status"], bool(document["title"]), document["type"]) == (status, True, "about:blank")
    return True


def test_without_a_valid_token_nothing_opens(api, chie, opened, spaces):
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}):
        for method, path in (("GET", "/topics"), ("POST", "/topics"), ("GET", "/search?q=a")):
            answer = api(None, **headers).call(method, path)
            if answer.status_code != 404:
                assert is_problem(answer, 401)
                assert answer["WWW-Authenticate"] == "Bearer"


def test_a_cookie_is_no_token(client_of, aoi, spaces):
    client = client_of(aoi)
    assert client.get("/api/v1/topics").status_code == 401
    assert client.post("/api/v1/topics", ASKED, content_type="application/json").status_code == 401


def test_a_revoked_token_and_a_suspended_member_are_out_at_once(api, chie, aoi, spaces, viewer_of):
    revoked, suspended = api(chie), api(chie)
    ApiToken.objects.order_by("pk").first()
    ApiToken.objects.filter(pk=ApiToken.objects.order_by("pk").first().pk).update(revoked_at=timezone.now())
    assert is_problem(revoked.get("/topics"), 401)
    assert suspended.get("/topics").status_code == 200
    members.suspend_member(viewer=viewer_of(aoi), member_id=chie.pk, reason="x", now=timezone.now())
    assert is_problem(suspended.get("/topics"), 401)


def test_scopes_bound_a_token(api, aoi, spaces):
    assert api(aoi, scopes=["read"]).get("/topics").status_code == 200
    assert is_problem(api(aoi, scopes=["read"]).post("/topics", ASKED), 403)
    assert is_problem(api(aoi, scopes=["usage:write"]).get("/topics"), 403)
    assert api(aoi, scopes=["read", "write"]).post("/topics", ASKED).status_code == 201


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/topics/", "/topics/abc", "/topics/99999999999999999999", "/members/a/b"]
)
def test_unknown_addresses_are_problems(api, aoi, path):
    assert is_problem(api(aoi).get(path), 404)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_unknown_methods_are_problems(api, aoi, method):
    answer = api(aoi).call(method, "/topics")
    assert is_problem(answer, 405)
    assert set(answer["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "after=x", "after=WzFd0", "after=WyJhIl0", "count=maybe"]
)
def test_bad_paging_is_a_problem_with_its_field(api, aoi, query):
    answer = api(aoi).get(f"/topics?{query}")
    assert is_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_a_broken_body_is_a_problem(api, aoi, spaces):
    caller = api(aoi)
    for body in (b"{", b"\xff\xfe", b"[1]", b"null", b'"x"'):
        answer = caller.call("POST", "/topics", data=body, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert is_problem(answer, answer.status_code)
    answer = caller.call("POST", "/topics", data=b"space=qa", content_type="application/x-www-form-urlencoded")
    assert is_problem(answer, 415)
    answer = caller.call("POST", "/topics", data=b'{"x": "' + b"a" * 1_000_001 + b'"}', content_type="application/json")
    assert is_problem(answer, 413)


def test_a_nul_character_is_taken_out(api, aoi, spaces):
    answer = api(aoi).post("/topics", ASKED | {"title": "a\u0000b", "body": "c\u0000d \ud800"})
    assert answer.status_code == 201
    assert answer.json()["title"] == "ab"


def test_members_are_slowed_down_and_owners_are_not(api, aoi, chie, spaces):
    owner, member = api(aoi), api(chie)
    topic = owner.post("/topics", ASKED).json()
    path = f"/topics/{topic['id']}/posts"
    assert {owner.post(path, {"body": "x"}).status_code for _turn in range(60)} == {201}
    statuses = [member.post(path, {"body": "x"}) for _turn in range(12)]
    assert is_problem(statuses[-1], 429)
    assert int(statuses[-1]["Retry-After"]) > 0


def test_a_rate_lets_a_burst_pass_and_then_its_pace(sakura, chie, viewer_of):
    viewer = viewer_of(chie)
    rate = limits.MEMBERS["write"]
    waits = [limits.seconds_to_wait(viewer, "write", now=100.0) for _turn in range(rate.burst + 2)]
    assert waits[: rate.burst] == [0] * rate.burst
    assert waits[-1] > 0
    assert limits.seconds_to_wait(viewer, "write", now=100.0 + 2 / rate.per_second) == 0
    assert limits.seconds_to_wait(viewer, "read", now=100.0) == 0


def test_a_busy_database_asks_to_come_again(api, aoi, monkeypatch, spaces):
    def busy(**fields):
        raise OperationalError("database is locked")

    monkeypatch.setattr(actions, "open_topic", busy)
    answer = api(aoi).post("/topics", ASKED)
    assert is_problem(answer, 503)
    assert answer["Retry-After"]


def test_an_unforeseen_error_says_nothing_of_itself(api, aoi, monkeypatch, spaces):
    def broken(**fields):
        raise RuntimeError("inner secret")

    monkeypatch.setattr(actions, "open_topic", broken)
    answer = api(aoi).post("/topics", ASKED)
    assert is_problem(answer, 500)
    assert "secret" not in answer.content.decode()


def test_the_description_is_open_and_names_every_address(api):
    answer = api(None).get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert set(document["paths"]) >= {
        "/api/v1/spaces",
        "/api/v1/topics",
        "/api/v1/topics/{topic_id}",
        "/api/v1/topics/{topic_id}/posts",
        "/api/v1/topics/{topic_id}/accepted-answer",
        "/api/v1/members",
        "/api/v1/members/{handle}",
    }
    assert document["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"


def test_answers_are_in_the_members_language(api, spaces):
    for language, word in (("en", "title"), ("ja", "題名")):
        member = make_member(f"in_{language}", language=language)
        assert word in api(member).post("/topics", ASKED | {"title": ""}).json()["detail"]


def test_problems_follow_accept_language_before_the_members(api, chie, spaces):
    for wanted, missing, token in (
        ("en-GB,en;q=0.9", "This is missing.", "valid token"),
        ("fr,ja;q=0.5,en;q=0", "必要な項目がありません。", "トークン"),
    ):
        headers = {"Accept-Language": wanted}
        answer = api(chie).call("POST", "/topics", {"space": "qa"}, headers=headers)
        assert answer.json()["errors"][0] == {"field": "title", "detail": missing}
        assert token in api(None).call("GET", "/topics", headers=headers).json()["detail"]


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("/topics?limit=0", "limit", "1以上の数を指定してください。"),
        ("/topics?limit=101", "limit", "100以下の数を指定してください。"),
        ("/topics?limit=x", "limit", "整数で指定してください。"),
        ("/topics?count=x", "count", "true か false で指定してください。"),
        ("/search?q=a&order=x", "order", "決まった形になっていません：^(relevance|newest)$"),
        (f"/search?q={'a' * 401}", "q", "長すぎます。400文字以内にしてください。"),
    ],
)
def test_what_a_schema_refuses_is_said_in_the_readers_language(api, chie, spaces, path, field, words):
    answer = api(chie, **{"Accept-Language": "ja"}).get(path)
    assert is_problem(answer, 422)
    assert answer.json()["errors"] == [{"field": field, "detail": words}]


def test_a_type_that_search_does_not_know_is_refused_with_those_it_knows(api, chie, spaces):
    answer = api(chie, **{"Accept-Language": "en"}).get("/search?q=a&type=weird")
    assert is_problem(answer, 422)
    assert answer.json()["errors"][0]["field"] == "type"
    for name in ("topic", "article", "member", "question", "idea", "discussion", "announcement", "faq"):
        assert name in answer.json()["detail"]
        assert api(chie).get(f"/search?q=a&type={name}").status_code == 200


def test_answers_are_private(api, aoi):
    answer = api(aoi).get("/topics")
    assert answer["Cache-Control"] == "private, no-store"
