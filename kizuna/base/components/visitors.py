"""Views say here that their page is the same for every visitor; the cache in front of Django obeys (core.home.page_cache)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

HEADER = "X-Kizuna-Visitors"


def same_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the answer be kept for visitors until the content changes.

    Such a page sets no cookie, holds no CSRF token and depends on nothing but path, language, theme and the query
    parameters that the cache knows. For a member nothing changes.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not request.viewer.is_member and response.status_code == 200:
            response.headers[HEADER] = "same"
        return response

    return wrapped
