"""The way to a company's provider and back, and the end of it from either side."""

import logging

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import outbound
from kizuna.base.hosting import links
from kizuna.core.identities import actions, arriving, oidc, queries, reading
from kizuna.core.identities.arriving import Arrival
from kizuna.core.identities.models import Provider
from kizuna.core.identities.saml import IS_INSTALLED
from kizuna.core.identities.views import saml
from kizuna.core.identities.views.joining import BEGUN, joined_to_own
from kizuna.core.members import flow, limits
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

TABS = 5  # sign-ins that one browser may have under way

logger = logging.getLogger("kizuna.identities")


@never_cache
@require_GET
def start(request: Request, slug: str) -> HttpResponse:
    """Go to the provider."""
    provider = queries.open_provider(slug, kind=queries.BY_BROWSER)
    target = flow.safe_next(request)
    if request.viewer.is_member:
        return redirect(target or "/")
    return to_provider(request, provider, next_url=target, member_id=None)


def to_provider(request: Request, provider: Provider, *, next_url: str, member_id: int | None) -> HttpResponse:
    """Begin an attempt in this browser and answer with the way to the provider."""
    now = timezone.now()
    limits.require_company_sign_in(request, now=now)
    if provider.kind == Provider.Kind.SAML:
        return _to_saml(request, provider, next_url=next_url, member_id=member_id)
    try:
        reading.refresh(provider, now=now)
        client = reading.client_of(provider)
    except (oidc.Distrusted, outbound.Unreachable) as error:
        logger.warning("sign-in by %s not begun: %s", provider.slug, error)
        return arriving.turned_away(request, _unavailable(provider, request))
    begun = _begun(request, provider, next_url=next_url, member_id=member_id)
    url = oidc.authorization_url(
        client, state=begun.state, nonce=begun.nonce, verifier=begun.verifier, scopes=provider.scopes
    )
    return HttpResponseRedirect(url)


def _to_saml(request: Request, provider: Provider, *, next_url: str, member_id: int | None) -> HttpResponse:
    if not IS_INSTALLED:
        logger.warning("sign-in by %s not begun: the SAML extra is not installed", provider.slug)
        return arriving.turned_away(request, _unavailable(provider, request))
    begun = _begun(request, provider, next_url=next_url, member_id=member_id)
    return HttpResponseRedirect(saml.way_to(provider, begun, now=timezone.now()))


def _begun(request: Request, provider: Provider, *, next_url: str, member_id: int | None) -> actions.Begun:
    """Write an attempt down, bound to this browser."""
    begun = actions.begin_attempt(provider=provider, next_url=next_url, member_id=member_id, now=timezone.now())
    request.session[BEGUN] = [*request.session.get(BEGUN, []), begun.id][-TABS:]
    return begun


@never_cache
@require_GET
def callback(request: Request, slug: str) -> HttpResponse:
    """Come back from the provider. The attempt decides which provider it must have been, not the address."""
    provider, now = queries.open_provider(slug, kind=Provider.Kind.OIDC), timezone.now()
    limits.require_company_sign_in(request, now=now)
    used = actions.use_attempt(
        provider=provider, state=request.GET.get("state", ""), begun_here=request.session.get(BEGUN, []), now=now
    )
    if used is None:
        return arriving.turned_away(
            request, _("This sign-in has run out or was begun in another browser. Please try again.")
        )
    if request.GET.get("error"):
        return arriving.turned_away(request, _("The sign-in at %(name)s was not finished.") % _named(provider, request))
    try:
        _require_same_issuer(request, provider)
        claims = reading.claims_for(
            provider, code=request.GET.get("code", "")[:4000], verifier=used.verifier, nonce=used.nonce, now=now
        )
    except oidc.Distrusted as error:
        logger.warning("sign-in by %s refused: %s", provider.slug, error)
        return arriving.turned_away(
            request, _("We could not confirm the answer of %(name)s. Please try again.") % _named(provider, request)
        )
    except outbound.Unreachable as error:
        logger.warning("provider %s unreachable: %s", provider.slug, error)
        return arriving.turned_away(request, _unavailable(provider, request))
    sid = claims.get("sid") if isinstance(claims.get("sid"), str) else ""
    arrival = Arrival(provider, claims["sub"], claims, next=used.next, sid=str(sid))
    if used.member_id is not None:
        return joined_to_own(request, arrival, member_id=used.member_id)
    if request.viewer.is_member:
        return redirect(used.next or "/")
    return arriving.arrived(request, arrival, now=now)


