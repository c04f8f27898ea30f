"""Who gets through to the pages of imports."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from kizuna.core.members.requests import Request
from kizuna.success.imports.policies import require_reader, require_worker

View = Callable[..., HttpResponseBase]


def readers(view: View) -> View:
    """Let those through who may read customers."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_reader(request.viewer)
        return view(request, *args, **kwargs)

    return gated


def workers(view: View) -> View:
    """Let those through who may change customers."""

    @wraps(view)
    def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_reader(request.viewer)
        require_worker(request.viewer)
        return view(request, *args, **kwargs)

    return gated
