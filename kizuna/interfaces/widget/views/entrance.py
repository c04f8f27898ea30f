"""The one way into the widget's calls: from which page, who, how often. No cookie counts, and no origin is guessed.

Every call is a POST with JSON, so that browsers always say where it comes from and ask first (OPTIONS). The answer names
that one origin and never "*", and never lets cookies along.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from math import ceil
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kizuna.base.web.numbers import whole
from kizuna.core.community.queries import setting
from kizuna.core.community.settings import DEFAULT_LANGUAGE
from kizuna.core.members.actions.limits import TooManyAttempts
from kizuna.core.members.clients import address_of, network_of
from kizuna.core.members.queries import visitor
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.api import problems
from kizuna.interfaces.api.parsing import read_json
from kizuna.interfaces.api.problems import TOO_FAST_SECONDS, Problem
from kizuna.interfaces.widget import policies, tokens
from kizuna.interfaces.widget.limits import seconds_to_wait

LARGEST = 128_000
PREFLIGHT_AGE = "600"
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Call:
    """What a call of the widget says: from which origin, as whom, and its values."""

    request: Request
    origin: str
    viewer: Viewer
    said: dict[str, Any]
    now: datetime

    @property
    def network(self) -> str:
        return network_of(address_of(self.request))

    def text(self, name: str, *, longest: int = 20_000) -> str:
        """Return a text that was sent, "" when there is none. Raises Problem for anything else."""
        value = self.said.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise Problem(422, _("“%(name)s” is not a text that can be taken.") % {"name": name})
        return value

    def number(self, name: str) -> int:
        """Return a number of a row. Raises Problem for anything that can be none."""
        value = self.said.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
            raise Problem(422, _("“%(name)s” is not a number that can be taken.") % {"name": name})
        return value


Answer = Callable[[Call], dict[str, Any]]


def call(answer: Answer) -> Callable[[Request], HttpResponse]:
    """Wrap an answer of the widget."""

    @csrf_exempt  # no cookie counts here, so none can be abused; the origin is looked at instead
    @wraps(answer)
    def enter(request: Request) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        try:
            policies.require_origin(origin, host=request.get_host())
        except Http404:
            return _closed(problems.problem(404))
        except policies.HostileOrigin:
            return _closed(problems.problem(403, detail="This page may not hold the widget."))
        response = _answered(request, answer, origin)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return _closed(response)

    return enter


def _closed(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Origin"])
    return response


def _answered(request: Request, answer: Answer, origin: str) -> HttpResponse:
    if request.method == "OPTIONS":
        headers = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": PREFLIGHT_AGE,
        }
        return HttpResponse(status=204, headers=headers)
    if request.method != "POST":
        return problems.problem(405, headers={"Allow": "POST, OPTIONS"})
    try:
        said = _read(request)
    except Problem as problem:
        return problems.of_exception(problem)
    language = said.get("lang")
    language = language if language in LANGUAGES else setting(DEFAULT_LANGUAGE)
    with translation.override(language):
        try:
            return JsonResponse(answer(_recognised(request, said, origin, language)))
        except TooManyAttempts as refused:
            return problems.problem(429, detail=str(refused.reason), headers={"Retry-After": str(TOO_FAST_SECONDS)})
        except Exception as error:
            return problems.of_exception(error)


def _read(request: Request) -> dict[str, Any]:
    size = whole(request.headers.get("Content-Length") or "0")
    if size is None or size > LARGEST:
        raise Problem(413)
    if request.content_type != "application/json":
        raise Problem(415)
    said = read_json(request.body) if request.body else {}
    if not isinstance(said, dict):
        raise Problem(400)
    return said


def _recognised(request: Request, said: dict[str, Any], origin: str, language: str) -> Call:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    viewer = visitor(language=language)
    if kind.lower() == "bearer" and token.strip():
        known = tokens.viewer_from(token.strip(), origin=origin, language=language)
        if known is None:
            raise Problem(401, WWW_Authenticate="Bearer")
        viewer = known
    found = Call(request, origin, viewer, said, timezone.now())
    who = f"m{viewer.member_id}" if viewer.is_member else found.network
    if wait := seconds_to_wait(who):
        raise Problem(429, _("Too many requests. Please wait."), Retry_After=str(ceil(wait)))
    return found
