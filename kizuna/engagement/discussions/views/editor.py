"""What the editor asks for while somebody writes: preview, people to mention, keeping the draft."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import directory
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.forms import tags_in
from kizuna.engagement.discussions.queries import lists
from kizuna.engagement.discussions.rendering import previews
from kizuna.engagement.discussions.views import outcome
from kizuna.engagement.discussions.views.outcome import done, for_members

MAX_TYPED = 30
OURS = r"^(ask$|topic:|space:|edit:)"  # drafts of other apps stand on their own pages


@require_POST
@for_members
def preview(request: Request) -> HttpResponse:
    """Show a text as it will look: the same reading as the post's."""
    try:
        return HttpResponse(previews.of_body(request.POST.get("body", "")))
    except Refused as why:
        return HttpResponse(format_html("<p>{}</p>", str(why.reason)))


@require_safe
@for_members
def mentions(request: Request) -> JsonResponse:
    """Name members whose name, reading or handle begins like what was typed after the @."""
    viewer: Viewer = request.viewer
    typed = request.GET.get("q", "")[:MAX_TYPED]
    found = directory.mentionable(viewer, typed)
    response = JsonResponse([{"handle": member.handle, "name": member.name} for member in found], safe=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_members
def drafts(request: Request) -> HttpResponse:
    """Show this member's drafts; a POST keeps one, or throws it away when it is empty."""
    viewer: Viewer = request.viewer
    if request.method == "POST":
        return _keep(request, viewer)
    shown = [
        {"draft": draft, "url": _place_of(draft.context), "place": _place_name(draft.context)}
        for draft in lists.drafts_of(viewer).filter(context__regex=OURS)
    ]
    return render(request, "discussions/drafts.html", {"drafts": shown})


def _keep(request: Request, viewer: Viewer) -> HttpResponse:
    context, body = request.POST.get("context", ""), request.POST.get("body", "")
    before = lists.draft_for(viewer, context)
    # A form may lack fields that the draft has: what was typed there before stays.
    title = request.POST.get("title", before.title if before and body else "")
    tags = tags_in(request.POST["tags"]) if "tags" in request.POST else before.tags if before else ()
    try:
        actions.save_draft(viewer=viewer, context=context, body=body, title=title, tags=tags, now=timezone.now())
    except Refused as why:
        return outcome.refused(request, why, "/drafts/")
    said = _("Your draft is kept.") if body else _("The draft was thrown away.")
    return done(request, outcome.place_in(request, "/drafts/"), said)


def _place_of(context: str) -> str:
    kind, _sep, key = context.partition(":")
    return {"topic": f"/t/{key}/?after=0#reply", "space": f"/s/{key}/new/", "edit": f"/p/{key}/edit/"}.get(
        kind, "/ask/"
    )


def _place_name(context: str) -> str:
    return {
        "topic": _("A reply"),
        "space": _("A new post"),
        "edit": _("A change of a post"),
    }.get(context.partition(":")[0], _("A question"))
