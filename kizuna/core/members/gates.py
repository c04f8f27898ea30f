"""Who may open a page of an account. The middleware turns what is raised here into the way to the gate and back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import ConfirmationRequired, can_own, require, require_manager, require_sign_in
from kizuna.core.members.requests import Request

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Let members through."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_sign_in(request.viewer)
        return view(request, *args, **kwargs)

    return gated


def confirmed(view: View) -> View:
    """Let members through who proved who they are within the last minutes: pages that change how one gets in."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_sign_in(request.viewer)
        if request.known is None or not request.known.is_confirmed(now=timezone.now()):
            raise ConfirmationRequired
        return view(request, *args, **kwargs)

    return gated


def managers(view: View) -> View:
    """Let owners and admins through."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_manager(request.viewer)
        return view(request, *args, **kwargs)

    return gated


def owners(view: View) -> View:
    """Let owners through who proved who they are within the last minutes: pages that decide who everybody is."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_sign_in(request.viewer)
        require(can_own(request.viewer), _("Only owners may do this."))
        return confirmed(view)(request, *args, **kwargs)

    return gated
