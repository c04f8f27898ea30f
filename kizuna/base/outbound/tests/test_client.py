"""The one way out: forbidden addresses see no connection, names are checked as they are connected, answers have limits."""

import socket
import threading
from contextlib import contextmanager

import pytest

from kizuna.base import outbound
from kizuna.base.outbound import client
from kizuna.base.outbound.addresses import is_allowed

FORBIDDEN = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.0.192", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2001:0:1::1", "fe80::1%eth0", "x",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"]


@contextmanager
def canary(answer: bytes = b"", hold: float = 0):
    """Listen on loopback and count who connects."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []
    stopped = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            with connection:
                seen.append(connection.recv(65_536))
                if answer:
                    connection.sendall(answer)
                stopped.wait(hold)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], seen
    finally:
        stopped.set()
        listener.close()


def allowed(settings, *hosts: str) -> None:
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset(hosts)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_inner_addresses_are_forbidden(address):
    assert not is_allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    assert is_allowed(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://example.com:8443/", "https://user:pw@example.com/", "https:///x",
        "file:///etc/passwd", "https://exa mple.com/", "https://example.com\\@evil.example/", "https://例え.jp/", "", "https://[::1",
        "https://example.com:99999/", "gopher://example.com:443/",
    ],
)  # fmt: skip
def test_addresses_of_another_form_are_refused_before_any_name_is_looked_up(url, monkeypatch, settings):
    allowed(settings)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("looked up"))
    with pytest.raises(outbound.Unreachable):
        outbound.fetch(url)


def test_a_name_that_leads_inside_sees_no_connection(monkeypatch, settings):
    allowed(settings)
    with canary() as (port, seen):
        monkeypatch.setattr(client, "PORTS", {port})
        for inside in ("127.0.0.1", "::ffff:127.0.0.1"):
            found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (inside, port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *args, found=found, **kwargs: found)
            with pytest.raises(outbound.Unreachable, match="address"):
                outbound.fetch(f"https://rebound.example:{port}/")
        assert seen == []


def test_one_inner_address_among_several_refuses_them_all(monkeypatch, settings):
    allowed(settings)
    found = [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(outbound.Unreachable, match="address"):
        outbound.fetch("https://two.example/")


def test_the_operators_list_lets_one_port_in_and_no_other(settings):
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"a": true}'
    with canary(answer) as (port, seen), canary(answer) as (other, unseen):
        allowed(settings, f"127.0.0.1:{port}")
        assert outbound.fetch(f"http://127.0.0.1:{port}/x").json() == {"a": True}
        assert seen[0].startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1")
        with pytest.raises(outbound.Unreachable):
            outbound.fetch(f"http://127.0.0.1:{other}/")
        assert unseen == []


def test_redirects_are_not_followed(settings):
    with canary() as (inner, unseen):
        answer = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inner}/\r\nContent-Length: 0\r\n\r\n".encode()
        with canary(answer) as (port, _seen):
            allowed(settings, f"127.0.0.1:{port}")
            assert outbound.fetch(f"http://127.0.0.1:{port}/").status == 302
            assert unseen == []


def test_an_endless_answer_ends(settings):
    with canary(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 99_999) as (port, _seen):
        allowed(settings, f"127.0.0.1:{port}")
        with pytest.raises(outbound.Unreachable, match="size"):
            outbound.fetch(f"http://127.0.0.1:{port}/", max_bytes=1_000)


def test_a_slow_answer_ends(settings):
    with canary(b"HTTP/1.1 200 OK\r\n", hold=5) as (port, _seen):
        allowed(settings, f"127.0.0.1:{port}")
        with pytest.raises(outbound.Unreachable, match="time"):
            outbound.fetch(f"http://127.0.0.1:{port}/", seconds=0.3)


def test_a_server_that_talks_nonsense_or_hangs_up_is_unreachable(settings):
    for answer in (b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"):
        with canary(answer) as (port, _seen):
            allowed(settings, f"127.0.0.1:{port}")
            with pytest.raises(outbound.Unreachable):
                outbound.fetch(f"http://127.0.0.1:{port}/")


def test_content_is_sent_as_it_is(settings):
    with canary(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, seen):
        allowed(settings, f"127.0.0.1:{port}")
        body = '{"名前":"絆"}'.encode()
        answer = outbound.fetch(
            f"http://127.0.0.1:{port}/", method="POST", content=body, content_type="application/json"
        )
    assert answer.status == 204
    assert b"Content-Type: application/json\r\n" in seen[0]
    assert f"Content-Length: {len(body)}\r\n".encode() in seen[0]


def test_of_a_long_answer_the_beginning_can_be_enough(settings):
    with canary(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000) as (port, _seen):
        allowed(settings, f"127.0.0.1:{port}")
        answer = outbound.fetch(f"http://127.0.0.1:{port}/", max_bytes=100, is_cut=True)
        with pytest.raises(outbound.Unreachable):
            outbound.fetch(f"http://127.0.0.1:{port}/", max_bytes=100)
    assert (answer.status, answer.content) == (200, b"x" * 100)
