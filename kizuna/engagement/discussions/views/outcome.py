"""How a view ends: led on with a message, refused with a reason, or sent to sign in first."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from kizuna.core.files import attaching
from kizuna.core.members.policies import Refused, can_act, can_manage, can_moderate
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer

View = Callable[..., HttpResponse]
SIGN_IN = "/signin/"


def is_script(request: Request) -> bool:
    """Tell whether our own script asks and shows the outcome itself, without a new page."""
    return request.headers.get("X-Requested-With") == "fetch"


def is_htmx(request: Request) -> bool:
    """Tell whether htmx asks and puts the answer into the page."""
    return request.headers.get("HX-Request") == "true"


def done(request: Request, to: str, text: str = "", *, undo: str = "") -> HttpResponse:
    """Lead on to `to` with a message; `undo` is "ADDRESS NAME=VALUE", what a press of "Undo" posts."""
    if is_script(request):
        return HttpResponse(status=204)
    if text:
        messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return HttpResponseRedirect(to)


def refused(request: Request, why: Refused, to: str) -> HttpResponse:
    """Lead back with the reason; a script gets it with 422."""
    if is_script(request) or is_htmx(request):
        return HttpResponse(str(why.reason), status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, str(why.reason))
    return HttpResponseRedirect(to)


def place_in(request: Request, fallback: str) -> str:
    """Return the address a form names as its way back, if it is one of ours."""
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else fallback


def to_sign_in(request: Request) -> HttpResponse:
    """Ask to sign in and come back to a page; a form's own address is not one."""
    back = request.get_full_path() if request.method == "GET" else place_in(request, "/")
    return redirect_to_login(back, login_url=SIGN_IN)


def sign_in_again(request: Request, form: forms.Form) -> HttpResponse:
    """Keep what was written when the sign-in ran out: the same form waits to be sent once more."""
    if is_script(request):
        return HttpResponse(status=401)
    fields = [(name, form[name].value() or "") for name in form.fields if name != attaching.FIELD]
    hidden = [(name, value) for name, value in request.POST.items() if name not in form.fields]
    hidden = [(name, value) for name, value in hidden if name != "csrfmiddlewaretoken"]
    context = {"fields": fields, "hidden": hidden, "sign_in_url": f"{SIGN_IN}?next=/", "action": request.path}
    context["files_field"] = attaching.FIELD if getattr(request, "fields_left_out", None) else ""
    return render(request, "discussions/sign_in_again.html", context, status=401)


def forbidden(request: Request) -> HttpResponse:
    """Say that this member may not, on a page with a way back."""
    return render(request, "403.html", status=403)


def for_members(view: View) -> View:
    """Let only signed-in members in; others are asked to sign in and come back."""
    return _gated(view, can_act)


def for_moderators(view: View) -> View:
    """Let only moderators and managers in."""
    return _gated(view, can_moderate)


def for_managers(view: View) -> View:
    """Let only managers in."""
    return _gated(view, can_manage)


def _gated(view: View, allowed: Callable[[Viewer], bool]) -> View:
    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer: Viewer = request.viewer
        if allowed(viewer):
            return view(request, *args, **kwargs)
        if viewer.is_member:
            return forbidden(request)
        return HttpResponse(status=401) if is_script(request) or is_htmx(request) else to_sign_in(request)

    return gated
