"""SAML: the answer comes by a POST from the provider, without our cookies; a link that is good once brings them."""

import logging
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.hosting import links
from kizuna.core.identities import actions, arriving, queries
from kizuna.core.identities.arriving import Arrival
from kizuna.core.identities.models import Provider
from kizuna.core.identities.saml import IS_INSTALLED, Distrusted, answers, metadata
from kizuna.core.identities.views.joining import BEGUN, joined_to_own
from kizuna.core.members import limits
from kizuna.core.members.requests import Request

SAML = Provider.Kind.SAML
REQUEST = "in_response_to"

logger = logging.getLogger("kizuna.identities")


def entity_id(provider: Provider) -> str:
    """Return who we are at a provider: the address of what we say of ourselves to it."""
    return links.absolute_url(reverse("identities:saml-metadata", args=[provider.slug]))


def acs_url(provider: Provider) -> str:
    """Return where a provider's answers go; no other provider has it."""
    return links.absolute_url(reverse("identities:saml-acs", args=[provider.slug]))


def way_to(provider: Provider, begun: actions.Begun, *, now: datetime) -> str:
    """Return where the browser signs in."""
    return answers.sign_in_url(
        provider.metadata["sign_in_url"], request_id=f"_{begun.nonce}", entity_id=entity_id(provider),
        acs_url=acs_url(provider), relay=begun.state, now=now,
    )  # fmt: skip


@never_cache
@require_GET
def described(request: Request, slug: str) -> HttpResponse:
    """Send what the provider is told of us."""
    provider = next((item for item in queries.providers() if item.slug == slug and item.kind == SAML), None)
    if provider is None:
        raise Http404
    said = metadata.own(entity_id=entity_id(provider), acs_url=acs_url(provider))
    return HttpResponse(said, content_type="application/samlmetadata+xml")


@csrf_exempt  # comes from the provider's own page, without our cookies; the assertion is signed for us and good once
@never_cache
@require_POST
def acs(request: Request, slug: str) -> HttpResponse:
    """Take the provider's answer and go on by a link that is good once, with which the browser's own cookies come."""
    provider, now = queries.open_provider(slug, kind=SAML), timezone.now()
    limits.require_company_sign_in(request, now=now)
    if not IS_INSTALLED:
        raise Http404
    expected = answers.Expected(
        provider.issuer, metadata.certificates_of(provider.key_set), entity_id(provider), acs_url(provider)
    )
    try:
        answer = answers.believed(request.POST.get("SAMLResponse", ""), expected=expected, now=now)
        if not answer.request_id and not provider.allows_unasked:
            raise Distrusted("unasked")
        if not actions.use_once(key=f"saml:{provider.pk}:{answer.assertion_id}", until=answer.until):
            raise Distrusted("replay")
    except Distrusted as error:
        logger.warning("sign-in by %s refused: %s", provider.slug, error)
        text = _("We could not confirm the answer of %(name)s. Please try again.")
        return arriving.turned_away(request, text % {"name": queries.name_of(provider, request.viewer.language)})
    claims = {**answer.claims, REQUEST: answer.request_id}
    ticket = actions.make_ticket(provider=provider, claims=claims, next_url="", now=now)
    asked = urlencode({"ticket": ticket, "state": request.POST.get("RelayState", "")[:200]})
    return redirect(f"{reverse('identities:saml-arrival', args=[provider.slug])}?{asked}")


@never_cache
@require_GET
def arrival(request: Request, slug: str) -> HttpResponse:
    """Let the owner of the answer in: in the browser that asked, or in any where the provider may send people unasked."""
    provider, now = queries.open_provider(slug, kind=SAML), timezone.now()
    used = actions.use_ticket(key=request.GET.get("ticket", ""), kind=SAML, now=now)
    if used is None or used[0].pk != provider.pk:
        return arriving.turned_away(request, _run_out())
    claims = dict(used[1])
    request_id = claims.pop(REQUEST)
    if not request_id:
        return _unasked(request, provider, claims, now=now)
    begun = actions.use_attempt(
        provider=provider, state=request.GET.get("state", ""), begun_here=request.session.get(BEGUN, []), now=now
    )
    if begun is None or request_id != f"_{begun.nonce}":
        return arriving.turned_away(request, _run_out())
    came = Arrival(provider, claims["sub"], claims, next=begun.next, sid=claims.get("sid", ""))
    if begun.member_id is not None:
        return joined_to_own(request, came, member_id=begun.member_id)
    if request.viewer.is_member:
        return redirect(begun.next or "/")
    return arriving.arrived(request, came, now=now)


def _unasked(request: Request, provider: Provider, claims: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Let somebody in whom the provider sends by itself; whoever is signed in here stays who they are."""
    if not provider.allows_unasked:
        return arriving.turned_away(request, _run_out())
    if request.viewer.is_member:
        return HttpResponseRedirect("/")
    return arriving.arrived(request, Arrival(provider, claims["sub"], claims, sid=claims.get("sid", "")), now=now)


def _run_out() -> str:
    return _("This sign-in has run out or was begun in another browser. Please try again.")
