"""Whole addresses in answers, as the caller reached us."""

from django.http import HttpRequest


def whole(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path of this community (the host was checked against the directory)."""
    return request.build_absolute_uri(path)
