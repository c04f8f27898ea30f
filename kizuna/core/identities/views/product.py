"""From the company's product into the community by a signed token: by the browser's POST, or by a link that is good once."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.base.hosting import links
from kizuna.core.identities import actions, arriving, product_tokens, queries
from kizuna.core.identities.arriving import Arrival
from kizuna.core.identities.models import Provider
from kizuna.core.identities.oidc import Distrusted
from kizuna.core.members import actions as members
from kizuna.core.members import flow, limits
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

MAX_BODY = 32_000

logger = logging.getLogger("kizuna.identities")


@csrf_exempt  # comes from the product's own pages; the token is signed for us and good once. The GET below writes by its ticket
@never_cache
@require_http_methods(["GET", "POST"])
def arrival(request: Request) -> HttpResponse:
    """Take a token and go on by a link that is good once; take such a link and let the person in."""
    if request.method == "POST" and "token" in request.POST:
        try:
            key = _ticket_for(request, request.POST["token"], request.POST.get("next", ""))
        except (Distrusted, Refused) as error:
            return _no_way(request, error)
        return redirect(_by_ticket(key))
    return _by_link(request)


@csrf_exempt  # a product's server calls, without cookies
@never_cache
@require_POST
def exchange(request: Request) -> HttpResponse:
    """Take a token from the product's server and answer with a link for its browser, good once and for a minute."""
    try:
        said = json.loads(request.body[:MAX_BODY])
        token, target = said["token"], said.get("next", "")
        if not isinstance(token, str) or not isinstance(target, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return JsonResponse({"error": "invalid_request"}, status=400)
    try:
        key = _ticket_for(request, token, target)
    except Distrusted as error:
        logger.warning("token refused: %s", error)
        return JsonResponse({"error": "invalid_token"}, status=401)
    except Refused:
        return JsonResponse({"error": "slow_down"}, status=429)
    return JsonResponse(
        {"url": links.base_url() + _by_ticket(key), "expires_in": int(actions.TICKET_FOR.total_seconds())}
    )


@csrf_protect
def _by_link(request: Request) -> HttpResponse:
    """Let the owner of a link in. Whoever is signed in here as somebody else is asked first: nobody is swapped unnoticed."""
    key = request.POST.get("ticket") or request.GET.get("ticket") or ""
    now = timezone.now()
    if key and request.viewer.is_member and request.method == "GET" and not _is_own(request, key, now=now):
        return render(request, "identities/swap.html", {"ticket": key, "name": request.viewer.name})
    used = actions.use_ticket(key=key, kind=Provider.Kind.JWT, now=now) if key else None
    if used is None:
        text = _("This link has been used or has run out. Please go back to the product and try again.")
        return arriving.turned_away(request, text)
    provider, claims, target = used
    if request.viewer.is_member and request.viewer.sign_in_id is not None:
        members.revoke_sign_in(viewer=request.viewer, sign_in_id=request.viewer.sign_in_id, now=now)
    came = Arrival(provider, claims["sub"], claims, next=target if flow.is_safe(request, target) else "")
    return arriving.arrived(request, came, now=now)


def _is_own(request: Request, key: str, *, now: datetime) -> bool:
    found = actions.read_ticket(key=key, kind=Provider.Kind.JWT, now=now)
    identity = queries.identity_of(found[0], found[1]["sub"]) if found else None
    return identity is not None and identity.member_id == request.viewer.member_id


def _ticket_for(request: Request, token: str, target: str) -> str:
    """Check a token, use it up and return the secret of a link in its place. Raises Distrusted or Refused."""
    now = timezone.now()
    limits.require_company_sign_in(request, now=now)
    provider, claims = _believed(token, now=now)
    until = datetime.fromtimestamp(claims["exp"], tz=UTC) + timedelta(seconds=product_tokens.LEEWAY + 60)
    if not actions.use_once(key=f"jwt:{provider.pk}:{claims['jti']}", until=until):
        raise Distrusted("replay")
    return actions.make_ticket(
        provider=provider, claims=claims, next_url=target if flow.is_safe(request, target) else "", now=now
    )


def _believed(token: str, *, now: datetime) -> tuple[Provider, dict[str, Any]]:
    """Find the product whose issuer and key made the token; several products never share a key."""
    reason = Distrusted("issuer")
    for provider in queries.open_products():
        try:
            claims, key = product_tokens.verified(
                token, keys=provider.keys.all(), issuer=provider.issuer, audience=links.base_url()
            )
        except Distrusted as error:
            reason = error
            continue
        actions.note_key_used(key=key, now=now)
        return provider, claims
    raise reason


def _by_ticket(key: str) -> str:
    return f"{reverse('identities:product')}?{urlencode({'ticket': key})}"


def _no_way(request: Request, error: Exception) -> HttpResponse:
    logger.warning("token refused: %s", error)
    if isinstance(error, Refused):
        return arriving.turned_away(request, str(error.reason))
    text = _("The product's sign-in could not be confirmed. Please go back to it and try again.")
    return arriving.turned_away(request, text)
