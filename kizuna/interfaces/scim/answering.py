"""Who asks (a token with the scope `scim` alone), and every answer as SCIM says it."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import Context, Error, ResponseParameters, SCIMException

from kizuna.core.identities.actions.directory import OWNER, UNIQUE
from kizuna.core.members import policies
from kizuna.core.members.models import Role
from kizuna.core.members.policies import Refused
from kizuna.core.members.tokens import viewer_from_token
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.api.limits import seconds_to_wait

CONTENT_TYPE = "application/scim+json"
MAX_BODY_BYTES = 1_000_000

logger = logging.getLogger("kizuna.scim")
View = Callable[..., HttpResponse]


class NoWay(Exception):
    """An answer that is given before anything is looked at."""

    def __init__(self, status: int, detail: str, scim_type: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type, self.headers = status, detail, scim_type, headers


def scim(*methods: str) -> Callable[[View], View]:
    """Wrap a view: it runs for the directory's token, and whatever goes wrong is a SCIM error."""

    def wrap(view: View) -> View:
        @csrf_exempt  # no cookie counts here
        @wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                request.viewer = _directory(request)  # type: ignore[attr-defined]
                if request.method not in methods:
                    raise NoWay(405, "This is not done here.", Allow=", ".join(methods))
                response = view(request, *args, **kwargs)
            except Exception as error:
                response = of_exception(error)
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return enter

    return wrap


def said(request: HttpRequest) -> dict[str, Any]:
    """Return the body as an object."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        raise NoWay(413, "At most one megabyte at a time.")
    if request.content_type not in (CONTENT_TYPE, "application/json"):
        raise NoWay(415, f"Please send {CONTENT_TYPE}.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise NoWay(400, "This is no JSON.", "invalidSyntax") from None
    if not isinstance(body, dict) or "\\u0000" in json.dumps(body):
        raise NoWay(400, "An object without NUL is expected.", "invalidSyntax")
    return body


def answer(
    thing: Any, *, ctx: Context, status: int = 200, asked: ResponseParameters[Any] | None = None
) -> HttpResponse:
    """Return a resource or a list as SCIM shows it in this place."""
    body = thing.model_dump_json(scim_ctx=ctx, response_parameters=asked)
    response = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    place = getattr(getattr(thing, "meta", None), "location", None)
    if place and status == 201:
        response.headers["Location"] = str(place)
    return response


def of_exception(error: Exception) -> HttpResponse:
    """Return the SCIM error that an exception is; one that nobody foresaw is logged and says nothing of itself."""
    if isinstance(error, NoWay):
        return _error(error.status, error.detail, error.scim_type, headers=error.headers)
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, Http404):
        return _error(404, "There is nothing here.")
    if isinstance(error, SCIMException):
        found = error.to_error()
        return _error(int(found.status or 400), str(found.detail or ""), str(found.scim_type or ""))
    if isinstance(error, ValidationError):
        found = Error.from_validation_errors(error)[0]
        return _error(400, str(found.detail or ""), str(found.scim_type or "invalidValue"))
    if isinstance(error, RequestDataTooBig):
        return _error(413, "At most one megabyte at a time.")
    if isinstance(error, IntegrityError):
        return _error(409, "Somebody wrote the same at this moment.", UNIQUE)
    if isinstance(error, OperationalError):
        return _error(503, "The database is busy. Nothing was kept.", headers={"Retry-After": "3"})
    logger.exception("unforeseen error", exc_info=error)
    return _error(500, "")


def _refused(error: Refused) -> HttpResponse:
    if error.code == UNIQUE or error.code == "email_taken":
        return _error(409, str(error.reason), UNIQUE)
    if error.code in (OWNER, "last_owner", "domain"):
        return _error(403, str(error.reason))
    return _error(400, str(error.reason), "invalidValue")


def _directory(request: HttpRequest) -> Viewer:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    viewer = viewer_from_token(token.strip()) if kind.lower() == "bearer" and token.strip() else None
    if viewer is None:
        raise NoWay(401, "Please send a valid token.", **{"WWW-Authenticate": "Bearer"})
    # The scope must be named: a token that may do everything is not meant to lie in another firm's system.
    if policies.SCIM not in (viewer.scopes or ()) or not viewer.roles & {Role.OWNER, Role.ADMIN}:
        raise NoWay(403, "This token may not do that.")
    if seconds_to_wait(viewer, "read" if request.method == "GET" else "write"):
        raise NoWay(429, "Too many requests.", **{"Retry-After": "1"})
    return viewer


def _error(status: int, detail: str, scim_type: str = "", *, headers: dict[str, str] | None = None) -> HttpResponse:
    body = Error(status=status, detail=detail or None, scim_type=scim_type or None)
    return HttpResponse(body.model_dump_json(), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))
