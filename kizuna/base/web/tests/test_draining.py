"""A body that is too long is refused with a page that arrives."""

from contextvars import Context
from functools import partial
from io import BytesIO

import pytest

from kizuna.base.web.draining import SHORT_BYTES, DrainedApplication
from kizuna.config.wsgi import application

LONG = b"body=" + b"a" * 4_000_000
LENGTH = len(LONG)


class Broken(BytesIO):
    """What somebody sends who has gone away."""

    def read(self, size=-1):
        raise ConnectionResetError


def asked(wsgi, stream, *, length=LENGTH, path="/signin/"):
    """Send this to the application; return the status."""
    said = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "CONTENT_LENGTH": str(length),
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_HOST": "sakura.test", "SERVER_NAME": "sakura.test",
        "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": stream,
        "wsgi.errors": BytesIO(),
    }  # fmt: skip
    b"".join(wsgi(environ, lambda status, headers, *rest: said.append(status)))
    return said[0]


def refusing(environ, start_response):
    start_response("413 Content Too Large", [])
    return [b"too long"]


@pytest.mark.parametrize("path", ["/signin/", "/preview/", "/api/v1/topics", "/v1/track"])
@pytest.mark.django_db(transaction=True)
def test_what_is_refused_by_its_length_is_taken_to_its_end_before_the_answer_goes_out(communities, sakura, path):
    stream = BytesIO(LONG)
    assert Context().run(partial(asked, application, stream, path=path))[0] == "4"
    assert stream.tell() == len(LONG)


def test_no_more_is_read_than_was_said_and_nothing_beyond_what_is_borne():
    stream = BytesIO(LONG + b"the next request")
    assert asked(DrainedApplication(refusing), stream).startswith("413")
    assert stream.read() == b"the next request"
    stream = BytesIO(LONG)
    assert asked(DrainedApplication(refusing, most_bytes=SHORT_BYTES), stream).startswith("413")
    assert stream.tell() == 0


@pytest.mark.parametrize("length", ["", "-5", "x", "٣"])
def test_a_strange_length_is_left_to_the_application(length):
    stream = BytesIO(LONG)
    assert asked(DrainedApplication(refusing), stream, length=length).startswith("413")
    assert stream.tell() == 0


def test_a_sender_who_has_gone_away_harms_nothing():
    assert asked(DrainedApplication(refusing), Broken(LONG)).startswith("413")
