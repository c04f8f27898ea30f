"""The one way into the API: who asks (a token, never a cookie), how often, whether it was answered before."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import READ, WRITE, has_scope
from kizuna.core.members.tokens import viewer_from_token
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.api import problems
from kizuna.interfaces.api.actions import HEADER, answered_once
from kizuna.interfaces.api.limits import seconds_to_wait
from kizuna.interfaces.api.parsing import read_json
from kizuna.interfaces.api.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES = 1_000_000
View = Callable[..., HttpResponse]


def entrance(view: View) -> View:
    """Wrap a view of the API: it runs for a known viewer, and whatever goes wrong is a problem document."""

    @csrf_exempt  # no cookie counts here, so none can be abused
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = _answer(request, lambda: view(request, *args, **kwargs))
        except Exception as error:
            response = problems.of_exception(error)
        if response.status_code >= 400 and response.headers.get("Content-Type") != problems.CONTENT_TYPE:
            kept = {name: value for name, value in response.headers.items() if name in ("Allow", "Retry-After")}
            response = problems.problem(response.status_code, headers=kept)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return enter


def public(view: View) -> View:
    """Wrap a view that tells nothing of the community, such as the description of the API."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            return problems.problem(405, headers={"Allow": "GET, HEAD", "Cache-Control": "private, no-store"})
        response = view(request, *args, **kwargs)
        if response.status_code >= 400:
            return problems.problem(response.status_code, headers={"Cache-Control": "private, no-store"})
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    return enter


@csrf_exempt  # a 404 like all others, whatever the method
def nothing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer for addresses that do not exist."""
    return problems.problem(404, headers={"Cache-Control": "private, no-store"})


def _answer(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    language = _preferred_language(request)
    if language:
        translation.activate(language)  # ViewerMiddleware puts the language back when the request is over
    viewer = _recognised(request)
    viewer = viewer.speaking(language or viewer.language)
    request.viewer = viewer  # type: ignore[attr-defined]
    translation.activate(viewer.language)
    is_safe = request.method in SAFE_METHODS
    _require_scope(viewer, READ if is_safe else WRITE)
    if wait := seconds_to_wait(viewer, "read" if is_safe else "write"):
        raise Problem(429, _("Too many requests. Please wait."), Retry_After=str(ceil(wait)))
    if is_safe:
        return answer()
    _take_json(request)
    key = request.headers.get(HEADER)
    if key is None:
        return answer()
    now = timezone.now()
    return answered_once(request, member_id=viewer.member_id or 0, key=key, answer=answer, now=now)


def _preferred_language(request: HttpRequest) -> str:
    """Return the language of ours that `Accept-Language` likes best, or nothing when it names none."""
    ours = dict(settings.LANGUAGES)
    for tag, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = tag.partition("-")[0]
        if quality > 0 and language in ours:
            return language
    return ""


def _recognised(request: HttpRequest) -> Viewer:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    viewer = viewer_from_token(token.strip()) if kind.lower() == "bearer" and token.strip() else None
    if viewer is None:
        raise Problem(401, _("Please send a valid token: “Authorization: Bearer TOKEN”."), WWW_Authenticate="Bearer")
    return viewer


def _require_scope(viewer: Viewer, scope: str) -> None:
    if not has_scope(viewer, scope):
        wanted = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise Problem(403, _("This token may not do that."), WWW_Authenticate=wanted)


def _take_json(request: HttpRequest) -> None:
    length = request.headers.get("Content-Length", "")
    size = whole(length or "0")
    if size is None or size > MAX_BODY_BYTES:
        raise Problem(413)
    has_body = length not in ("", "0") or "Transfer-Encoding" in request.headers
    if has_body and request.content_type != "application/json":
        raise Problem(415, _("Please send JSON with “Content-Type: application/json”."))
    request.read_json = read_json(request.body) if request.body else {}  # type: ignore[attr-defined]
