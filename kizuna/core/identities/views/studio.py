"""Studio: the providers by which people sign in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import outbound
from kizuna.base.hosting import links
from kizuna.core.identities import actions, mapping, oidc, queries, reading, wording
from kizuna.core.identities.actions.domains import PREFIX, VALUE
from kizuna.core.identities.forms import FORCED_NAMES, DomainForm, ForceForm, KeyForm, MappingForm, ProviderForm
from kizuna.core.identities.models import Provider
from kizuna.core.identities.saml import IS_INSTALLED, metadata
from kizuna.core.members import queries as members
from kizuna.core.members.gates import owners
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request

PAGE = "identities:studio-provider"


@owners
@require_GET
def providers(request: Request) -> HttpResponse:
    """List the providers, and who comes in when they do not work."""
    counts, language = queries.identity_counts(), request.viewer.language
    named = {row.member_id: row for row in queries.glass_breakers()}
    context = {
        "lines": [
            {
                "provider": item,
                "name": queries.name_of(item, language),
                "kind": wording.KIND_NAMES[item.kind],
                "forced": FORCED_NAMES[Provider.Forced(item.forced)] if item.forced != "nobody" else "",
                "count": counts.get(item.pk, 0),
            }
            for item in queries.providers()
        ],
        "owners": [
            {"member": owner, "row": named.get(owner.pk), "is_fit": queries.has_two_steps(owner)}
            for owner in queries.owners()
        ],
        "is_forced": bool(queries.forcing()),
    }
    return render(request, "identities/studio.html", context)


@owners
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def new(request: Request, kind: str) -> HttpResponse:
    """Set a provider up."""
    if kind not in Provider.Kind.values:
        raise Http404
    form = ProviderForm(request.POST or None, kind=kind, initial={"scopes": "openid email profile"})
    if request.method == "POST" and form.is_valid():
        try:
            provider = actions.add_provider(
                viewer=request.viewer, kind=kind, slug=form.cleaned_data["slug"].strip().lower(), fields=form.said(),
                secret=form.cleaned_data.get("secret", ""), described=form.read, now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            if kind == Provider.Kind.OIDC:
                _read(request, provider)
            return redirect(PAGE, provider.pk)
    is_missing = kind == Provider.Kind.SAML and not IS_INSTALLED
    context = {"form": form, "kind": wording.KIND_NAMES[kind], "is_missing": is_missing}
    return render(request, "identities/studio_new.html", context, status=422 if form.errors else 200)


@owners
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def provider(request: Request, provider_id: int) -> HttpResponse:
    """Show one provider; change what is set."""
    found = queries.provider_for(provider_id)
    form = ProviderForm(request.POST or None, provider=found, kind=found.kind)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_provider(
                viewer=request.viewer, provider=found, fields=form.said(),
                secret=form.cleaned_data.get("secret", ""), described=form.read, now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            fresh = queries.provider_for(provider_id)
            if fresh.kind == Provider.Kind.OIDC and not fresh.metadata:
                _read(request, fresh)
            return redirect(PAGE, provider_id)
    return _page(request, found, form=form)


@owners
@require_POST
def read(request: Request, provider_id: int) -> HttpResponse:
    """Read the issuer again."""
    found = queries.provider_for(provider_id)
    if found.kind != Provider.Kind.OIDC:
        raise Http404
    if _read(request, found):
        messages.success(request, _("The provider was read: its addresses and keys are known."))
    return redirect(PAGE, provider_id)


@owners
@require_POST
def switch(request: Request, provider_id: int) -> HttpResponse:
    """Switch a provider on or off."""
    return _done(request, provider_id, actions.switch, is_on=request.POST.get("is_on") == "1")


@owners
@require_POST
def force(request: Request, provider_id: int) -> HttpResponse:
    """Force a provider on people, or no more."""
    return _done(request, provider_id, actions.force, forced=request.POST.get("forced", ""))


@owners
@require_POST
def remove(request: Request, provider_id: int) -> HttpResponse:
    """Remove a provider."""
    try:
        actions.remove_provider(viewer=request.viewer, provider=queries.provider_for(provider_id), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect(PAGE, provider_id)
    messages.success(request, _("The provider was removed. Sign-ins that came by it have ended."))
    return redirect("identities:studio")


@owners
@require_http_methods(["GET", "POST"])
def mapped(request: Request, provider_id: int) -> HttpResponse:
    """Say which claims become what, beside what the last sign-in said."""
    found, language = queries.provider_for(provider_id), request.viewer.language
    form = MappingForm(request.POST or None, provider=found, language=language)
    if request.method == "POST" and form.is_valid():
        actions.save_mapping(viewer=request.viewer, provider=found, paths=form.cleaned_data, now=timezone.now())
        messages.success(request, _("Saved. It counts from each person's next sign-in."))
        return redirect("identities:studio-mapping", provider_id)
    last = queries.last_identity(found)
    said = mapping.said(found.mapping, last.claims) if last else None
    context = {
        "form": form,
        "provider": found,
        "name": queries.name_of(found, language),
        "last": last,
        "claims": sorted((key, wording.shown_claim(value)) for key, value in last.claims.items()) if last else [],
        "become": wording.shown_said(said, language) if said else [],
    }
    return render(request, "identities/studio_mapping.html", context, status=422 if form.errors else 200)


@owners
@require_POST
def add_domain(request: Request, provider_id: int) -> HttpResponse:
    """Claim a domain."""
    found, form = queries.provider_for(provider_id), DomainForm(request.POST)
    if form.is_valid():
        try:
            actions.add_domain(
                viewer=request.viewer, provider=found, domain=form.cleaned_data["domain"], now=timezone.now()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{reverse(PAGE, args=[provider_id])}#domains")
    return _page(request, found, domain_form=form)


@owners
@require_POST
def domain(request: Request, provider_id: int, domain_id: int) -> HttpResponse:
    """Look the record of a domain up now, or let the domain go."""
    row = next((item for item in queries.domains_of(queries.provider_for(provider_id)) if item.pk == domain_id), None)
    if row is None:
        raise Http404
    now = timezone.now()
    if request.POST.get("do") == "remove":
        actions.remove_domain(viewer=request.viewer, row=row, now=now)
        return redirect(PAGE, provider_id)
    try:
        is_proven = actions.note_checked(
            row=row, found=outbound.txt_records(f"{PREFIX}{row.domain}"), viewer=request.viewer, now=now
        )
    except outbound.Unreachable:
        messages.warning(request, _("DNS does not answer just now. Please try again in a few minutes."))
        return redirect(PAGE, provider_id)
    if is_proven:
        messages.success(request, _("The domain is proven."))
    else:
        messages.warning(request, _("The record is not there yet. It can take an hour until it is seen."))
    return redirect(f"{reverse(PAGE, args=[provider_id])}#domains")


@owners
@require_POST
def add_key(request: Request, provider_id: int) -> HttpResponse:
    """Make or take a key. The answer to making a secret is the only page that ever shows it."""
    found, form = _product(provider_id), KeyForm(request.POST)
    if form.is_valid():
        try:
            key, secret = actions.add_key(
                viewer=request.viewer, provider=found, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return _page(request, found, shown_key={"kid": key.kid, "secret": secret})
    return _page(request, found, key_form=form)


@owners
@require_POST
def remove_key(request: Request, provider_id: int, key_id: int) -> HttpResponse:
    """Trust a key no more."""
    return _done(request, provider_id, actions.remove_key, key_id=key_id)


@owners
@require_POST
def glass(request: Request, member_id: int) -> HttpResponse:
    """Name an owner for the day on which the provider does not work, or take the name back."""
    now = timezone.now()
    try:
        if request.POST.get("is_named") == "1":
            person = members.member_for_studio(member_id)
            actions.name_glass_breaker(viewer=request.viewer, member=person, now=now)
        else:
            actions.unname_glass_breaker(viewer=request.viewer, member_id=member_id, now=now)
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return redirect("identities:studio")


def _product(provider_id: int) -> Provider:
    found = queries.provider_for(provider_id)
    if found.kind != Provider.Kind.JWT:
        raise Http404
    return found


def _done(request: Request, provider_id: int, action: Any, **said: Any) -> HttpResponse:
    found = queries.provider_for(provider_id)
    try:
        action(viewer=request.viewer, provider=found, now=timezone.now(), **said)
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, str(refused.reason))
    return redirect(PAGE, provider_id)


def _read(request: Request, found: Provider) -> bool:
    try:
        reading.read_issuer(found, now=timezone.now())
    except (oidc.Distrusted, outbound.Unreachable) as error:
        messages.warning(request, wording.unread(error))
        return False
    return True


def _page(request: Request, found: Provider, **forms: Any) -> HttpResponse:
    is_oidc = found.kind == Provider.Kind.OIDC
    shown = {
        "form": ProviderForm(provider=found, kind=found.kind),
        "domain_form": DomainForm(),
        "key_form": KeyForm(),
        **forms,
    }
    context = {
        "provider": found,
        "name": queries.name_of(found, request.viewer.language),
        "kind": wording.KIND_NAMES[found.kind],
        "is_oidc": is_oidc,
        "is_product": found.kind == Provider.Kind.JWT,
        "addresses": _addresses(found),
        "certificates": metadata.runs_out(found.key_set),
        "is_missing": found.kind == Provider.Kind.SAML and not IS_INSTALLED,
        "now": timezone.now(),
        "audience": links.base_url(),
        "domains": [
            {"row": row, "record": f"{PREFIX}{row.domain}", "value": f"{VALUE}{row.token}"}
            for row in queries.domains_of(found)
        ],
        "keys": list(found.keys.order_by("id")),
        "force_form": ForceForm(initial={"forced": found.forced}),
        "last": queries.last_identity(found),
        **shown,
    }
    has_errors = any(getattr(form, "errors", None) for form in shown.values())
    return render(request, "identities/studio_provider.html", context, status=422 if has_errors else 200)


def _addresses(found: Provider) -> list[tuple[str, str]]:
    if found.kind == Provider.Kind.OIDC:
        return wording.addresses_of(found, callback=reading.callback_url(found))
    return wording.saml_addresses(found) if found.kind == Provider.Kind.SAML else wording.product_addresses()
