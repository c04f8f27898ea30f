"""Views say here that their page is the same for every visitor; the cache in front of Django obeys (core.home.page_cache)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt

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


def form_on_kept_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Accept a form that stands on a kept page, where no CSRF token can be: it must come from a page of this host.

    Browsers state where a POST comes from (`Origin`, `Sec-Fetch-Site`); a form on another site cannot lie about it.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        own = f"{request.scheme}://{request.get_host()}"
        if origin != own or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)

    wrapped.takes_form = True  # base.web cleans its text
    return wrapped
