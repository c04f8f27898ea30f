"""How a view ends: led on with a message, refused with a reason, or sent to sign in first."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from kizuna.core.members.policies import Refused, can_act, can_manage, can_moderate
from kizuna.core.members.viewer import Viewer

View = Callable[..., HttpResponse]
SIGN_IN = "/signin/"


def is_script(request: HttpRequest) -> bool:
    """Tell whether our own script asks and shows the outcome itself, without a new page."""
    return request.headers.get("X-Requested-With") == "fetch"


def done(request: HttpRequest, to: str, text: str = "", *, undo: str = "") -> HttpResponse:
    """Lead on to `to` with a message; `undo` is "ADDRESS NAME=VALUE", what a press of "Undo" posts."""
    if is_script(request):
        return HttpResponse(status=204)
    if text:
        messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return HttpResponseRedirect(to)


def refused(request: HttpRequest, why: Refused, to: str) -> HttpResponse:
    """Lead back with the reason; a script gets it with 422."""
    if is_script(request):
        return HttpResponse(str(why.reason), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(why.reason))
    return HttpResponseRedirect(to)


def place_in(request: HttpRequest, fallback: str) -> str:
    """Return the address a form names as its way back, if it is one of ours."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if is_ours else fallback


def for_members(view: View) -> View:
    """Let only signed-in members in; others are asked to sign in and come back."""
    return _gated(view, can_act)


def for_moderators(view: View) -> View:
    return _gated(view, can_moderate)


def for_managers(view: View) -> View:
    return _gated(view, can_manage)


def _gated(view: View, allowed: Callable[[Viewer], bool]) -> View:
    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if allowed(viewer):
            return view(request, *args, **kwargs)
        if viewer.is_member:
            return HttpResponseForbidden()
        if is_script(request):
            return HttpResponse(status=401)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", login_url=SIGN_IN)

    return gated
