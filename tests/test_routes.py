"""Every address × every kind of person: who gets in is written down in data/routes.txt, and nothing is missing there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver

from kizuna.base import hosting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import signin
from tests.conftest import Undo
from tests.world import allowed_to

# The addresses name first rows; PostgreSQL does not give their numbers again after a rollback.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

TABLE = Path(__file__).parent / "data" / "routes.txt"
ORIGIN = "http://testserver"
# The columns of the table. A suspended member, and somebody signed in elsewhere, are visitors.
PEOPLE = ("closed", "open", "chie", "ben", "emi", "aoi")
MEMBERS = ("chie", "ben", "emi", "aoi")
AS_VISITORS = ("suspended", "stranger")
SANDBOXED = {"files:file", "notifications:mail-html"}
KEPT_FOR_ALL = {"home:brand", "files:file", "api:openapi-json", "widget:script"}


@dataclass
class Answer:
    code: str
    status: int
    headers: dict[str, str]
    cookies: dict[str, dict] = field(default_factory=dict)
    is_html: bool = False


def routes(patterns=None, prefix="", namespace="") -> Iterator[tuple[str, str]]:
    """Yield (name, path pattern) of everything the resolver knows."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield namespace + (pattern.name or "nothing"), path
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, path, inner)


@cache
def table() -> dict[str, tuple[str, str]]:
    """Return {route: (codes of GET, codes of POST)} as written down."""
    lines = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {name: (get, post) for name, get, post in lines}


def code_of(response) -> str:
    """Return o (goes on: a page, a way on, a word about what was sent), s (sign in), 3, 4 or - (not that way)."""
    status = response.status_code
    if status in (301, 302):
        return "s" if response["Location"].startswith("/signin/") else "o"
    return {401: "s", 403: "3", 404: "4", 405: "-"}.get(status, "o" if status < 423 else str(status))


