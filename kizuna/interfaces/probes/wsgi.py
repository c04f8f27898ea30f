"""Answers the probes in front of everything else, without entering a community for the request."""

import ipaddress
import os
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from kizuna.base.hosting.directory import LOOPBACK_HOSTS, bare_host
from kizuna.interfaces.probes import health, metrics

TEXT = ("Content-Type", "text/plain; charset=utf-8")
NEVER_STORED = ("Cache-Control", "no-store")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")

StartResponse = Callable[..., Any]


def answer_probe(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes] | None:
    """Answer `/healthz`, `/readyz` and `/metrics`; None for every other path."""
    answer = ANSWERS.get(environ.get("PATH_INFO", ""))
    if answer is None:
        return None
    status, body = answer(environ)
    content_type = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8") if answer is _metrics else TEXT
    start_response(status, [content_type, NEVER_STORED, ("Content-Length", str(len(body)))])
    return [body]


def _healthz(environ: dict[str, Any]) -> tuple[str, bytes]:
    return "200 OK", b"ok\n"


def _readyz(environ: dict[str, Any]) -> tuple[str, bytes]:
    findings = health.readiness()
    is_ready = not any(finding.problem for finding in findings)
    if not _may_see_details(environ):
        return _readiness_status(is_ready), b"ready\n" if is_ready else b"not ready\n"
    lines = [f"{finding.subject}: {finding.problem or 'ok'}\n" for finding in findings]
    return _readiness_status(is_ready), "".join(lines).encode()


def _readiness_status(is_ready: bool) -> str:
    return "200 OK" if is_ready else "503 Service Unavailable"


def _metrics(environ: dict[str, Any]) -> tuple[str, bytes]:
    if not _may_see_details(environ):
        return "404 Not Found", b"not found\n"
    return "200 OK", metrics.page()


ANSWERS = {"/healthz": _healthz, "/readyz": _readyz, "/metrics": _metrics}


def _may_see_details(environ: dict[str, Any]) -> bool:
    """Say whether the asker is this machine itself (no proxy in between) or holds KIZUNA_METRICS_TOKEN."""
    token = os.environ.get("KIZUNA_METRICS_TOKEN", "")
    offered = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(offered.encode(), token.encode()):
        return True
    is_forwarded = any(name in environ for name in FORWARDED)
    is_local_name = bare_host(environ.get("HTTP_HOST", "")) in LOOPBACK_HOSTS
    return is_local_name and not is_forwarded and _is_loopback(environ.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
