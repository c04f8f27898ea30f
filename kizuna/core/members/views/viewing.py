"""Look as somebody else: begin, see what is hidden and why, end."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.rules import Verdict
from kizuna.core.members import actions, queries, view_as
from kizuna.core.members.gates import managers, signed_in
from kizuna.core.members.models import Audience
from kizuna.core.members.requests import Request
from kizuna.core.members.view_as import Seen
from kizuna.core.members.viewer import STAFF


@managers
@require_POST
def as_member(request: Request, member_id: int) -> HttpResponse:
    """Begin to look as a member."""
    member = queries.member_for_studio(member_id)
    if not member.is_active:
        raise Http404
    return _begun(request, view_as.MEMBER, member.pk)


@managers
@require_POST
def as_audience(request: Request, audience_id: int) -> HttpResponse:
    """Begin to look as somebody in an audience."""
    return _begun(request, view_as.AUDIENCE, queries.audience_for_studio(audience_id).pk)


@signed_in
@require_GET
def hidden(request: Request) -> HttpResponse:
    """List what the manager sees and the other does not, and why."""
    seen = request.seen
    if seen is None or request.known is None:
        raise Http404
    own, language = request.known.viewer, request.known.viewer.language
    audiences = {audience.pk: audience for audience in Audience.objects.all()}
    lines = []
    for audience_id, uses in queries.uses(language).items():
        if audience_id in seen.viewer.audience_ids or audience_id not in own.audience_ids:
            continue
        audience = audiences[audience_id]
        lines.append(
            {
                "audience": queries.audience_label(audience, language),
                "uses": uses,
                "why": _why(seen, audience),
                "verdict": _verdict(seen, audience, language),
            }
        )
    return render(request, "members/view_as_hidden.html", {"lines": lines, "name": seen.name})


@require_POST
def end(request: Request) -> HttpResponse:
    """Look as oneself again."""
    seen: Any = request.seen
    response = redirect("/")
    if seen is not None and seen.member is not None:
        response = redirect("members:studio-member", seen.member.pk)
    elif seen is not None and seen.audience is not None:
        response = redirect("members:studio-audience", seen.audience.pk)
    view_as.end(response)
    return response


def _begun(request: Request, kind: str, number: int) -> HttpResponse:
    actions.note_viewed_as(viewer=request.viewer, kind=kind, number=number, now=timezone.now())
    response = redirect("/")
    view_as.begin(response, viewer=request.viewer, kind=kind, number=number)
    return response


def _why(seen: Seen, audience: Audience) -> str:
    if audience.pk == STAFF:
        return _("Only the team sees this.")
    if seen.member is None:
        return _("Whoever is in this audience alone is not in that one.")
    if audience.kind == Audience.Kind.RULE:
        return _("The rule of the audience does not fit:")
    return _("Not among the members listed in the audience.")


def _verdict(seen: Seen, audience: Audience, language: str) -> Verdict | None:
    if seen.member is None:
        return None
    return queries.reason(audience, seen.member.pk, language=language, now=timezone.now())