def body_of(response) -> bytes:
    """Return the bytes; a stream is read to its end, where the test client closes it without the database."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def examples(world) -> dict[str, object]:
    file = world.files["public"]
    return {
        "topic_id": world.topics["open"].pk,
        "discussions:topic-status": world.topics["idea"].pk,
        "discussions:topic-vote": world.topics["idea"].pk,
        "post_id": world.posts["advice"].pk,
        "article_id": world.articles["faq"].pk,
        "member_id": world.members["fumi"].pk,
        "handle": "chie",
        "slug": "qa",
        "kind": "terms",
        "key": file.key,
        "notifications:unsubscribe": "0" * 32,
        "files:file": file.name,
        **{f"{name}_id": row.pk for name, row in world.customers.items()},
        "discussions:tag": "配送",
        "uidb36": "1",
        "token": "x",
        "name": "x",
    }


def address_of(name: str, pattern: str, given: dict[str, object]) -> str:
    """Fill a pattern in; what is not given is a number that nothing has, or the first row."""
    path = pattern.replace("^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", "password/reset/key/1-x/")
    parts = re.compile(r"<(?:\w+:)?(\w+)>")
    last = (parts.findall(path) or [""])[-1]

    def value(match: re.Match) -> str:
        part = match.group(1)
        return str(given[name] if name in given and part == last else given.get(part, 1))

    return "/" + parts.sub(value, path).replace("^", "")


@pytest.fixture
def walk(world, client_for):
    """Return a function that asks one address as one person and takes back what a POST did."""
    clients: dict[str, object] = {}

    def ask(person: str, method: str, address: str) -> Answer:
        client = clients.get(person) or clients.setdefault(person, client_for(person))
        signed_in = client.cookies[signin.COOKIE].value if signin.COOKIE in client.cookies else ""
        answer = None
        try:
            with transaction.atomic():
                response = client.generic(method, address, headers={"Origin": ORIGIN})
                answer = Answer(
                    code=code_of(response),
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    cookies={name: dict(morsel) for name, morsel in response.cookies.items()},
                    is_html=response.headers.get("Content-Type", "").startswith("text/html"),
                )
                body_of(response)
                if method != "GET" and answer.code in ("o" if person not in MEMBERS else "os"):
                    raise Undo
        except Undo:
            hosting.current().caches.clear()
        client.cookies.clear()
        if signed_in:
            client.cookies[signin.COOKIE] = signed_in
        return answer

    return ask


_walked: dict[tuple[str, str, str], Answer] = {}


@pytest.fixture
def walked(walk, world) -> dict[tuple[str, str, str], Answer]:
    """Return {(route, method, person): answer} of the whole walk, made once."""
    if not _walked:
        for person in (*PEOPLE, *AS_VISITORS):
            community.change_setting(keys.IS_OPEN, value=person != "closed", member_id=None)
            for name, pattern in routes():
                address = address_of(name, pattern, examples(world))
                for method in ("GET", "POST"):
                    if person in people_of(name, method):
                        _walked[name, method, person] = walk(person, method, address)
    return _walked


def people_of(name: str, method: str) -> set[str]:
    """Return who has to try: everybody, but where a door is open or shut for all alike a few are enough."""
    if name.startswith("api:"):
        return {"open", "chie"}  # a cookie opens nothing there; tokens are asked below
    codes = table().get(name, ("?", "?"))[method == "POST"]
    if set(codes) == {"-"}:
        return {"open", "aoi"}
    is_for_all = codes[1:3] in ("oo", "44", "--")
    return {*PEOPLE, *(() if is_for_all else AS_VISITORS)}


def test_every_route_is_written_down():
    known, real = set(table()), {name for name, _pattern in routes() if not name.startswith("api:")}
    assert real - known == set(), "say in tests/data/routes.txt who may open them"
    assert known - real == set(), "these addresses are gone"


@pytest.mark.parametrize(("place", "method"), [(0, "GET"), (1, "POST")])
def test_everybody_gets_what_is_written_down(walked, place, method):
    wrong = {}
    for name, codes in table().items():
        asked = [(walked[name, method, person].code, codes[place][column])
                 for column, person in enumerate(PEOPLE) if (name, method, person) in walked]  # fmt: skip
        if any(got != written for got, written in asked):
            wrong[name] = f"written {codes[place]}, got {''.join(got for got, _written in asked)}"
    assert not wrong


def test_nothing_breaks(walked):
    assert not {key: answer.status for key, answer in walked.items() if answer.status >= 500}


@pytest.mark.parametrize("person", AS_VISITORS)
def test_the_suspended_and_strangers_get_what_visitors_get(walked, person):
    wrong = {
        (name, method): (answer.code, walked[name, method, "open"].code)
        for (name, method, who), answer in walked.items()
        if who == person and answer.code != walked[name, method, "open"].code
    }
    assert not wrong


def test_every_page_carries_the_policy(walked):
    wrong = []
    for (name, method, person), answer in walked.items():
        policy = answer.headers.get("content-security-policy", "")
        if name in SANDBOXED and answer.status == 200:
            good = "sandbox" in policy and "script-src" not in policy
        else:
            good = not answer.is_html or _is_strict(policy)
        if not good:
            wrong.append((name, method, person, policy))
    assert not wrong


def _is_strict(policy: str) -> bool:
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    scripts = rules.get("script-src", "*").split()
    return (
        "unsafe" not in policy
        and rules.get("default-src") == rules.get("object-src") == rules.get("base-uri") == "'none'"
        and all(source == "'self'" or source.startswith("'sha256-") for source in scripts)
        and rules.get("style-src") == "'self'"
        and rules.get("form-action") == "'self'"
        and rules.get("frame-ancestors") in ("'none'", "'self'")
    )


def test_every_answer_refuses_to_be_sniffed_framed_or_referred(walked):
    framed = {"home:studio-opening-preview", "notifications:mail-html"}
    wrong = [
        (key, answer.headers)
        for key, answer in walked.items()
        if answer.headers.get("x-content-type-options") != "nosniff"
        or answer.headers.get("referrer-policy") != "same-origin"
        or answer.headers.get("cross-origin-opener-policy") != "same-origin"
        or answer.headers.get("x-frame-options") not in {"DENY", "SAMEORIGIN" if key[0] in framed else "DENY"}
    ]
    assert not wrong


def test_nothing_made_for_a_member_is_kept_on_the_way(walked):
    wrong = [
        key
        for key, answer in walked.items()
        if key[2] in MEMBERS
        and answer.status != 405
        and not (key[0] in KEPT_FOR_ALL and answer.status == 200)
        and not {"private", "no-store"} <= set(re.split(r",\s*", answer.headers.get("cache-control", "")))
    ]
    assert not wrong


def test_pages_for_visitors_that_may_be_kept_set_no_cookie(walked):
    kept = {key: answer for key, answer in walked.items() if "x-kizuna-visitors" in answer.headers}
    assert len(kept) > 10
    assert not [key for key, answer in kept.items() if answer.cookies]
    assert not [key for key in kept if key[2] not in ("closed", "open", *AS_VISITORS)]


def test_a_visitor_who_only_reads_gets_no_cookie(walked):
    forms = re.compile(r"account_|mfa_|components:|members:(about|waiting|suspended|code|invitation)|referrals:link")
    wrong = {
        (name, method): answer.cookies
        for (name, method, person), answer in walked.items()
        if person == "open" and method == "GET" and answer.cookies and answer.code == "o" and not forms.match(name)
    }
    assert not wrong


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(walked):
    wrong = []
    for key, answer in walked.items():
        for name, flags in answer.cookies.items():
            readable = not flags["httponly"] and name not in ("lang", "theme", "messages")
            if readable or flags["samesite"] not in ("Lax", "Strict") or flags["path"] != "/" or flags["domain"]:
                wrong.append((key, name, flags))
    assert not wrong


def test_what_may_not_be_seen_is_like_what_is_not_there(world, walk):
    """Every address that takes the number or name of a thing answers alike for a secret one and for none at all."""
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    wrong = []
    for kind, secrets in _secrets(world).items():
        takers = [(name, path) for name, path in routes() if f":{kind}>" in path and not name.startswith("api:")]
        assert takers
        for name, pattern in takers:
            for person in ("open", "fumi"):
                for method in ("GET", "POST"):
                    missing = address_of(name, pattern, {**examples(world), **_pair(name, kind, _missing(kind))})
                    expected = walk(person, method, missing).code
                    for secret, value in secrets.items():
                        if person in _readers(secret):
                            continue
                        address = address_of(name, pattern, {**examples(world), **_pair(name, kind, value)})
                        got = walk(person, method, address)
                        if got.code != expected or got.status == 200:
                            wrong.append((person, method, address, secret, got.status, f"missing: {expected}"))
    assert not wrong


def _pair(name: str, kind: str, value: object) -> dict[str, object]:
    return {kind: value, name: value} if kind != "key" else {kind: value}


def _missing(kind: str) -> object:
    return "0" * 32 if kind == "key" else "nothing" if kind in ("slug", "handle") else 999_999


def _secrets(world) -> dict[str, dict[str, object]]:
    """Return what only some may see, by the part of an address that names it."""
    topics = ("staff", "private", "held", "deleted", "hidden")
    posts = ("staff reply", "private reply", "held reply", "hidden", "deleted/1")
    return {
        "topic_id": {name: world.topics[name].pk for name in topics},
        "post_id": {name: world.posts[name].pk for name in posts},
        "article_id": {name: world.articles[name].pk for name in ("members", "draft", "staff")},
        "slug": {"team": world.spaces["team"].slug},
        "handle": {"hana": "hana"},
        "key": {name: world.files[name].key for name in ("staff", "private", "members", "loose")},
        **{
            f"{name}_id": {"zqcustomer": world.customers[name].pk}
            for name in ("account", "contact", "contract", "note", "task", "effort", "encounter", "call")
        },
    }


def _readers(secret: str) -> set[str]:
    return {"fumi"} if secret in ("members", "hana") and "zqmembersarticle" in allowed_to("fumi") else set()
