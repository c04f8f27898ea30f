"""People as others see them: the directory, a member's page, names to mention."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from kizuna.base import registry
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.core.community.settings import in_language
from kizuna.core.members import queries
from kizuna.core.members.gates import signed_in
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer


@signed_in
@require_GET
def directory(request: Request) -> HttpResponse:
    """List the members, or those whom a name, reading or company finds."""
    text = request.GET.get("q", "")[:100]
    page = queries.page_of_members(request.viewer, text=text, after=request.GET.get("after", "")[:120])
    more = urlencode({"q": text, "after": page.after} if text else {"after": page.after})
    staff = _staff_among(page.members)
    people = [{"member": member, "is_staff": member.pk in staff} for member in page.members]
    context = {"people": people, "text": text, "next_url": f"{request.path}?{more}" if page.after else ""}
    return render(request, "members/directory.html", context)


@require_GET
@same_for_visitors
def person(request: Request, handle: str) -> HttpResponse:
    """Show a member's page. A handle given up leads to the one of today."""
    viewer: Viewer = request.viewer
    try:
        member = queries.person_for(viewer, handle)
    except Http404:
        today = queries.current_handle(viewer, handle)
        if today is None:
            raise
        return redirect("members:person", today, permanent=True)
    parts = [
        {"label": part.label, "html": part.render(viewer=viewer, member_id=member.pk, language=viewer.language)}
        for part in registry.of(registry.ProfilePart)
    ]
    answers = queries.answers_visible_to(viewer, [member.pk])[member.pk]
    context = {
        "canonical": absolute_url(reverse("members:person", args=[member.handle])),
        "member": member,
        "answers": [
            (in_language(answer.attribute.label, viewer.language), answer.read(viewer.language)) for answer in answers
        ],
        "is_own": member.pk == viewer.member_id,
        "is_staff": bool(_staff_among([member])),
        "parts": [part for part in parts if part["html"]],
    }
    return render(request, "members/person.html", context)


@signed_in
@require_GET
def mentions(request: Request) -> JsonResponse:
    """Answer with the members whom a typed name may mean."""
    text = request.GET.get("q", "")[:60]
    found = queries.mentionable(request.viewer, text) if text.strip() else []
    return JsonResponse([{"handle": member.handle, "name": member.name} for member in found], safe=False)


def _staff_among(members: list[Member]) -> set[int]:
    roles = RoleGrant.objects.filter(member__in=members).exclude(role=Role.ANALYST)
    return set(roles.values_list("member_id", flat=True))
