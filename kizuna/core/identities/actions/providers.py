"""Providers as owners set them up. Only owners: whoever sets one up decides who everybody is."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting.sealing import seal
from kizuna.base.outbound.client import is_fetchable
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import SITE
from kizuna.core.identities import mapping, product_tokens, queries
from kizuna.core.identities.models import CompanySignIn, Identity, Provider, ProviderKey
from kizuna.core.identities.saml.metadata import Described
from kizuna.core.members import actions as members
from kizuna.core.members import policies
from kizuna.core.members import queries as member_queries
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

SECRET = "provider-secret"  # noqa: S105 - the purpose under which it is sealed
SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
MAX_PROVIDERS = 20
CHANGEABLE = (
    "label", "issuer", "client_id", "scopes", "joining", "domains", "is_trusted_for_addresses", "asks_second_step",
    "allows_unasked",
)  # fmt: skip


def require_owner(viewer: Viewer) -> None:
    """Raise Refused unless the viewer is an owner in a browser."""
    require(policies.can_own(viewer) and viewer.sign_in_id is not None, _("Only owners may do this."))


@transaction.atomic
def add_provider(
    *,
    viewer: Viewer,
    kind: str,
    slug: str,
    fields: Mapping[str, Any],
    secret: str,
    now: datetime,
    described: Described | None = None,
) -> Provider:
    """Set a provider up, switched off; `described` is the metadata of a SAML one. Raises Refused naming the field at fault."""
    require_owner(viewer)
    require(Provider.objects.count() < MAX_PROVIDERS, _("There are too many providers already."))
    if not SLUG.fullmatch(slug):
        raise Refused(_("Small letters, digits and hyphens, a letter first."), field="slug")
    if Provider.objects.filter(slug=slug).exists():
        raise Refused(_("There is a provider with this word already."), field="slug")
    last = Provider.objects.aggregate(last=Max("position"))["last"]
    provider = Provider(slug=slug, kind=kind, created_at=now, position=0 if last is None else last + 1)
    _describe(provider, described, now=now)
    _fill(provider, fields, secret=secret)
    provider.save()
    _note(viewer, "provider.added", provider, after=_described(provider), now=now)
    return provider


@transaction.atomic
def change_provider(
    *,
    viewer: Viewer,
    provider: Provider,
    fields: Mapping[str, Any],
    secret: str,
    now: datetime,
    described: Described | None = None,
) -> None:
    """Change a provider. Another issuer or client is another provider: what is joined to the old one would be taken over."""
    require_owner(viewer)
    provider = _locked(provider)
    before = _described(provider)
    if Identity.objects.filter(provider=provider).exists() and fields["issuer"] != provider.issuer:
        raise Refused(_("People are joined to this issuer. Add the new one as another provider."), field="issuer")
    _fill(provider, fields, secret=secret)
    if fields["issuer"] != before["issuer"]:
        provider.metadata, provider.metadata_at, provider.key_set, provider.key_set_at = {}, None, {}, None
    _describe(provider, described, now=now)
    provider.save()
    _note(viewer, "provider.changed", provider, before=before, after=_described(provider), now=now)


@transaction.atomic
def save_mapping(*, viewer: Viewer, provider: Provider, paths: Mapping[str, str], now: datetime) -> None:
    """Say which claims become what here."""
    require_owner(viewer)
    provider = _locked(provider)
    known = {f"{mapping.ATTRIBUTE}{item.key}" for item in member_queries.attributes()}
    allowed = {*mapping.FIELDS, "email", *known}
    clean = {name: path.strip()[:200] for name, path in paths.items() if name in allowed and path.strip()}
    before, provider.mapping = provider.mapping, clean
    provider.save(update_fields=["mapping"])
    _note(viewer, "provider.mapped", provider, before=before, after=clean, now=now)


@transaction.atomic
def switch(*, viewer: Viewer, provider: Provider, is_on: bool, now: datetime) -> None:
    """Let people in by a provider, or no more. One that is forced on people stays until it is forced no more."""
    require_owner(viewer)
    provider = _locked(provider)
    if not is_on and provider.forced != Provider.Forced.NOBODY:
        raise Refused(_("People have to sign in by this provider. Stop forcing it first."))
    if is_on and provider.kind != Provider.Kind.JWT and not provider.metadata:
        raise Refused(_("The provider has not been read yet. Please check the issuer first."))
    if is_on and provider.kind == Provider.Kind.JWT and not provider.keys.exists():
        raise Refused(_("Please make a key first."))
    Provider.objects.filter(pk=provider.pk).update(is_on=is_on)
    _note(viewer, "provider.switched_on" if is_on else "provider.switched_off", provider, now=now)


@transaction.atomic
def remove_provider(*, viewer: Viewer, provider: Provider, now: datetime) -> None:
    """Remove a provider with what is joined to it. Sign-ins that came by it end."""
    require_owner(viewer)
    provider = _locked(provider)
    require(
        provider.forced == Provider.Forced.NOBODY, _("People have to sign in by this provider. Stop forcing it first.")
    )
    came = CompanySignIn.objects.filter(identity__provider=provider).values_list("sign_in_id", flat=True)
    members.revoke_sign_ins(sign_in_ids=list(came), now=now)
    _note(viewer, "provider.removed", provider, before=_described(provider), now=now)
    provider.delete()


@transaction.atomic
def add_key(
    *, viewer: Viewer, provider: Provider, algorithm: str, public_key: str = "", now: datetime
) -> tuple[ProviderKey, str]:
    """Make a shared secret, shown once, or take the product's public key. Two at a time."""
    require_owner(viewer)
    provider = _locked(provider)
    if provider.keys.count() >= queries.AT_ONCE:
        raise Refused(_("There are two keys already. Remove the old one first."))
    shown = ""
    if algorithm == ProviderKey.Algorithm.HS256:
        shown = text = secrets.token_urlsafe(48)
    else:
        text = public_key.strip()
        try:
            product_tokens.require_public_key(text)
        except Exception:  # whatever the parser makes of a stranger's text
            raise Refused(
                _("Please paste an RSA public key (PEM) of 2,048 bits or more."), field="public_key"
            ) from None
    key = ProviderKey.objects.create(
        provider=provider,
        kid=secrets.token_hex(6),
        algorithm=algorithm,
        sealed=seal(text, purpose=product_tokens.PURPOSE),
        created_by_id=viewer.member_id,
        created_at=now,
    )
    _note(viewer, "provider.key_added", provider, after=f"{key.kid} {algorithm}", now=now)
    return key, shown


