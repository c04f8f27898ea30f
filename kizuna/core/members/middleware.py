"""Set `request.viewer` and `request.user`, and speak the viewer's language."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members import queries, signin

LANGUAGE_COOKIE = "lang"
LANGUAGES = ("ja", "en")


class ViewerMiddleware:
    """The one place where a request learns who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = None
        if cookie := request.COOKIES.get(signin.COOKIE):
            known = signin.known_from(cookie, now=timezone.now())
        if known:
            request.user, request.viewer = known  # type: ignore[attr-defined]
        else:
            request.user = AnonymousUser()
            request.viewer = queries.visitor(language=visitor_language(request))  # type: ignore[attr-defined]
        with translation.override(request.viewer.language):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.viewer.language)  # type: ignore[attr-defined]
        return response


def visitor_language(request: HttpRequest) -> str:
    """Return the language chosen by `?lang=` or its cookie, else the community's; never by Accept-Language guessing alone."""
    for chosen in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    return community.setting(keys.DEFAULT_LANGUAGE)
