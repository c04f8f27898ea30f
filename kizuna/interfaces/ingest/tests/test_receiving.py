"""What the doors of `/v1/…` take and refuse, asked as a WSGI server would ask."""

import base64
import gzip
import io
import json
import time
from dataclasses import dataclass

import pytest

from kizuna.base import hosting
from kizuna.base.journal import Journal, finished, whole_lines
from kizuna.core.members import actions, queries
from kizuna.core.members.models import ApiToken
from kizuna.interfaces.ingest.wsgi import IngestFront
from kizuna.success.usage.intake import inbox
from kizuna.success.usage.tests.conftest import event, lake  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lake")]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


class Sender:
    """Asks the application; `secret` is sent as the user name of Basic unless told otherwise."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.application = IngestFront(lambda application, environ, start: application(environ, start))

    def __call__(self, path: str, body, *, method: str = "POST", key: str | None = None, **environ) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        secret = self.secret if key is None else key
        given = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
            "HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{secret}:".encode()).decode(),
            **environ,
        }
        seen = []
        parts = self.application(passed_on, given, lambda status, headers: seen.append((status, headers)))
        return Answer(int(seen[0][0][:3]), dict(seen[0][1]), b"".join(parts))


def passed_on(environ, start_response):
    start_response("200 OK", [])
    return [b"Django"]


def make_key(member, *scopes: str) -> str:
    system = queries.viewer_of(queries.system_member())
    return actions.make_token(viewer=system, member=member, scopes=scopes, now=member.joined_at)[1]


@pytest.fixture
def send(aoi) -> Sender:
    return Sender(make_key(aoi, "usage:write"))


def written() -> list[dict]:
    """Finish what this process writes and return the lines of the journal."""
    if journal := hosting.current().caches.pop("usage_journal", None):
        journal.close()
    return [json.loads(line) for path in finished(inbox()) for line in whole_lines(path)]


def is_problem(answer: Answer, status: int, code: str) -> bool:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return (answer.status, answer.json()["status"], answer.json()["code"]) == (status, status, code)


CALLS = {
    "identify": {"userId": "u", "traits": {"name": "葵"}},
    "track": {"userId": "u", "event": "Opened"},
    "page": {"anonymousId": "a", "name": "Home"},
    "screen": {"userId": 17, "name": "Home"},
    "group": {"userId": "u", "groupId": "acme"},
    "alias": {"userId": "u", "previousId": "a"},
}


@pytest.mark.parametrize(("kind", "body"), CALLS.items())
def test_each_call_is_durable_when_it_is_answered(send, kind, body):
    answer = send(f"/v1/{kind}", body)
    assert (answer.status, answer.json()) == (200, {"success": True})
    assert [(line["t"], line["e"]) for line in written()] == [(kind, body)]


def test_a_batch_keeps_every_event_with_its_context_and_when_it_was_sent(send):
    sent = {"batch": [event(1), event(2)], "sentAt": "2026-11-22T03:00:00.000Z", "context": {"library": "x"}}
    assert send("/v1/batch", sent).json() == {"success": True}
    assert [(line["m"], line["e"]["context"], line["s"]) for line in written()] == [
        ("m-1", {"library": "x"}, "2026-11-22T03:00:00+00:00"),
        ("m-2", {"library": "x"}, "2026-11-22T03:00:00+00:00"),
    ]


def test_a_gzip_body_is_taken(send):
    body = gzip.compress(json.dumps({"batch": [event(1)]}).encode())
    assert send("/v1/batch", body, HTTP_CONTENT_ENCODING="gzip").status == 200
    assert len(written()) == 1


def test_the_key_may_stand_in_basic_bearer_or_the_body(send):
    bearer = send("/v1/track", event(1), HTTP_AUTHORIZATION=f"Bearer {send.secret}")
    in_body = send("/v1/batch", {"batch": [event(2)], "writeKey": send.secret}, HTTP_AUTHORIZATION="")
    assert (bearer.status, in_body.status) == (200, 200)


@pytest.mark.parametrize(
    "authorization", ["", "Basic !!!", "Basic " + base64.b64encode(b"wrong:").decode(), "Bearer x"]
)
def test_no_valid_key_is_a_401_that_says_how(send, authorization):
    answer = send("/v1/track", event(), HTTP_AUTHORIZATION=authorization)
    assert is_problem(answer, 401, "unknown_key")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert {line.get("x") for line in written()} <= {"unknown_key"}


def test_requests_without_a_key_cannot_fill_the_disk(send):
    for _ in range(50):
        send("/v1/track", event(), key="wrong")
    assert len(written()) == 1


def test_a_key_without_the_scope_or_of_a_plain_member_is_a_403(send, aoi, chie):
    assert is_problem(send("/v1/track", event(), key=make_key(aoi, "read", "write")), 403, "key_may_not")
    assert is_problem(send("/v1/track", event(), key=make_key(chie, "usage:write")), 403, "key_may_not")
    assert send("/v1/track", event(), key=make_key(aoi)).status == 200


def test_a_revoked_key_ends_within_seconds(send):
    assert send("/v1/track", event()).status == 200
    ApiToken.objects.update(revoked_at="2026-11-22T03:00:00Z")
    caches = hosting.current().caches["write_keys"]
    assert max(until for until, _key in caches.values()) - time.monotonic() <= 5
    caches.clear()
    assert send("/v1/track", event()).status == 401


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"type": "sing"}, "unknown_type"),
        ({"userId": ""}, "no_identity"),
        ({"userId": True}, "no_identity"),
        ({"userId": "x" * 256}, "id_too_long"),
        ({"event": " "}, "no_event_name"),
        ({"event": "x" * 201}, "name_too_long"),
        ({"type": "group"}, "no_group"),
        ({"type": "alias"}, "no_previous_id"),
        ({"properties": [1]}, "wrong_shape"),
        ({"timestamp": "yesterday"}, "bad_timestamp"),
        ({"timestamp": 1732244400}, "bad_timestamp"),
        ({"timestamp": "1970-01-02T00:00:00Z"}, "bad_timestamp"),
    ],
)
def test_a_bad_event_is_refused_with_its_reason_and_noted(send, changed, code):
    bad = event(1, **changed)
    assert is_problem(send("/v1/batch", {"batch": [bad]}), 400, code)
    mixed = send("/v1/batch", {"batch": [event(2), bad]})
    assert (mixed.status, mixed.json()["success"]) == (200, True)
    assert [(row["index"], row["code"]) for row in mixed.json()["refused"]] == [(1, code)]
    lines = written()
    assert [line["m"] for line in lines if "m" in line] == ["m-2"]
    assert [(line["x"], line["n"]) for line in lines if "x" in line] == [(code, 1), (code, 1)]


def test_infinite_numbers_and_broken_json_are_refused(send):
    infinite = b'{"batch":[{"type":"track","userId":"u","event":"e","properties":{"x":1e999}}]}'
    assert is_problem(send("/v1/batch", infinite), 400, "bad_number")
    for broken in (b"", b"{", b"\xff\xfe{}", b'{"batch":[NaN]}', b"[" * 200_000, b"1" * 5000):
        assert is_problem(send("/v1/batch", broken), 400, "not_json")
    for shape in (b"[]", b"7", b'"x"'):
        assert is_problem(send("/v1/batch", shape), 400, "not_an_object")
    assert is_problem(send("/v1/batch", {}), 400, "no_batch")
    assert is_problem(send("/v1/batch", {"batch": []}), 400, "empty_batch")
    assert is_problem(send("/v1/batch", {"batch": [7]}), 400, "not_an_object")


def test_an_event_above_32_kb_and_a_request_above_500_kb_are_a_413(send):
    assert is_problem(send("/v1/track", event(properties={"x": "a" * 33_000})), 413, "event_too_large")
    almost = [event(number, properties={"x": "a" * 30_000}) for number in range(16)]
    assert send("/v1/batch", {"batch": almost}).status == 200
    assert is_problem(send("/v1/batch", {"batch": almost + almost[:2]}), 413, "batch_too_large")


def test_a_compressed_bomb_is_noticed_at_the_cap(send):
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 100_000
    assert is_problem(send("/v1/batch", bomb, HTTP_CONTENT_ENCODING="gzip"), 413, "batch_too_large")
    for broken in (b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"x"):
        assert is_problem(send("/v1/batch", broken, HTTP_CONTENT_ENCODING="gzip"), 400, "not_gzip")
    assert send("/v1/batch", b"{}", HTTP_CONTENT_ENCODING="br").status == 415


def test_a_body_of_unknown_length_is_read_to_the_cap_only(send):
    stream = io.BytesIO(b" " * 5_000_000)
    answer = send("/v1/batch", b"", **{"CONTENT_LENGTH": "", "wsgi.input": stream})
    assert is_problem(answer, 413, "batch_too_large")
    assert stream.tell() <= 600_000
    cut = send("/v1/batch", b"{}", CONTENT_LENGTH="10")
    assert is_problem(cut, 400, "cut_off")


def test_other_methods_and_addresses(send):
    answer = send("/v1/batch", b"", method="GET")
    assert is_problem(answer, 405, "method")
    assert answer.headers["Allow"] == "POST"
    assert is_problem(send("/v1/unknown", {}), 404, "no_such_call")
    assert send("/v1/track/", event()).status == 200
    assert send("/t/1/", b"", method="GET").body == b"Django"


def test_overload_is_a_429_that_says_when_to_come_again(send):
    hosting.current().caches["usage_journal"] = Journal(inbox(), max_backlog_bytes=-1)
    answer = send("/v1/track", event())
    assert is_problem(answer, 429, "overloaded")
    assert int(answer.headers["Retry-After"]) > 0
    busy = IngestFront(send.application.next_in_front, at_once=1)
    busy._places.acquire()
    send.application = busy
    answer = send("/v1/track", event())
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


def test_a_disk_that_refuses_is_a_503_and_nothing_is_taken(send, tmp_path):
    (tmp_path / "file").write_text("")
    hosting.current().caches["usage_journal"] = Journal(tmp_path / "file" / "inbox")
    answer = send("/v1/batch", {"batch": [event(1), event(2)]})
    assert is_problem(answer, 503, "not_written")
    assert int(answer.headers["Retry-After"]) > 0
    hosting.current().caches.pop("usage_journal")
    assert written() == []
    assert send("/v1/batch", {"batch": [event(1), event(2)]}).status == 200


def test_the_request_reads_the_key_once_and_writes_no_database(send, django_assert_num_queries):
    send("/v1/track", event(1))
    with django_assert_num_queries(0):
        assert send("/v1/batch", {"batch": [event(number) for number in range(100)]}).status == 200
