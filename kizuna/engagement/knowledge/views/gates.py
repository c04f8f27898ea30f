"""Who may open a page that keeps articles. The middleware turns a refusal into a page or a sign-in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from kizuna.core.members.requests import Request
from kizuna.engagement.knowledge.policies import require_editor


def for_editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        require_editor(request.viewer)
        return view(request, *args, **kwargs)

    return gated
