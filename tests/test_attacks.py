"""Hostile input meets a clear answer everywhere: 400, 404, 405, 413 or 422, never a failure, never a way out of this host."""

import json
import os
import re
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from tests.conftest import Undo
from tests.test_routes import ORIGIN, address_of, body_of, examples, routes, table

pytestmark = pytest.mark.django_db

LONG = "x" * 20_000
# Every how-manieth value the walks take: PostgreSQL, whose own limits are met by any of them, gets fewer.
SPARSE = 3 if os.environ.get("KIZUNA_TEST_DATABASE") else 1
# As they stand in an address: already encoded.
NUMBERS = (
    "99999999999999999999999",
    "9" * 5_000,
    "9223372036854775808",
    "-1",
    "0",
    "%EF%BC%91",
    "%D9%A1",
    "1e3",
    "0x10",
)
WORDS = (
    "%00", "a%00b", "%ED%A0%80", "%F0%9F%92%A9", "..%2F..%2Fetc%2Fpasswd", "%2F%2Fevil.example", "%3Cscript%3Ealert(1)",
    "'%22%3B--", "%E2%80%AEtxt", "x" * 3_000, "%0D%0ASet-Cookie:%20a=b", "{{7*7}}", "%25s",
)  # fmt: skip
VALUES = (
    *NUMBERS, *WORDS,
    "9999999999999999999-1", "1-99999999999999999999", "n:0001-01-01T00:00:00~1", "n:9999-12-31T23:59:59%2B00:00~9",
    "r:99999999999999999999", "n:2026-01-01~%EF%BC%91", "topic:99999999999999999999", "article:-1", "WzEsMSwxXQ", "W1tbW1tb",
    "W1tb" * 4_000, "WzkyMjMzNzIwMzY4NTQ3NzU4MDgsOTIyMzM3MjAzNjg1NDc3NTgwOF0", "Wy05OTk5OTk5OTk5OTk5OTk5OTksMV0", "~", ":", "",
)  # fmt: skip
CALM = {200, 204, 301, 302, 303, 400, 401, 403, 404, 405, 409, 410, 413, 422, 429}


@pytest.fixture
def client_as(world, client_for):
    """Return a function from a person to a client of an open community."""
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    return client_for


def send(client, method: str, address: str, **sent):
    """Send one request, read all of the answer, and take back what it did."""
    cookie = client.cookies[signin.COOKIE].value if signin.COOKIE in client.cookies else ""
    try:
        with transaction.atomic():
            response = client.generic(method, address, headers={"Origin": ORIGIN}, **sent)
            response.whole = body_of(response)
            raise Undo
    except Undo:
        pass
    client.cookies.clear()
    if cookie:
        client.cookies[signin.COOKIE] = cookie
    return response


def post(client, address: str, fields: list[tuple[str, str]] | dict[str, str]):
    return send(client, "POST", address, data=urlencode(fields), content_type="application/x-www-form-urlencoded")


def open_routes(person: str, method: str = "GET") -> list[tuple[str, str]]:
    """Return (name, pattern) of what the table lets this person open; the styleguide belongs to nobody."""
    column = {"open": 1, "chie": 2, "aoi": 5}[person]
    return [
        (name, pattern)
        for name, pattern in routes()
        if not name.startswith(("api:", "components:")) and table()[name][method == "POST"][column] in "o4"
    ]


def test_no_number_in_an_address_is_longer_than_a_row_can_have():
    assert [pattern for _name, pattern in routes() if "<int:" in pattern] == []


def turns(person: str, step: int) -> list:
    """Return the parameters of a walk: one person whose pages take every `step`-th value in turn, and slowly all of them."""
    every = [pytest.param(who, 1, marks=pytest.mark.slow) for who in ("open", "aoi")]
    return [(person, step), *every]


