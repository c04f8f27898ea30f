"""Somebody comes from a provider that we believe: who they are here, and what they still have to prove.

An identity is (provider, subject). An address only says where to look: it joins nothing unless DNS says that the provider
speaks for its domain and the member has nothing else to lose. In every other case the person proves the account, or
the address, here and in the same flow (`Kept` waits in the flow's session), and then both are joined.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kizuna.core.identities import actions, mapping, queries, telling
from kizuna.core.identities.actions.joined import PROVEN_DOMAIN
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.members import entrance
from kizuna.core.members import queries as members
from kizuna.core.members.entrance import Purpose
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.entrance import signed_in_by_code

KEY = "company"
METHOD = "company"
WAITS = 1800  # seconds for which the second proof is awaited


@dataclass(frozen=True)
class Arrival:
    """What a provider has just said."""

    provider: Provider
    subject: str
    claims: Mapping[str, Any]
    next: str = ""
    sid: str = ""


@dataclass(frozen=True)
class Kept:
    """What waits in the flow's session: by which identity somebody comes in, or which is to be joined."""

    provider: int
    subject: str
    at: float
    identity: int | None = None
    sid: str = ""
    email_key: str = ""
    # The person said that the account is theirs: whoever was only sent here has agreed to nothing.
    is_agreed: bool = False
    claims: dict[str, Any] = field(default_factory=dict)


def kept(request: Request, *, now: datetime) -> Kept | None:
    """Return what waits in this flow, if it is still awaited."""
    found = request.session.get(KEY)
    if not found:
        return None
    waiting = Kept(**found)
    return waiting if now.timestamp() - waiting.at < WAITS else None


def arrived(request: Request, arrival: Arrival, *, now: datetime) -> HttpResponse:
    """Let somebody in, make them a member, or ask for the proof that is missing."""
    provider, said = arrival.provider, mapping.said(arrival.provider.mapping, arrival.claims)
    identity = queries.identity_of(provider, arrival.subject)
    if identity is not None:
        return _let_in(request, arrival, identity, now=now)
    member = members.member_by_email(said.email_key)
    if member is not None and not member.is_imported:
        if not _may_join(provider, member, said):
            return _ask_for_both(request, arrival, said, now=now)
        identity = actions.join_identity(
            provider=provider, subject=arrival.subject, member=member, how=PROVEN_DOMAIN, claims=arrival.claims, now=now
        )
        telling.tell_joined(request, member, now=now)
        return _let_in(request, arrival, identity, now=now)
    if reason := _no_new_member(provider, said):
        return turned_away(request, reason)
    if not _is_address_believed(provider, said):
        return _ask_for_address(request, arrival, said, now=now)
    try:
        identity = actions.join_new_member(
            provider=provider, subject=arrival.subject, said=said, claims=arrival.claims,
            language=request.viewer.language, now=now,
        )  # fmt: skip
    except Refused as refused:
        return turned_away(request, str(refused.reason))
    return _let_in(request, arrival, identity, now=now)


def agree(request: Request, waiting: Kept) -> None:
    """Keep that the person wants both accounts joined; they still have to prove the one here."""
    request.session[KEY] = asdict(replace(waiting, is_agreed=True))


def turned_away(request: Request, reason: str) -> HttpResponse:
    """Go back to the sign-in page with a reason."""
    messages.warning(request, reason)
    return redirect("account_login")


def _let_in(request: Request, arrival: Arrival, identity: Identity, *, now: datetime) -> HttpResponse:
    member = identity.member
    if member.state == Member.State.ACTIVE:
        actions.note_arrival(identity=identity, claims=arrival.claims, now=now)
    _keep(request, arrival, now=now, identity=identity.pk)
    return signed_in_by_code(
        request,
        Member.objects.get(pk=member.pk),
        next_url=arrival.next,
        method=METHOD,
        provider=arrival.provider.pk,
        has_second_step=arrival.provider.asks_second_step or None,
    )


def _may_join(provider: Provider, member: Member, said: mapping.Said) -> bool:
    """Tell whether an address is enough: proven domain, checked address, and nothing to lose on the other side."""
    return (
        said.is_verified
        and member.state == Member.State.ACTIVE
        and queries.speaks_for(provider, said.domain)
        and not queries.has_other_proof(member)
    )


def _is_address_believed(provider: Provider, said: mapping.Said) -> bool:
    return said.is_verified and (provider.is_trusted_for_addresses or queries.speaks_for(provider, said.domain))


def _no_new_member(provider: Provider, said: mapping.Said) -> str:
    if provider.joining == Provider.Joining.NOBODY:
        return _("This company account is not known here. Please ask whoever runs the community.")
    if not said.email:
        return _("Your company account tells no e-mail address, without which nobody can join.")
    if provider.domains and said.domain not in provider.domains:
        return _("People with an address of this domain do not join by this provider.")
    return ""


def _ask_for_both(request: Request, arrival: Arrival, said: mapping.Said, *, now: datetime) -> HttpResponse:
    _keep(request, arrival, now=now, email_key=said.email_key, claims=dict(arrival.claims))
    url = reverse("identities:both")
    return redirect(f"{url}?{urlencode({'next': arrival.next})}" if arrival.next else url)


def _ask_for_address(request: Request, arrival: Arrival, said: mapping.Said, *, now: datetime) -> HttpResponse:
    if not entrance.has_way_in(members.member_by_email(said.email_key), email=said.email_key, now=now):
        return turned_away(request, _("This community is joined by invitation."))
    _keep(request, arrival, now=now, email_key=said.email_key, claims=dict(arrival.claims), is_agreed=True)
    try:
        entrance.begin(request, purpose=Purpose.ENTER, email=said.email, next_url=arrival.next, now=now)
    except Refused as refused:
        return turned_away(request, str(refused.reason))
    messages.info(request, _("We sent six digits to your address, to make sure that it is yours."))
    return redirect("members:code")


def _keep(request: Request, arrival: Arrival, *, now: datetime, **more: Any) -> None:
    if "claims" in more:
        more["claims"] = mapping.kept(more["claims"])
    waiting = Kept(arrival.provider.pk, arrival.subject, now.timestamp(), sid=arrival.sid, **more)
    request.session[KEY] = asdict(waiting)
