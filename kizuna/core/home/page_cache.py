"""Visitors' pages, kept in front of Django: a dictionary per community, emptied by the generations.

A kept page has its ETag and compressed body ready, and costs no Django at all. The generations are checked on every hit:
on SQLite by `PRAGMA data_version`, on PostgreSQL by what LISTEN has told; while that connection is lost, nothing is kept.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from django.http.cookie import parse_cookie

from kizuna.base import hosting
from kizuna.base.components.visitors import HEADER
from kizuna.core.home.generation_watch import watch

MAX_BYTES = 24_000_000
MAX_PAGE_BYTES = 400_000
PARAMETERS = frozenset({"after", "before", "p", "sort", "filter", "tag", "lang"})
IGNORED = ("utm_", "fbclid", "gclid", "yclid")
LANGUAGES = ("ja", "en")
THEMES = ("light", "dark")
COOKIES = frozenset({"lang", "theme"})
NOT_KEPT = frozenset({"connection", "content-length", "transfer-encoding", "date", HEADER.lower()})
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """An answer ready to be sent."""

    headers: Headers
    body: bytes
    compressed: bytes
    etag: str


class Pages:
    """The kept pages of one community in this process. Least recently used ones go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple, Page] = OrderedDict()
        self._bytes = 0
        self._generation: Any = None

    def get(self, key: tuple, generation: Any) -> Page | None:
        if generation != self._generation:
            return None
        page = self._pages.get(key)
        if page is not None:
            try:
                self._pages.move_to_end(key)
            except KeyError:  # another thread made room in between
                pass
        return page

    def put(self, key: tuple, generation: Any, page: Page) -> None:
        with self._lock:
            if generation != self._generation:
                self._pages.clear()
                self._bytes, self._generation = 0, generation
            if key not in self._pages:
                self._bytes += len(page.body) + len(page.compressed)
            self._pages[key] = page
            while self._bytes > MAX_BYTES:
                _, old = self._pages.popitem(last=False)
                self._bytes -= len(old.body) + len(old.compressed)


class PageCache:
    """The `in_front` of `HostedApplication`. `on_hit(path)` lets others count what Django never sees."""

    def __init__(self, *, on_hit: Callable[[str], None]) -> None:
        self.on_hit = on_hit

    def __call__(self, application: Callable, environ: dict, start_response: Callable) -> Iterable[bytes]:
        key = key_of(environ)
        if key is None:
            return application(environ, start_response)
        community = hosting.current()
        generation = watch(community)
        if generation is None:
            return application(environ, start_response)
        pages: Pages = community.caches.get("pages") or community.caches.setdefault("pages", Pages())
        page = pages.get(key, generation)
        if page is not None:
            self.on_hit(environ["PATH_INFO"])
            return _send(page, environ, start_response)
        return _make(application, environ, start_response, pages=pages, key=key, generation=generation)


def key_of(environ: dict) -> tuple | None:
    """Return what a visitor's page depends on, or None when this request is not for the cache."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
        return None
    cookies = _cookies(environ.get("HTTP_COOKIE", ""))
    if cookies is None:
        return None
    query = _query(environ.get("QUERY_STRING", ""))
    if query is None:
        return None
    language = next((value for name, value in query if name == "lang"), cookies.get("lang", ""))
    return (
        environ["PATH_INFO"],
        query,
        language if language in LANGUAGES else "",
        cookies["theme"] if cookies.get("theme") in THEMES else "",
        environ.get("HTTP_HOST", ""),
    )


@lru_cache(maxsize=512)
def _cookies(header: str) -> dict[str, str] | None:
    if not header:
        return {}
    cookies = parse_cookie(header)
    return cookies if cookies.keys() <= COOKIES else None


@lru_cache(maxsize=512)
def _query(text: str) -> tuple[tuple[str, str], ...] | None:
    if not text:
        return ()
    if len(text) > 500:
        return None
    pairs = parse_qsl(text, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not name.startswith(IGNORED)]
    if any(name not in PARAMETERS for name, _value in kept) or len(kept) > len(PARAMETERS):
        return None
    return tuple(sorted(kept))


def _make(
    application: Callable, environ: dict, start_response: Callable, *, pages: Pages, key: tuple, generation: Any
) -> Iterable[bytes]:
    answer: dict[str, Any] = {}

    def remember(status: str, headers: Headers, *rest: Any) -> None:
        answer.update(status=status, headers=headers)

    body = application(environ, remember)
    headers: Headers = answer["headers"]
    is_same = any(name == HEADER for name, _value in headers)
    passed_on = [pair for pair in headers if pair[0] != HEADER]
    sets_cookie = any(name.lower() == "set-cookie" for name, _value in headers)
    if not is_same or sets_cookie or environ["REQUEST_METHOD"] != "GET":
        start_response(answer["status"], passed_on)
        return body
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    page = _page(passed_on, content)
    if len(content) <= MAX_PAGE_BYTES:
        pages.put(key, generation, page)
    return _send(page, environ, start_response)


def _page(headers: Headers, content: bytes) -> Page:
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    kept = [(name, value) for name, value in headers if name.lower() not in NOT_KEPT]
    # Browsers ask each time and get a 304; a shared cache may not keep it, since it cannot know the generations.
    kept = [(name, value) for name, value in kept if name.lower() not in {"cache-control", "etag", "vary"}]
    kept += [("Cache-Control", "private, no-cache"), ("ETag", etag), ("Vary", "Cookie, Accept-Encoding")]
    return Page(headers=kept, body=content, compressed=gzip.compress(content, 5, mtime=0), etag=etag)


def _send(page: Page, environ: dict, start_response: Callable) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", page.headers)
        return []
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body, headers = page.compressed, [*page.headers, ("Content-Encoding", "gzip")]
    else:
        body, headers = page.body, page.headers
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