@pytest.mark.parametrize(("person", "step"), turns("aoi", 4 * SPARSE))
def test_every_part_of_every_address_takes_anything(client_as, world, person, step):
    client, wrong = client_as(person), []
    for turn, (name, pattern) in enumerate(open_routes(person)):
        kinds = re.findall(r"<(\w+):(\w+)>", pattern)
        for kind, part in kinds:
            for value in (NUMBERS if kind == "id" else WORDS)[turn % step :: step]:
                path = "/" + pattern.replace(f"<{kind}:{part}>", value)
                answer = send(client, "GET", address_of(name, path[1:], examples(world)))
                if answer.status_code not in CALM - {200} and not (answer.status_code == 200 and kind != "id"):
                    wrong.append((path[:120], answer.status_code))
    assert not wrong


@pytest.fixture
def names_read(monkeypatch):
    """Record which parameters pages look at, whatever kind of query or form they come in."""
    read: set[str] = set()
    get = MultiValueDict.__getitem__

    def recording(self, name):
        if isinstance(self, QueryDict):
            read.add(name)
        return get(self, name)

    monkeypatch.setattr(MultiValueDict, "__getitem__", recording)
    return read


@pytest.mark.parametrize(("person", "step"), turns("aoi", 8 * SPARSE))
def test_every_parameter_of_every_page_takes_anything(client_as, world, names_read, person, step):
    """Each page takes every `step`-th value, another part of them than the page before."""
    client, wrong, tried = client_as(person), [], set()
    for turn, (name, pattern) in enumerate(open_routes(person)):
        address = address_of(name, pattern, examples(world))
        names_read.clear()
        send(client, "GET", f"{address}?q=x&from=x")
        parameters = names_read - {"lang"}
        tried |= parameters
        for value in VALUES[turn % step :: step] if parameters else ():
            query = "&".join(f"{parameter}={value}" for parameter in sorted(parameters))
            answer = send(client, "GET", f"{address}?{query}")
            if answer.status_code not in CALM:
                wrong.append((address, value[:60], sorted(parameters), answer.status_code))
    assert not wrong
    assert {"after", "sort", "filter", "q", "next", "p"} <= tried


FORM_WORDS = ("a\x00b", "\x00", "\ud800", "99999999999999999999999", "９", "-1", "1e400", "0001-01-01", "9999-12-31T23:59:59Z",
              "<script>alert(1)</script>", "x\r\nBcc: evil@example.com", "{{7*7}}", "//evil.example", "‮", "x" * 3_000)  # fmt: skip


def fields_on(client, address: str) -> set[str]:
    """Return the names of the fields that a page shows."""
    return set(
        re.findall(
            r'<(?:input|textarea|select|button)[^>]* name="([^"]+)"', send(client, "GET", address).whole.decode()
        )
    )


@pytest.mark.parametrize("step", [6 * SPARSE, pytest.param(1, marks=pytest.mark.slow)])
def test_every_form_takes_anything(client_as, world, names_read, step):
    client, wrong, tried = client_as("aoi"), [], 0
    for turn, (name, pattern) in enumerate(open_routes("aoi", "POST")):
        address = address_of(name, pattern, examples(world))
        names_read.clear()
        post(client, address, {"x": "1"})
        fields = sorted(names_read - {"lang", "csrfmiddlewaretoken", "x"})
        tried += len(fields)
        for word in FORM_WORDS[turn % step :: step] if fields else ():
            sent = [(field, word.encode("utf-8", "surrogatepass")) for field in fields]
            answer = post(client, address, sent)
            if answer.status_code not in CALM:
                wrong.append((address, word[:40], fields, answer.status_code))
    assert not wrong
    assert tried > 60


def test_what_was_typed_comes_back_with_the_reason(client_as, world):
    client = client_as("chie")
    for address, fields in (
        ("/s/qa/new/", {"title": "題" * 300, "body": "本文はここに残ります", "tags": "a"}),
        (f"/t/{world.topics['open'].pk}/posts/", {"body": "本文はここに残ります" + "あ" * 100_001}),
    ):
        answer = post(client, address, fields)
        assert answer.status_code == 422
        assert "本文はここに残ります" in answer.whole.decode()


TEXTS = ("\x00", "\ud800", LONG * 6, "", " ", "<script>alert(1)</script>", "\u202e", "a\r\nb")
NOT_TEXTS = (None, 1, -1, 1.5, True, [], {}, [[]], 10**30, [LONG] * 30)


