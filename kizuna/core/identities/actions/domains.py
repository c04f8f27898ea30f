"""Domains and the record by which DNS proves them."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.actions import log_manager_action
from kizuna.core.identities.actions.providers import DOMAIN, require_owner
from kizuna.core.identities.models import ProvenDomain, Provider
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

PREFIX = "_kizuna-challenge."
VALUE = "kizuna-domain-verification="
GRACE = timedelta(days=7)
MAX_DOMAINS = 100


@transaction.atomic
def add_domain(*, viewer: Viewer, provider: Provider, domain: str, now: datetime) -> ProvenDomain:
    """Claim a domain for a provider; it counts once DNS says so."""
    require_owner(viewer)
    domain = domain.strip().lower().removeprefix("@")
    if not DOMAIN.fullmatch(domain):
        raise Refused(_("Please enter a domain such as example.co.jp."), field="domain")
    if ProvenDomain.objects.filter(domain=domain).exists():
        raise Refused(_("This domain is in the list of a provider already."), field="domain")
    require(provider.proven_domains.count() < MAX_DOMAINS, _("There are too many domains already."))
    row = ProvenDomain.objects.create(provider=provider, domain=domain, token=secrets.token_urlsafe(24), created_at=now)
    _note(viewer, "domain.added", row, now=now)
    return row


@transaction.atomic
def remove_domain(*, viewer: Viewer, row: ProvenDomain, now: datetime) -> None:
    """Let a provider speak for a domain no more."""
    require_owner(viewer)
    _note(viewer, "domain.removed", row, now=now)
    row.delete()


@transaction.atomic
def note_checked(*, row: ProvenDomain, found: list[str], viewer: Viewer | None = None, now: datetime) -> bool:
    """Keep what DNS said; return whether the domain counts. A record that is gone counts for another week."""
    row = ProvenDomain.objects.select_for_update().get(pk=row.pk)
    was_proven, row.checked_at = row.verified_at is not None, now
    if f"{VALUE}{row.token}" in [text.strip() for text in found]:
        row.verified_at, row.missing_since = row.verified_at or now, None
    elif was_proven:
        row.missing_since = row.missing_since or now
        if now - row.missing_since >= GRACE:
            row.verified_at = None
    row.save()
    if (row.verified_at is not None) != was_proven:
        _note(viewer, "domain.lapsed" if was_proven else "domain.proven", row, now=now)
    return row.verified_at is not None


def _note(viewer: Viewer | None, action: str, row: ProvenDomain, *, now: datetime) -> None:
    member_id = viewer.member_id if viewer else None
    log_manager_action(action, member_id=member_id, subject=f"provider:{row.provider_id}", after=row.domain, now=now)
