"""Answers to what cannot be read at all."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template import loader

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say on a page of its own that what was sent is too large, or is not what a page of ours sends."""
    is_large = isinstance(exception, TOO_LARGE)
    template = loader.get_template("413.html" if is_large else "400.html")
    return HttpResponse(template.render(), status=413 if is_large else 400)