@transaction.atomic
def remove_key(*, viewer: Viewer, provider: Provider, key_id: int, now: datetime) -> None:
    """Trust a key no more, at once."""
    require_owner(viewer)
    key = provider.keys.filter(pk=key_id).first()
    require(key is not None, _("This key has been removed already."))
    ProviderKey.objects.filter(pk=key_id).delete()
    _note(viewer, "provider.key_removed", provider, before=key and key.kid, now=now)


def note_metadata(*, provider: Provider, metadata: dict[str, Any], now: datetime) -> None:
    """Keep what the issuer says of itself."""
    Provider.objects.filter(pk=provider.pk).update(metadata=metadata, metadata_at=now)
    provider.metadata, provider.metadata_at = metadata, now


def note_keys(*, provider: Provider, key_set: dict[str, Any], now: datetime) -> None:
    """Keep the issuer's public keys."""
    Provider.objects.filter(pk=provider.pk).update(key_set=key_set, key_set_at=now)
    provider.key_set, provider.key_set_at = key_set, now


def note_key_used(*, key: ProviderKey, now: datetime) -> None:
    """Write when a product's key was last used, so that nobody removes the one in use."""
    ProviderKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _fill(provider: Provider, fields: Mapping[str, Any], *, secret: str) -> None:
    for name in CHANGEABLE:
        setattr(provider, name, fields.get(name, False) if name == "allows_unasked" else fields[name])
    provider.issuer, provider.client_id = provider.issuer.strip(), provider.client_id.strip()
    provider.label = {language: text.strip()[:60] for language, text in fields["label"].items()}
    provider.domains = _domains(fields["domains"])
    _check(provider)
    if secret.strip():
        provider.sealed_secret = seal(secret.strip(), purpose=SECRET)


def _check(provider: Provider) -> None:
    if not any(provider.label.values()):
        raise Refused(_("Please enter a name."), field="label_ja")
    if not provider.issuer:
        raise Refused(_("Please enter the issuer."), field="issuer")
    if provider.kind == Provider.Kind.JWT:
        return
    other = Provider.objects.filter(kind=provider.kind, issuer=provider.issuer).exclude(pk=provider.pk)
    if other.exists():
        raise Refused(_("There is a provider with this issuer already."), field="issuer")
    if provider.kind == Provider.Kind.SAML:
        return
    if not is_fetchable(provider.issuer) or "?" in provider.issuer or "#" in provider.issuer:
        raise Refused(_("Please enter an address that begins with https://."), field="issuer")
    if not provider.client_id:
        raise Refused(_("Please enter the client ID that the provider gave you."), field="client_id")
    if "openid" not in provider.scopes.split():
        raise Refused(_("The word “openid” has to be among them."), field="scopes")


def _domains(wanted: list[str]) -> list[str]:
    clean = list(dict.fromkeys(text.strip().lower().removeprefix("@") for text in wanted if text.strip()))
    if bad := next((text for text in clean if not DOMAIN.fullmatch(text)), ""):
        raise Refused(_("“%(domain)s” is not a domain.") % {"domain": bad[:60]}, field="domains")
    return clean[:100]


def _locked(provider: Provider) -> Provider:
    return Provider.objects.select_for_update().get(pk=provider.pk)


def _describe(provider: Provider, described: Described | None, *, now: datetime) -> None:
    """Set where a SAML provider is and with what it signs, as its metadata says."""
    if described is not None:
        provider.metadata, provider.metadata_at = described.metadata(), now
        provider.key_set, provider.key_set_at = described.key_set(), now


def _described(provider: Provider) -> dict[str, Any]:
    said = {**{name: getattr(provider, name) for name in CHANGEABLE}, "forced": provider.forced}
    if provider.kind == Provider.Kind.SAML:
        pems = [item["pem"] for item in provider.key_set.get("certificates", [])]
        said["certificates"] = [hashlib.sha256(pem.encode()).hexdigest()[:16] for pem in pems]
        said |= provider.metadata
    return said


def _note(
    viewer: Viewer, action: str, provider: Provider, *, now: datetime, before: Any = None, after: Any = None
) -> None:
    log_manager_action(
        action, member_id=viewer.member_id, subject=f"provider:{provider.pk}", before=before, after=after, now=now
    )
    bump_generation(SITE)
