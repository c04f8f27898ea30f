"""Around Django: host to community, for as long as the answer is being sent."""

from collections.abc import Callable, Iterable, Iterator
from contextvars import Context, copy_context
from typing import Any

from kizuna.base.hosting.bundle import Community
from kizuna.base.hosting.context import enter
from kizuna.base.hosting.directory import UnknownCommunity, directory

StartResponse = Callable[..., Any]
Application = Callable[[dict, StartResponse], Iterable[bytes]]

UNKNOWN_HOST = b"This address belongs to no community of this installation.\n"


class HostedApplication:
    """WSGI application that enters the host's community before Django and leaves when the response is closed.

    `early` answers paths that belong to no community (health checks); `in_front` may answer inside the community
    without Django (the visitors' page cache). Both return None to pass on.
    """

    def __init__(
        self, application: Application, *, early: Application | None = None, in_front: Callable | None = None
    ) -> None:
        self.application = application
        self.early = early
        self.in_front = in_front

    def __call__(self, environ: dict, start_response: StartResponse) -> Iterable[bytes]:
        if self.early is not None:
            answer = self.early(environ, start_response)
            if answer is not None:
                return answer
        try:
            community = directory().for_host(environ.get("HTTP_HOST", ""))
        except UnknownCommunity:
            start_response("421 Misdirected Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [UNKNOWN_HOST]
        environ["kizuna.community"] = community.slug
        context = copy_context()
        body = context.run(self._answer, community, environ, start_response)
        if isinstance(body, list) or getattr(body, "streaming", True) is False:
            return context.run(_completed, body)
        return HostedBody(body, context)

    def _answer(self, community: Community, environ: dict, start_response: StartResponse) -> Iterable[bytes]:
        enter(community)
        if self.in_front is None:
            return self.application(environ, start_response)
        return self.in_front(self.application, environ, start_response)


def _completed(body: Iterable[bytes]) -> list[bytes]:
    """Return a body that is there already as a list, closed: servers send a list in one piece."""
    try:
        return list(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


class HostedBody:
    """The body of an answer: each part, and the closing, is produced inside the request's community."""

    def __init__(self, body: Iterable[bytes], context: Context) -> None:
        self.body = body
        self.context = context

    def __iter__(self) -> Iterator[bytes]:
        parts = self.context.run(iter, self.body)
        while True:
            try:
                yield self.context.run(next, parts)
            except StopIteration:
                return

    def close(self) -> None:
        close = getattr(self.body, "close", None)
        if close is not None:
            self.context.run(close)
