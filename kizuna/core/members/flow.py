"""A flow under way (signing in, joining, confirming): its session, its end, the way back, and what was being typed.

The session belongs to the flow and ends with it; nobody is kept signed in by it. What a person had typed when their
sign-in ran out waits in it, and is shown again for sending after they came back.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from kizuna.base import registry
from kizuna.core.members import actions, queries, signin
from kizuna.core.members.clients import address_of
from kizuna.core.members.models import Member
from kizuna.core.members.requests import Request

PENDING = "pending"
# The cookie in which an app above leaves a word about how somebody came here; joining hands it on.
CAME_BY = "came_by"
MAX_PENDING_BYTES = 64 * 1024
NEVER_KEPT = ("password", "code", "credential", "csrfmiddlewaretoken")


class FlowSessionMiddleware(SessionMiddleware):
    """Django's session middleware, but a session that holds nothing ends, and its cookie with it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.accessed and request.session.session_key and not request.session.keys():
            request.session.flush()
        return super().process_response(request, response)


def came_by(request: HttpRequest) -> str:
    """Return the word that was left about how this person came here, or an empty one."""
    word = request.COOKIES.get(CAME_BY, "")[:40]
    return word if word.isascii() and word.isalnum() else ""


@dataclass(frozen=True)
class Pending:
    """A form that could not be taken because nobody was signed in."""

    path: str
    back: str
    fields: list[tuple[str, str]]


def keep_pending(request: Request) -> None:
    """Keep the fields of a POST (no secrets, no files, at most 64 KB) until its person is back."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(part in name.lower() for part in NEVER_KEPT)
        for value in values
    ]
    if not fields or sum(len(name.encode()) + len(value.encode()) for name, value in fields) > MAX_PENDING_BYTES:
        return
    referer = urlsplit(request.headers.get("Referer", ""))
    back = referer.path if referer.netloc == request.get_host() else "/"
    whose = request.viewer.member_id or signin.member_named_by(request.COOKIES.get(signin.COOKIE, ""))
    request.session[PENDING] = {"path": request.get_full_path(), "back": back, "fields": fields, "member": whose}


def take_pending(request: Request) -> Pending | None:
    """Return what waits to be sent, once, if it waits for whoever is signed in now."""
    kept = request.session.pop(PENDING, None)
    if not kept or kept["member"] not in (None, request.viewer.member_id):
        return None
    return Pending(path=kept["path"], back=kept["back"], fields=[tuple(field) for field in kept["fields"]])


def has_pending(request: Request) -> bool:
    """Tell whether something waits to be sent."""
    return PENDING in request.session


def finish(request: Request, *, member: Member, method: str, now: datetime) -> None:
    """Turn a flow that passed every step into a sign-in: a row, our own cookie, and the end of the flow's session."""
    pending = request.session.get(PENDING)
    if pending and pending["member"] not in (None, member.pk):
        pending = None  # somebody else was writing on this device
    with transaction.atomic():
        cookie = actions.finish_sign_in(
            member=member,
            method=method,
            now=now,
            user_agent=request.headers.get("User-Agent", ""),
            address=address_of(request) or None,
        )
        made, before = signin.sign_in_named_by(cookie), request.viewer.sign_in_id
        for door in registry.of(registry.EntranceDoor):
            door.finished(request=request, member=member, sign_in_id=made, before=before, now=now)
    request.session.flush()
    if pending:
        request.session[PENDING] = {**pending, "member": member.pk}
    rotate_token(request)
    request.user = member
    request.viewer = queries.viewer_of(member)
    request.finished_sign_in = cookie


def refusal_to_enter(request: Request, *, member: Member) -> str:
    """Return why a member may not come in by what they have just proven, or ""."""
    methods = {record.get("method", "") for record in get_authentication_records(request, member)}
    asked = (
        door.refusal(request=request, member=member, methods=methods) for door in registry.of(registry.EntranceDoor)
    )
    return str(next(filter(None, asked), ""))


def refusal_to_join(request: Request, *, email: str) -> str:
    """Return why somebody new with this address may not join by themselves, or ""."""
    asked = (door.refusal_to_join(request=request, email=email) for door in registry.of(registry.EntranceDoor))
    return str(next(filter(None, asked), ""))


def settle(request: Request) -> None:
    """Drop what a finished step of somebody signed in left in the session, but not what waits to be sent."""
    for key in set(request.session.keys()) - {PENDING}:
        del request.session[key]


def end(request: Request) -> None:
    """Sign this browser out: the row is revoked by the caller, the cookie goes with the answer."""
    request.session.flush()
    request.finished_sign_in = None


def safe_next(request: Request) -> str:
    """Return where the person wanted to go, if that is a page of this community, else ""."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if is_safe(request, target) else ""


def is_safe(request: Request, target: str) -> bool:
    """Tell whether `target` is the path of a page of this host; a word without a slash would be looked up as a route."""
    return target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def with_next(url: str, target: str) -> str:
    """Return `url` carrying where to go afterwards."""
    return f"{url}?{urlencode({'next': target})}" if target else url