def bodies(fields: dict[str, object]) -> list[bytes]:
    """Return hostile bodies for an operation that takes these fields."""
    good = json.dumps(fields)
    broken = [b"", b"{", b"null", b"[]", b'"x"', b"0", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 100_000, b"1" * 5_000]
    broken += [
        good.replace("}", rest).encode() for rest in (', "space": "zqstaffroom", "space": "qa"}', ', "post": NaN}')
    ]
    broken += [good.encode("utf-16"), good.encode() + b"x", b"\xef\xbb\xbf" + good.encode()]
    changed = [{**fields, name: value} for name in fields for value in (*TEXTS, *NOT_TEXTS)]
    return [*broken, *(json.dumps(body).encode() for body in changed)]


@pytest.fixture
def token(world) -> str:
    return members.make_token(viewer=members.system_viewer(), member=world.members["aoi"], now=timezone.now())[1]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("topics", {"space": "qa", "title": "箱", "body": "箱", "tags": ["a"], "urgency": "normal"}),
        ("topics/{open}/posts", {"body": "箱", "reply_to": 1}),
        ("topics/{open}/accepted-answer", {"post": 1}),
    ],
)
def test_the_api_takes_any_body(world, token, path, fields):
    address = "/api/v1/" + path.format(open=world.topics["open"].pk)
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    wrong = []
    for body in bodies(fields):
        answer = send(client, "POST", address, data=body, content_type="application/json")
        if answer.status_code not in (201, 400, 403, 404, 413, 422, 429):
            wrong.append((body[:80], answer.status_code))
        elif answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert not wrong
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "",
    ):
        answer = send(client, "POST", address, data=json.dumps(fields).encode(), content_type=kind)
        assert (kind, answer.status_code) == (kind, 415)


def test_a_name_given_twice_is_refused(token):
    client = Client(headers={"Authorization": f"Bearer {token}"})
    twice = b'{"space": "qa", "title": "a", "body": "b", "title": "c"}'
    answer = send(client, "POST", "/api/v1/topics", data=twice, content_type="application/json")
    assert (answer.status_code, answer.json()["detail"]) == (400, "本文を JSON として読み取れませんでした。")


def test_the_api_takes_any_parameter(token):
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    numbers = ("-1", "0", "101", "99999999999999999999999", "%EF%BC%91", "1e3", "", "x", "1&limit=2", "[]")
    tries = [f"{path}?limit={number}" for path in ("topics", "spaces", "members") for number in numbers]
    tries += [f"{path}?after={value}" for path in ("topics", "spaces", "members", "search?q=a&x=") for value in VALUES]
    tries += [f"search?q=a&{name}={value}" for name in ("limit", "type", "space", "order", "count") for value in WORDS]
    tries += [f"search?q={value}" for value in VALUES] + [f"members/{value}" for value in WORDS]
    tries += [f"topics?space={value}" for value in WORDS] + [f"topics/{value}/posts" for value in NUMBERS]
    answers = {path: send(client, "GET", f"/api/v1/{path}").status_code for path in tries}
    assert {path[:99]: status for path, status in answers.items() if status not in (200, 404, 422)} == {}


def test_the_description_of_the_api_is_for_reading_only():
    for method, status in (("GET", 200), ("HEAD", 200), ("POST", 405), ("PUT", 405), ("DELETE", 405), ("TRACE", 405)):
        assert (method, Client().generic(method, "/api/v1/openapi.json").status_code) == (method, status)


EVIL = (
    "//evil.example", "https://evil.example/", "https:evil.example", "http:///evil.example", "/\\evil.example", "\\\\evil.example",
    "/%09/evil.example", "/\t/evil.example", "javascript:alert(1)", "data:text/html,x", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//testserver@evil.example", " //evil.example", "\x00//evil.example", "evil", "///evil.example",
)  # fmt: skip


def leads_away(answer) -> bool:
    """Tell whether a browser would leave this host."""
    target = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/"
    there = urlsplit(
        urljoin("http://testserver/somewhere/", re.sub(r"[\t\r\n]", "", target).replace("\\", "/").strip())
    )
    return (there.scheme, there.netloc) != ("http", "testserver")


