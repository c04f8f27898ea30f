"""Set `request.viewer` and `request.user`, speak the viewer's language, and stand at the gates."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions, flow, queries, signin, view_as
from kizuna.core.members.policies import ConfirmationRequired, Refused, SignInRequired
from kizuna.core.members.requests import Request

LANGUAGE_COOKIE = "lang"
LANGUAGES = ("ja", "en")
LANGUAGE_AGE = 365 * 24 * 3600
ALWAYS_OPEN = (
    "/api/", "/brand.css", "/f/", "/hooks/", "/scim/", "/signin/", "/signout/", "/static/", "/terms/", "/u/", "/w/",
)  # fmt: skip
# A member who has yet to agree to new terms may still leave and take their data along.
OPEN_WITHOUT_CONSENT = ("/account/export/", "/account/leave/", "/account/confirm/")


class ViewerMiddleware:
    """The one place where a request learns who asks."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        _recognise(request)
        viewer = request.viewer
        with translation.override(viewer.language), timezone.override(viewer.time_zone):
            response = self.get_response(request)
        _give_cookies(request, response)
        if request.viewer.is_member:
            response.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", viewer.language)
        return response

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lead a member who owes something (consent to new terms, a second proof) there first; a text under way waits."""
        known = request.known
        if request.seen is not None and view_as.is_closed(request.path, request.method):
            reason = _("You are looking as somebody else. Go back to yourself first.")
            return render(request, "members/refused.html", {"reason": reason}, status=403)
        if known is None or request.path.startswith(ALWAYS_OPEN):
            return None
        if known.owes_consent and not request.path.startswith(OPEN_WITHOUT_CONSENT):
            return _lead(request, "members:consent")
        if known.owes_second_proof and not request.path.startswith("/account/"):
            return _lead(request, "mfa_index")
        return None

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Lead to signing in or confirming and back; tell any other refusal that no view showed."""
        if isinstance(exception, SignInRequired):
            return _lead(request, "account_login")
        if isinstance(exception, ConfirmationRequired):
            return _lead(request, "account_reauthenticate")
        if isinstance(exception, Refused):
            return render(request, "members/refused.html", {"reason": exception.reason}, status=403)
        return None


def visitor_language(request: Request) -> str:
    """Return the language chosen by `?lang=` or its cookie, else the community's; never by Accept-Language guessing alone."""
    return _chosen_language(request) or community.setting(keys.DEFAULT_LANGUAGE)


def _chosen_language(request: Request) -> str:
    chosen = (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE))
    return next((language for language in chosen if language in LANGUAGES), "")


def _recognise(request: Request) -> None:
    now = timezone.now()
    cookie = request.COOKIES.get(signin.COOKIE)
    request.seen = None
    request.known = known = signin.known_from(cookie, now=now) if cookie else None
    if known is None:
        request.user = AnonymousUser()  # type: ignore[assignment]
        request.viewer = queries.visitor(language=visitor_language(request))
        return
    request.user = known.member
    request.viewer = known.viewer.speaking(_chosen_language(request) or known.viewer.language)
    if view_as.COOKIE in request.COOKIES and not request.path.startswith("/api/"):
        _look_as(request, known, now)
    if known.is_worth_noting(now=now):
        with timezone.override(known.viewer.time_zone):
            actions.note_seen(viewer=known.viewer, now=now, today=timezone.localdate(now))


def _look_as(request: Request, known: signin.Known, now: datetime) -> None:
    """Let a manager who looks as somebody else see what those see, in the manager's own language."""
    request.seen = view_as.seen_by(request.COOKIES[view_as.COOKIE], known, now=now)
    if request.seen is not None:
        request.viewer = request.seen.viewer.speaking(request.viewer.language)
        if request.seen.member is not None:
            request.user = request.seen.member


def _give_cookies(request: Request, response: HttpResponse) -> None:
    """Hand out, or take back, our cookie; a visitor who chose nothing gets none."""
    if finished := getattr(request, "finished_sign_in", ""):
        signin.set_cookie(response, finished)
    elif view_as.COOKIE in request.COOKIES and request.seen is None and view_as.COOKIE not in response.cookies:
        view_as.end(response)
    elif signin.COOKIE in request.COOKIES and (request.known is None or hasattr(request, "finished_sign_in")):
        signin.drop_cookie(response)
    chosen = request.GET.get("lang")
    if chosen in LANGUAGES and request.COOKIES.get(LANGUAGE_COOKIE) != chosen:
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=LANGUAGE_AGE, samesite="Lax", secure=request.is_secure())


def _lead(request: Request, url_name: str) -> HttpResponse:
    """Answer with the way to a gate and back; a form under way is kept and can be sent afterwards."""
    if request.method == "POST":
        flow.keep_pending(request)
        back = reverse("members:resume") if flow.has_pending(request) else "/"
    else:
        back = request.get_full_path()
    target = flow.with_next(reverse(url_name), back)
    if request.headers.get("HX-Request"):  # a fragment cannot show a page: the browser goes there as a whole
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)
