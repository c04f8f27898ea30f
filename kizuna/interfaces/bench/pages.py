"""`kizuna bench pages`: requests per second, latency, CPU, SQL, bytes and memory of the pages people open most."""

import gzip
import http.client
import json
import os
import platform
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuna.base.hosting import Community, directory, entered
from kizuna.core.community import actions as community_actions
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from kizuna.core.members.models import Member
from kizuna.core.notifications.actions import notify
from kizuna.engagement.discussions import settings as discussion_settings
from kizuna.engagement.discussions.models import Post
from kizuna.interfaces.bench import dataset, load, serving, usage
from kizuna.interfaces.cli.commands.migrate import migrate_community

WARM_SECONDS = 1.5
CONCURRENCIES = (1, 16)
REPLIES = 1_200
UNREAD = 5  # of posts, and as many of topics
WITH_UNREAD = "member unread"
COUNTED_FOR = ("list", "thread")
CSRF = "k" * 32  # every browser brings a secret like this one from its first page
Say = Callable[[str], None]


@dataclass
class Row:
    page: str
    viewer: str
    concurrency: int
    requests_per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    queries: int
    bytes: int
    errors: int = 0


def run(*, folder: Path | None, scale: int, seconds: float, say: Say) -> dict:
    """Build the community in `folder` (kept, and used again when it is there) and measure it."""
    with tempfile.TemporaryDirectory(prefix="kizuna-bench-") as temporary:
        home = folder or Path(temporary)
        os.environ["KIZUNA_HOME"] = str(home)
        community = directory().all()[0]
        with entered(community):
            data = _data(community, scale=scale, say=say)
            cookies = {handle: _cookie(handle) for handle in data.member_handles}
            _leave_unread(data)
            static = _in_process(data, cookies)
            connection.close()
        return _measured(home, community, data, cookies, static, seconds=seconds, say=say)


