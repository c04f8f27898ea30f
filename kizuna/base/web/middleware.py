"""Text that databases can hold, and the method HEAD."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

NUL = "\x00"


class HeadMiddleware:
    """Answer HEAD wherever GET is answered: link checkers and previews of shared links ask so. The body stays away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"  # views and the API name the methods that they take
        response = self.get_response(request)
        if response.streaming:
            response.streaming_content = ()  # type: ignore[attr-defined]
        else:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class CleanTextMiddleware:
    """Take the NUL, which PostgreSQL cannot hold and nobody types, out of queries and forms; an address with it is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or NUL in query:
            request.META["QUERY_STRING"] = query.replace("%00", "%20").replace(NUL, "%20")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Look at the parts of the address, and at the form when there is one."""
        if any(isinstance(part, str) and NUL in part for part in kwargs.values()):
            raise Http404
        # Who takes no token of forms reads the body as it comes; reading a form here would use it up.
        takes_form = not getattr(view, "csrf_exempt", False) or getattr(view, "takes_form", False)
        if request.method == "POST" and takes_form and _holds_nul(request.POST):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]


def _holds_nul(sent: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in sent.lists())


def _cleaned(sent: QueryDict) -> QueryDict:
    cleaned = QueryDict(mutable=True)
    for name, values in sent.lists():
        cleaned.setlist(name.replace(NUL, ""), [value.replace(NUL, "") for value in values])
    cleaned._mutable = False
    return cleaned
