"""A refusal that arrives: what was sent is taken to its end, so that the browser goes on to read the answer."""

from collections.abc import Callable, Iterable

# Shorter ones fit into what the machines between hold anyway.
SHORT_BYTES = 64 * 1024
# Whoever sends more than this without being asked to is cut off.
MOST_BYTES = 64 * 1024 * 1024
PIECE_BYTES = 256 * 1024


class DrainedApplication:
    """A WSGI application that reads and drops what is left of a long body before the answer goes out.

    A page may be refused by its length alone. A server that then closes the connection while the browser is still
    sending shows it a broken connection instead of the page that says why.
    """

    def __init__(self, application: Callable, *, most_bytes: int = MOST_BYTES) -> None:
        self.application = application
        self.most_bytes = most_bytes

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.application(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and SHORT_BYTES < int(length) <= self.most_bytes:
            drain(environ["wsgi.input"].read, most_bytes=int(length))
        return answer


def drain(read: Callable[[int], bytes], *, most_bytes: int) -> None:
    """Read what is left, at most so many bytes."""
    left = most_bytes
    try:
        while left > 0 and (piece := read(min(PIECE_BYTES, left))):
            left -= len(piece)
    except OSError:
        return  # the sender has gone away: nobody waits for the answer