def _data(community: Community, *, scale: int, say: Say) -> dataset.Dataset:
    marker = community.folder / "bench.json"
    if marker.exists():
        kept = json.loads(marker.read_text())
        if kept["scale"] == scale:
            return dataset.Dataset(
                **{key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
            )
    migrate_community(community, verbosity=0)
    built = dataset.build(scale=scale, say=say)
    marker.write_text(json.dumps(asdict(built)))
    return built


def _cookie(handle: str) -> str:
    member = Member.objects.get(handle=handle)
    return members.start_sign_in(member=member, method="bench", now=timezone.now())


def _paths(data: dataset.Dataset) -> dict[str, str]:
    return {
        "home": "/",
        "list": f"/s/{data.space_slug}/",
        "thread": f"/t/{data.topic_id}/?p=31",
        "search": f"/search/?q={quote('請求')}",
        "search newest": f"/search/?q={quote('請求')}&order=newest",
    }


def _leave_unread(data: dataset.Dataset) -> None:
    """Tell the second member of posts and topics that they do not open: every page counts those for them."""
    member_id = Member.objects.values_list("pk", flat=True).get(handle=data.member_handles[1])
    posts = Post.objects.filter(topic_id=data.topic_id).order_by("-pk").values_list("pk", flat=True)[:UNREAD]
    targets = [("post", "topic.replied", pk) for pk in posts]
    targets += [("topic", "question.solved", pk) for pk in data.reply_topic_ids[:UNREAD]]
    for target_type, kind, pk in targets:
        notify(recipients=[member_id], kind=kind, target_type=target_type, target_id=pk)


def _whose(viewer: str, data: dataset.Dataset, cookies: dict[str, str]) -> str | None:
    """Return the cookie of a viewer, or None for visitors."""
    if not viewer.startswith("member"):
        return None
    return cookies[data.member_handles[1 if viewer == WITH_UNREAD else 0]]


def _in_process(data: dataset.Dataset, cookies: dict[str, str]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return {(page, viewer): (SQL statements, gzipped bytes)}, asked inside this process on warm caches."""
    found = {}
    for viewer in ("visitor", "member", WITH_UNREAD):
        client = Client(headers={"host": "127.0.0.1"})
        if cookie := _whose(viewer, data, cookies):
            client.cookies[signin.COOKIE] = cookie
        for page, path in _paths(data).items():
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path)
            found[page, viewer] = (len(captured), len(gzip.compress(response.content, 5)))
    return found


def _measured(
    home: Path,
    community: Community,
    data: dataset.Dataset,
    cookies: dict[str, str],
    static: dict,
    *,
    seconds: float,
    say: Say,
) -> dict:
    yardstick = _yardstick(seconds=seconds, say=say)
    port = serving.free_port()
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "kizuna", "web", "--port", str(port), "--workers", "1"],
        # With this process' key: the members' cookies were signed by it, whatever folder it began in.
        env={
            **os.environ,
            "KIZUNA_HOME": str(home),
            "KIZUNA_PROCESS": "command",
            "KIZUNA_SECRET_KEY": settings.SECRET_KEY,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        serving.wait_for(port)
        _require_signed_in(port, cookies[data.member_handles[0]])
        pids = usage.tree(server.pid)
        rows = yardstick + _reads(port, data, cookies, static, pids, seconds=seconds, say=say)
        rows += _replies(port, community, data, cookies, pids, seconds=seconds, say=say)
        memory = max(usage.private_mb(pid) for pid in usage.tree(server.pid))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=40)
    return {
        "conditions": _conditions(community, data, seconds),
        "pages": [_plain(row) for row in rows],
        "memory_mb": round(memory, 1),
    }


def _yardstick(*, seconds: float, say: Say) -> list[Row]:
    """Measure a bare Django view behind the same server: what this machine makes of almost nothing."""
    port = serving.free_port()
    command = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "2"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    server = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command, "kizuna.interfaces.bench.hello:application"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    rows = []
    try:
        serving.wait_for(port, path="/")
        pids = usage.tree(server.pid)
        for concurrency in CONCURRENCIES:
            load.get(port, "/", headers={}, concurrency=concurrency, seconds=WARM_SECONDS)
            ask = partial(load.get, port, "/", headers={}, concurrency=concurrency, seconds=seconds)
            rows.append(_row("yardstick", "bare Django", concurrency, pids, ask))
            say(_line(rows[-1]))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=40)
    return rows


def _require_signed_in(port: int, cookie: str) -> None:
    """Raise RuntimeError when the server takes the members for visitors: every figure of theirs would be wrong."""
    asking = http.client.HTTPConnection(load.HOST, port, timeout=30)
    asking.request("GET", "/notifications/", headers={"Cookie": f"{signin.COOKIE}={cookie}"})
    status = asking.getresponse().status
    asking.close()
    if status != 200:
        raise RuntimeError(f"The server answered a signed-in member with {status}.")


def _reads(
    port: int,
    data: dataset.Dataset,
    cookies: dict[str, str],
    static: dict,
    pids: list[int],
    *,
    seconds: float,
    say: Say,
) -> list[Row]:
    rows = []
    for page, path in _paths(data).items():
        for viewer in ("visitor", "member", "visitor miss", *([WITH_UNREAD] if page in COUNTED_FOR else [])):
            headers = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "gzip"}
            if cookie := _whose(viewer, data, cookies):
                headers["Cookie"] = f"{signin.COOKIE}={cookie}; csrf={CSRF}"
            # A parameter that the cache does not know is never kept: what a visitor costs when the page is not there.
            asked = path if viewer != "visitor miss" else f"{path}{'&' if '?' in path else '?'}fresh=1"
            queries, size = static[page, viewer.removesuffix(" miss")]
            for concurrency in CONCURRENCIES:
                load.get(port, asked, headers=headers, concurrency=concurrency, seconds=WARM_SECONDS)
                ask = partial(load.get, port, asked, headers=headers, concurrency=concurrency, seconds=seconds)
                row = _row(page, viewer, concurrency, pids, ask)
                row.queries, row.bytes = queries, size
                rows.append(row)
                say(_line(row))
    return rows


def _replies(
    port: int,
    community: Community,
    data: dataset.Dataset,
    cookies: dict[str, str],
    pids: list[int],
    *,
    seconds: float,
    say: Say,
) -> list[Row]:
    with entered(community):
        community_actions.change_setting(discussion_settings.POSTS_PER_MINUTE, value=1000, member_id=None)
        connection.close()
    writers = dict(list(cookies.items())[:40])
    rows = []
    for concurrency in CONCURRENCIES:
        requests = [_reply(port, data, writers, number) for number in range(REPLIES)]
        send = partial(load.send, port, requests, concurrency=concurrency, seconds=seconds)
        row = _row("reply", "member", concurrency, pids, send)
        rows.append(row)
        say(_line(row))
    return rows


def _reply(port: int, data: dataset.Dataset, writers: dict[str, str], number: int) -> bytes:
    cookie = list(writers.values())[number % len(writers)]
    topic = data.reply_topic_ids[number % len(data.reply_topic_ids)]
    body = urlencode({"body": f"試した結果です {secrets.token_hex(6)}\n\n**うまくいきました。**"}).encode()
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Cookie": f"{signin.COOKIE}={cookie}; csrf={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return load.prepared(f"/t/{topic}/posts/", headers, body)


def _row(page: str, viewer: str, concurrency: int, pids: list[int], measure: Callable[[], load.Outcome]) -> Row:
    counted = [*pids, *usage.postgresql_pids()]
    before = usage.cpu_ms(counted)
    outcome = measure()
    spent = usage.cpu_ms([*pids, *usage.postgresql_pids()]) - before
    asked = outcome.requests + outcome.errors
    cpu = spent / asked if asked else 0.0
    return Row(page, viewer, concurrency, outcome.per_second, outcome.p50_ms, outcome.p95_ms, cpu, 0, 0, outcome.errors)


def _plain(row: Row) -> dict:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(row).items()}


def _line(row: Row) -> str:
    return (
        f"{row.page:14} {row.viewer:13} c={row.concurrency:<3} {row.requests_per_second:9.0f}/s  p50 {row.p50_ms:7.2f}  "
        f"p95 {row.p95_ms:7.2f} ms  CPU {row.cpu_ms:6.2f} ms  {row.queries:3} SQL  {row.bytes / 1000:6.1f} kB  {row.errors} errors"
    )


def _conditions(community: Community, data: dataset.Dataset, seconds: float) -> dict:
    return {
        "database": "PostgreSQL" if community.database_url.startswith("postgres") else "SQLite, synchronous=FULL",
        "posts": dataset.POSTS * data.scale,
        "topics": dataset.TOPICS * data.scale,
        "members": dataset.MEMBERS * data.scale,
        "processes": 1,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "seconds_per_measurement": seconds,
        "client": "wrk, one thread; replies by our own client",
        "cpu_ms": "user and system time of the web process and the database, divided by requests",
    }
