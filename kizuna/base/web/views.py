"""Answers to what cannot be read at all, and to what cannot be done just now."""

import re
import sys
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import get_token
from django.template import loader

from kizuna.base.web.trouble import SECONDS, trouble_of

FOR_PROGRAMS = "/api/"
PAGES = {"busy": "503.html", "full": "503_full.html"}
# What people write at length. It is shown again on the page of an error, for those whose browser keeps nothing.
WRITTEN = ("title", "short_answer", "body", "comment", "reason", "bio", "note")

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (the name that Django gives the field)
SECRET = re.compile("password|code|credential|secret|token")

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
UNREADABLE = (OSError, SuspiciousOperation, MultiPartParserError, RawPostDataException)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say on a page of its own that what was sent is too large, or is not what a page of ours sends."""
    is_large = isinstance(exception, TOO_LARGE)
    template = loader.get_template("413.html" if is_large else "400.html")
    return HttpResponse(template.render(), status=413 if is_large else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the database is busy or the disk full, and when to come again; anything else is our fault.

    Called while the error is being handled, in the place where it happened: language and viewer still hold.
    """
    trouble = trouble_of(sys.exc_info()[1])
    status = 503 if trouble else 500
    if request.path.startswith(
        FOR_PROGRAMS
    ):  # its own entrance was not reached: what comes before asks the database, too
        said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        response: HttpResponse = JsonResponse(said, status=status, content_type="application/problem+json")
    else:
        template = loader.get_template(PAGES[trouble] if trouble else "500.html")
        response = HttpResponse(template.render({"written": _written(request)}), status=status)
    if trouble:
        response.headers["Retry-After"] = str(SECONDS[trouble])
    response.headers["Cache-Control"] = "private, no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page. Whoever wrote to what was taken away meanwhile sees their words again."""
    written = _written(request)
    context = {"request_path": quote(request.path), "written": written}
    response = HttpResponse(loader.get_template("404.html").render(context, request), status=404)
    if written:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Let a form of ours with an outdated token be looked at and sent again; refuse what came from elsewhere.

    The token changes when somebody signs in: what was typed before, in this tab or another, must not be lost. Browsers
    say where a form was sent from (Origin), so what another site sends is never shown with a token of ours.
    """
    context: dict[str, Any] = {}
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != TOKEN]
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if is_ours and fields and not any(SECRET.search(name) for name, _value in fields):
        context = {"written": _written(request), "fields": fields, "action": request.get_full_path()}
        context |= {"token": get_token(request), "files": [*request.FILES, *getattr(request, "fields_left_out", [])]}
    return HttpResponse(loader.get_template("403_csrf.html").render(context), status=403)


def _written(request: HttpRequest) -> str:
    """Return what somebody had written into the form that was sent."""
    try:
        sent = request.POST if request.method == "POST" else {}
        return "\n\n".join(text for name in WRITTEN if (text := sent.get(name, "").strip()))
    except UNREADABLE:  # the form itself may be what could not be read
        return ""
