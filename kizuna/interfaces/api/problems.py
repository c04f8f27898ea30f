"""Errors as RFC 9457 problem documents."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kizuna.base.api.paging import BadCursor
from kizuna.base.web.trouble import SECONDS, trouble_of
from kizuna.core.members.policies import Refused
from kizuna.interfaces.api.faults import said

CONTENT_TYPE = "application/problem+json"
TOO_FAST_SECONDS = 60
# Refusals that are about what was sent, not about who sent it.
ABOUT_INPUT = frozenset({"empty", "too_long", "word"})

logger = logging.getLogger("kizuna.api")


class Problem(Exception):
    """An answer that the entrance gives itself."""

    def __init__(self, status: int, detail: str = "", **headers: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(
    status: int,
    *,
    detail: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    code: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem document. `errors` name what is wrong where: [{"field": "title", "detail": "…"}]."""
    document: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if detail:
        document["detail"] = detail
    if code:
        document["code"] = code
    if errors:
        document["errors"] = list(errors)
    text = json.dumps(document, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def of_exception(error: Exception) -> HttpResponse:
    """Return the problem that an exception is; one that nobody foresaw is logged and says nothing of itself."""
    for kind, described in DESCRIBED:
        if isinstance(error, kind):
            return described(error)
    logger.exception("unforeseen error", exc_info=error)
    return problem(500)


def _own(error: Problem) -> HttpResponse:
    return problem(error.status, detail=error.detail, headers=error.headers)


def _refused(refusal: Refused) -> HttpResponse:
    reason = str(refusal.reason)
    if refusal.code == "too_fast":
        return problem(429, detail=reason, code=refusal.code, headers={"Retry-After": str(TOO_FAST_SECONDS)})
    if refusal.field or refusal.code in ABOUT_INPUT:
        return problem(422, detail=reason, code=refusal.code, errors=[{"field": refusal.field, "detail": reason}])
    return problem(403, detail=reason, code=refusal.code)


def _not_found(error: Http404) -> HttpResponse:
    return problem(404, detail=_("There is nothing here that you may see."))


def _bad_cursor(error: BadCursor) -> HttpResponse:
    return problem(422, errors=[{"field": "after", "detail": _("This is no “next” of ours.")}])


def _invalid(error: ValidationError) -> HttpResponse:
    return problem(422, errors=[_input_error(item) for item in error.errors])


def _unready(error: Exception) -> HttpResponse:
    logger.warning("database not ready: %s", error)
    trouble = trouble_of(error) or "busy"
    detail = {"busy": _("The database is busy. Nothing was kept."), "full": _("The disk is full. Nothing was kept.")}
    return problem(503, detail=detail[trouble], headers={"Retry-After": str(SECONDS[trouble])})


def _at_once(error: Exception) -> HttpResponse:
    """Two wrote what may be there once: the checks before had seen neither. One that sends it again is told what is wrong."""
    logger.warning("written at the same time", exc_info=error)
    return problem(
        409, detail=_("Somebody wrote the same at this moment. Nothing was kept. Please send it again."), code="at_once"
    )


DESCRIBED: tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...] = (
    (Problem, _own),
    (Refused, _refused),
    (Http404, _not_found),
    (BadCursor, _bad_cursor),
    (ValidationError, _invalid),
    (RequestDataTooBig, lambda error: problem(413)),
    (AuthenticationError, lambda error: problem(401, headers={"WWW-Authenticate": "Bearer"})),
    (HttpError, lambda error: problem(error.status_code, detail=str(error))),
    (SuspiciousOperation, lambda error: problem(400)),
    (IntegrityError, _at_once),
    (OperationalError, _unready),
    (InterfaceError, _unready),
)


def _input_error(item: Mapping[str, Any]) -> dict[str, str]:
    # The place reads ("body", "sent", "title") or ("query", "page", "limit"): our own names for the whole come first.
    place = [str(part) for part in item.get("loc", ())][1:]
    if place and place[0] in ("sent", "page"):
        place = place[1:]
    return {"field": ".".join(place), "detail": said(item)}


def handle_with_problems(api: NinjaAPI) -> None:
    """Let ninja pass every exception on to the entrance, so that a transaction around it sees the failure."""

    def pass_on(request: HttpRequest, error: Exception) -> HttpResponse:
        raise error

    for kind in (Exception, ValidationError, HttpError, AuthenticationError, Http404):
        api.add_exception_handler(kind, pass_on)
