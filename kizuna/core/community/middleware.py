"""Begin each request with the generations of this moment."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kizuna.core.community import generations


class GenerationsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with generations.of_this_request():
            return self.get_response(request)
