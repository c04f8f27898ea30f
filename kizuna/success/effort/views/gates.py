"""Who may open a page of hours: for everybody else it is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from kizuna.core.members.requests import Request
from kizuna.success.effort import policies

View = Callable[..., HttpResponseBase]


def _gate(require: Callable[[Any], None]) -> Callable[[View], View]:
    def gate(view: View) -> View:
        @wraps(view)
        def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            policies.require_staff(request.viewer)
            require(request.viewer)
            return view(request, *args, **kwargs)

        return gated

    return gate


staff = _gate(policies.require_staff)
team_readers = _gate(policies.require_team)
closers = _gate(policies.require_closer)
