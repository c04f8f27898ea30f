"""What identities add to signing in (registry.EntranceDoor): buttons, what is closed, and what follows a sign-in."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import EntranceDoor, Way
from kizuna.core.identities import actions, queries, telling
from kizuna.core.identities.actions.joined import BOTH_PROOFS
from kizuna.core.identities.arriving import Kept, kept
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request


def ways(*, language: str, next: str) -> list[Way]:
    """Return a button for each provider that is switched on."""
    found = [item for item in queries.providers() if queries.works_by_browser(item)]
    return [Way(queries.name_of(item, language), start_url(item, next)) for item in found]


def leads(*, request: Request, email: str, next: str) -> str:
    """Return where somebody whose domain has to use a provider signs in, unless they have just come from there."""
    if _waiting_for(request, email):
        return ""
    domain = normalised_email(email).rpartition("@")[2]
    for provider in queries.forcing():
        if queries.works_by_browser(provider) and queries.speaks_for(provider, domain):
            return start_url(provider, next)
    return ""


def refusal(*, request: Request, member: Member, methods: set[str]) -> Any:
    """Return why a member may not come in by what they proved, "" when they may."""
    forced = queries.forced_on(member)
    if not forced:
        return ""
    came = kept(request, now=timezone.now())
    is_theirs = came is not None and (_identity_of(came, member) or _is_for(came, member.email_key))
    if came is not None and is_theirs and came.provider in {provider.pk for provider in forced}:
        return ""
    if methods == {"password"} and queries.breaks_glass(member):
        return ""
    names = {"name": queries.name_of(forced[0], member.language)}
    return _("You sign in here with %(name)s. Other ways are closed for your account.") % names


def refusal_to_join(*, request: Request, email: str) -> Any:
    """Return why somebody new may not join by themselves, "" when they may."""
    forced = queries.forced_on_address(email)
    waiting = _waiting_for(request, email)
    if not forced or (waiting and waiting.provider in {provider.pk for provider in forced}):
        return ""
    return _("People join here with %(name)s.") % {"name": queries.name_of(forced[0], request.viewer.language)}


def finished(*, request: Request, member: Member, sign_in_id: int, before: int | None, now: datetime) -> None:
    """Join what waited for the second proof, keep by which identity a sign-in came, and tell of broken glass."""
    came = kept(request, now=now)
    identity = _identity_of(came, member) if came else None
    if came and identity is None and came.identity is None and _is_for(came, member.email_key):
        identity = _joined(request, came, member, now=now)
    if identity is None and before is not None and (earlier := queries.company_sign_in(before)):
        identity = earlier.identity if earlier.identity.member_id == member.pk else None
    if identity is not None:
        actions.note_sign_in(sign_in_id=sign_in_id, identity=identity, sid=came.sid if came else "")
    elif before is None and queries.forced_on(member) and queries.breaks_glass(member):
        actions.note_glass_broken(member=member, now=now)
        telling.tell_owners_of_broken_glass(request, member, now=now)


def signed_out(*, sign_in_id: int) -> str:
    """Return the page that offers to end the sign-in at the provider, too."""
    found = queries.company_sign_in(sign_in_id)
    if found is None or not found.identity.provider.metadata.get("end_session_endpoint"):
        return ""
    return reverse("identities:signed-out", args=[found.identity.provider.slug])


def keeps_two_step(*, member_id: int) -> Any:
    """Return why an owner who may break the glass keeps their authenticator app."""
    named = any(row.member_id == member_id for row in queries.glass_breakers())
    if named and queries.forcing():
        return _("You are named for the day on which the company's sign-in does not work. Name somebody else first.")
    return ""


def start_url(provider: Provider, target: str = "") -> str:
    """Return where the way to a provider begins."""
    url = reverse("identities:start", args=[provider.slug])
    return f"{url}?{urlencode({'next': target})}" if target else url


def _waiting_for(request: Request, email: str) -> Kept | None:
    found = kept(request, now=timezone.now())
    return found if found and _is_for(found, normalised_email(email)) else None


def _identity_of(came: Kept, member: Member) -> Identity | None:
    if came.identity is None:
        return None
    return Identity.objects.filter(pk=came.identity, member=member, provider_id=came.provider).first()


def _joined(request: Request, came: Kept, member: Member, *, now: datetime) -> Identity | None:
    provider = Provider.objects.filter(pk=came.provider, is_on=True).first()
    if provider is None:
        return None
    try:
        identity = actions.join_identity(
            provider=provider, subject=came.subject, member=member, how=BOTH_PROOFS, claims=came.claims, now=now
        )
    except Refused:  # somebody was faster; the person is in all the same
        return None
    actions.note_arrival(identity=identity, claims=came.claims, now=now)
    telling.tell_joined(request, member, now=now)
    return identity


def _is_for(came: Kept, email_key: str) -> bool:
    """Tell whether what waits is for that address, and the person said that it is theirs."""
    return came.is_agreed and bool(came.email_key) and came.email_key == email_key


DOOR = EntranceDoor("company", ways, leads, refusal, refusal_to_join, finished, signed_out, keeps_two_step)
