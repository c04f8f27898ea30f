"""Addresses of the API, each behind the entrance."""

from django.urls import URLPattern, include, path, re_path

from kizuna.interfaces.api.assembly import api
from kizuna.interfaces.api.entrance import entrance, nothing, public

OPEN = frozenset({"openapi-json"})


def _behind_the_entrance(pattern: URLPattern) -> URLPattern:
    wrap = public if pattern.name in OPEN else entrance
    return URLPattern(pattern.pattern, wrap(pattern.callback), pattern.default_args, pattern.name)


app_name = "api"
VERSION_1 = [_behind_the_entrance(pattern) for pattern in api.urls[0]]
urlpatterns = [path("v1/", include(VERSION_1)), re_path(r"^", nothing)]
