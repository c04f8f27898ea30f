"""Who may open a page of Studio. The middleware turns a refusal into a page or a sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import can_manage, can_moderate, require, require_manager, require_sign_in
from kizuna.core.members.requests import Request

View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        require_manager(request.viewer)
        return view(request, *args, **kwargs)

    return gated


def for_staff(view: View) -> View:
    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = request.viewer
        require_sign_in(viewer)
        require(can_manage(viewer) or can_moderate(viewer), _("Only staff may open this page."))
        return view(request, *args, **kwargs)

    return gated
