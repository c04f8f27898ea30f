"""What every door does: POST alone, a small body, not too often, and a problem document for whatever goes wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kizuna.base.web.numbers import whole
from kizuna.core.members.actions.limits import Limit, TooManyAttempts, attempt
from kizuna.core.members.clients import address_of, network_of
from kizuna.interfaces.api import problems
from kizuna.interfaces.api.problems import Problem

View = Callable[..., HttpResponse]
TOLD = Limit("hooks.told", 1200, timedelta(minutes=1))
WRONG = Limit("hooks.wrong", 60, timedelta(minutes=10))


def hook(*, most_bytes: int) -> Callable[[View], View]:
    """Wrap a view: it runs for a POST with a body that is not too long."""

    def wrap(view: View) -> View:
        @csrf_exempt  # no cookie counts here; what is sent is signed
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                _require_small_post(request, most_bytes)
                response = view(request, *args, **kwargs)
            except TooManyAttempts as error:
                response = problems.problem(429, detail=str(error.reason), headers={"Retry-After": "60"})
            except Exception as error:
                response = problems.of_exception(error)
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return enter

    return wrap


def count(*, key: str, now: datetime) -> None:
    """Count one thing that is told at a door; raises TooManyAttempts."""
    attempt(TOLD, key=key, now=now)


def refuse(request: HttpRequest, *, key: str, why: str, now: datetime) -> Problem:
    """Return the answer to somebody who proves nothing, and count them; raises TooManyAttempts."""
    attempt(WRONG, key=f"{key}:{network_of(address_of(request))}", now=now)
    return Problem(401, why)


def signature_wrong() -> str:
    return _("The signature is wrong: it is made with the secret over exactly what is sent.")


def time_wrong() -> str:
    return _("The time of the message is more than five minutes off. Please set the clock and sign it anew.")


def _require_small_post(request: HttpRequest, most_bytes: int) -> None:
    if request.method != "POST":
        raise Problem(405, Allow="POST")
    length = request.headers.get("Content-Length", "")
    size = whole(length)
    if size is None:
        raise Problem(411, _("Please say how long the body is (Content-Length)."))
    if size > most_bytes:
        raise Problem(413, _("This is too long: at most %(most)d bytes.") % {"most": most_bytes})