@never_cache
@require_http_methods(["GET", "POST"])
def both(request: Request) -> HttpResponse:
    """Ask whether the account that is here already is the person's own, before anything waits to be joined to it."""
    waiting = arriving.kept(request, now=timezone.now())
    if waiting is None or not waiting.email_key or request.viewer.is_member:
        return redirect("account_login")
    target = flow.safe_next(request)
    if request.method == "POST":
        arriving.agree(request, waiting)
        messages.info(request, _("Please sign in once as you did so far. Then both accounts are joined."))
        return redirect(flow.with_next(reverse("account_login"), target))
    provider = queries.provider_for(waiting.provider)
    context = {"email": waiting.email_key, "name": queries.name_of(provider, request.viewer.language), "next": target}
    return render(request, "identities/both.html", context)


@never_cache
@require_GET
def signed_out(request: Request, slug: str) -> HttpResponse:
    """Say that this device is signed out here, and offer the same at the provider."""
    provider = queries.open_provider(slug, kind=Provider.Kind.OIDC)
    client = oidc.Client(provider.issuer, provider.client_id, "", provider.metadata)
    url = oidc.end_session_url(client, back_to=links.absolute_url("/"))
    if not url or request.viewer.is_member:
        return redirect("/")
    context = {"name": queries.name_of(provider, request.viewer.language), "url": url}
    return render(request, "identities/signed_out.html", context)


@csrf_exempt  # a provider's server calls; the token is signed for us and good once
@never_cache
@require_POST
def back_channel_logout(request: Request, slug: str) -> HttpResponse:
    """End the sign-ins that the provider's logout token names."""
    provider, now = queries.open_provider(slug, kind=Provider.Kind.OIDC), timezone.now()
    token = request.POST.get("logout_token", "")
    try:
        limits.require_company_sign_in(request, now=now)
        claims = reading.believed(provider, lambda **facts: oidc.verified_logout(token, **facts), now=now)
    except (oidc.Distrusted, outbound.Unreachable, Refused) as error:
        logger.warning("logout token of %s refused: %s", provider.slug, error)
        return JsonResponse({"error": "invalid_request"}, status=400)
    age = abs(now.timestamp() - claims["iat"])
    if age > oidc.LOGOUT_FRESH or not actions.use_once(
        key=f"logout:{provider.pk}:{claims['jti']}", until=now + oidc.LOGOUT_KEPT
    ):
        return JsonResponse({"error": "invalid_request"}, status=400)
    subject, sid = (str(claims.get(name) or "") for name in ("sub", "sid"))
    actions.end_sign_ins(provider=provider, subject=subject, sid=sid, now=now)
    return HttpResponse(status=200)


def _require_same_issuer(request: Request, provider: Provider) -> None:
    """RFC 9207: the answer names its issuer, where the provider says that it does, and it is the one we asked."""
    said = request.GET.get("iss")
    if said is None and provider.metadata.get("authorization_response_iss_parameter_supported") is not True:
        return
    if said != provider.issuer:
        raise oidc.Distrusted("iss")


def _named(provider: Provider, request: Request) -> dict[str, str]:
    return {"name": queries.name_of(provider, request.viewer.language)}


def _unavailable(provider: Provider, request: Request) -> str:
    return _("%(name)s does not answer just now. Please try again in a few minutes.") % _named(provider, request)