@pytest.mark.parametrize("step", [4 * SPARSE, pytest.param(1, marks=pytest.mark.slow)])
def test_no_page_leads_to_another_site(client_as, world, names_read, step):
    client, away, takers = client_as("aoi"), [], 0
    for method in ("GET", "POST"):
        for name, pattern in open_routes("aoi", method):
            address = address_of(name, pattern, examples(world))
            names_read.clear()
            send(client, method, address + "?next=/", data="next=/", content_type="application/x-www-form-urlencoded")
            takers += "next" in names_read
            for evil in EVIL[takers % step :: step] if "next" in names_read else ():
                asked = address + "?" + urlencode({"next": evil})
                form = urlencode({"next": evil, "password": "x"})
                answer = send(client, method, asked, data=form, content_type="application/x-www-form-urlencoded")
                if answer.status_code >= 500 or leads_away(answer):
                    away.append((method, address, evil, answer.status_code, answer.headers.get("Location")))
    assert not away
    assert takers > 5


@pytest.mark.parametrize(
    "path", ["/%2Fevil.example/", "/%5Cevil.example", "/t/2/%2F%2Fevil.example/", "/m/%2F%2Fevil/"]
)
def test_no_path_leads_to_another_site(client_as, path):
    answer = send(client_as("open"), "GET", path)
    assert answer.status_code in (301, 302, 404)
    assert not leads_away(answer)


def test_a_forwarded_host_is_never_repeated(client_as):
    for header in ("X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL"):
        for path in ("/", "/feed.atom", "/sitemap.xml", "/signin/?next=/s/"):
            assert b"evil" not in client_as("open").get(path, headers={header: "evil.example"}).content


# Their forms stand on pages kept for visitors, where no token can be.
WITHOUT_TOKEN = {"search:feedback", "knowledge:article-feedback"}
# Called without our cookies, by mail programs, servers and pages elsewhere: a key in the address, a signature or a token
# speaks for them.
BY_MACHINES = {
    "notifications:unsubscribe", "notifications:events", "identities:back-channel-logout", "identities:exchange",
    "identities:saml-acs", "hooks:calls", "hooks:calls-twilio", "hooks:line", "hooks:slack",
    *(f"widget:{name}" for name in ("hello", "token", "search", "read", "vote", "ask", "solve", "send", "add", "mine")),
    "widget:conversation",
}  # fmt: skip


def test_no_form_is_taken_without_its_token(client_as, world):
    """Forms on pages kept for visitors have none; they must come from a page of this host instead."""
    client, taken = client_as("aoi"), []
    client.handler.enforce_csrf_checks = True
    for name, pattern in open_routes("aoi", "POST"):
        address = address_of(name, pattern, examples(world))
        origins = [{}] if name not in WITHOUT_TOKEN else [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
        for headers in origins:
            with transaction.atomic():
                answer = client.post(address, {"on": "1"}, headers=headers)
            if answer.status_code != 403 and name not in BY_MACHINES:
                taken.append((name, headers, answer.status_code))
    assert not taken


def test_every_address_refuses_methods_it_does_not_know(client_as, world):
    client, wrong = client_as("aoi"), []
    for name, pattern in routes():
        address = address_of(name, pattern, examples(world))
        for method in ("PUT", "DELETE", "TRACE"):
            answer = send(client, method, address)
            if answer.status_code not in (400, 401, 403, 404, 405):
                wrong.append((method, name, answer.status_code))
    assert not wrong


def test_too_much_at_once_is_told_in_the_readers_language(client_as):
    client = client_as("chie")
    for sent, status, words in (
        ("&".join(f"a{number}=1" for number in range(1_100)), 413, "大きすぎます"),
        ("body=" + "x" * 3_000_000, 413, "大きすぎます"),
    ):
        answer = send(client, "POST", "/s/qa/new/", data=sent, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, words in answer.whole.decode()) == (status, True)
    broken = send(client, "POST", "/f/upload/", data=b"--x", content_type="multipart/form-data")
    assert broken.status_code == 400
    assert "読み取れませんでした" in broken.whole.decode()
