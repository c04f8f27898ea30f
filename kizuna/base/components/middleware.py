"""Response headers that every page carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kizuna.base.components.csp import importmap_hash


class SecurityHeadersMiddleware:
    """Content security policy without nonces (nonces would break the page cache) and the headers beside it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = (
            f"default-src 'none'; script-src 'self' '{importmap_hash()}'; style-src 'self'; img-src 'self' data: blob:; "
            "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
        )
        self.framed_policy = self.policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        framed_by_us = response.headers.get("X-Frame-Options") == "SAMEORIGIN"
        response.headers.setdefault("Content-Security-Policy", self.framed_policy if framed_by_us else self.policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response
