"""Studio: the spaces of the community."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuna.base.web.opened import Opened, Standing
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import MEMBERS, Viewer
from kizuna.core.members.views.saving import acted, opened_on, status_of
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.forms import WORD_FIELDS, AudienceForm, NewSpaceForm, SpaceForm
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.queries import page_studio
from kizuna.engagement.discussions.rendering import words
from kizuna.engagement.discussions.views.outcome import done, for_managers

HOME = "/studio/spaces/"


@require_safe
@for_managers
def spaces(request: Request) -> HttpResponse:
    """List the spaces in their order."""
    language = request.viewer.language
    shown = [
        {
            "space": space,
            "name": in_language(space.name, language),
            "kind": words.KINDS[space.kind],
            "audience": page_studio.label_of(space.audience, language),
            "posting": _("Only the team opens topics")
            if space.posting == Space.Posting.STAFF
            else _("Readers open topics"),
        }
        for space in page_studio.spaces()
    ]
    return render(request, "discussions/studio_spaces.html", {"spaces": shown})


@require_http_methods(["GET", "POST"])
@for_managers
def new_space(request: Request) -> HttpResponse:
    """Make a space."""
    viewer: Viewer = request.viewer
    start = {"kind": "question", "posting": "members", "color": "d1", "icon": "message-circle", "audience": MEMBERS}
    form = NewSpaceForm(request.POST or None, initial=start, audiences=page_studio.audiences(viewer.language))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            space = actions.create_space(
                viewer=viewer, slug=given["slug"], kind=given["kind"], audience_id=int(given["audience"]),
                now=timezone.now(), **form.changes(),
            )  # fmt: skip
            return done(request, HOME, _("The space “{name}” is there.").format(name=_name(space, viewer)))
        except Refused as why:
            form.refuse(why)
    context = {"form": form, "is_new": True}
    return render(request, "discussions/studio_space.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_managers
def space(request: Request, slug: str) -> HttpResponse:
    """Change a space."""
    viewer: Viewer = request.viewer
    found = queries.space_edited(viewer, slug, request.POST.get("space", ""))
    form = SpaceForm(request.POST or None, initial=_initial(found))
    form.fields["kind"].disabled = queries.has_topics(found)

    def act() -> str:
        changes = {"slug": form.cleaned_data["slug"], "kind": form.cleaned_data["kind"], **form.changes()}
        actions.edit_space(viewer=viewer, space=found, now=timezone.now(), opened=Opened.read(request.POST), **changes)
        return HOME

    def standing() -> Standing:
        now = queries.space_edited(viewer, found.slug, str(found.pk))
        return Standing(_initial(now), page_studio.space_opened(now, page_studio.FORM))

    outcome = acted(request, form, act=act, done=_("The change is saved."), standing=standing)
    if isinstance(outcome, HttpResponse):
        return outcome
    context = {
        **outcome,
        "form": form,
        "space": found,
        "name": _name(found, viewer),
        "audience": page_studio.label_of(found.audience, viewer.language),
    }
    return render(request, "discussions/studio_space.html", context, status=status_of(form, outcome))


@require_http_methods(["GET", "POST"])
@for_managers
def audience(request: Request, slug: str) -> HttpResponse:
    """Change who may see a space: first what it means, then the change itself."""
    viewer: Viewer = request.viewer
    found = queries.space_edited(viewer, slug, request.POST.get("space", ""))
    choices = page_studio.audiences(viewer.language)
    form = AudienceForm(request.POST or None, initial={"audience": found.audience_id}, audiences=choices)

    def act() -> str:
        actions.edit_space(
            viewer=viewer,
            space=found,
            audience_id=int(form.cleaned_data["audience"]),
            now=timezone.now(),
            opened=Opened.read(request.POST),
        )
        return HOME

    def standing() -> Standing:
        now = queries.space_edited(viewer, found.slug, str(found.pk))
        return Standing({"audience": now.audience_id}, page_studio.space_opened(now, page_studio.AUDIENCE))

    outcome: dict[str, Any] | HttpResponse = {"opened": opened_on(request, standing)}
    if request.POST.get("step") == "apply":
        outcome = acted(request, form, act=act, done=_("Who may see the space was changed."), standing=standing)
    if isinstance(outcome, HttpResponse):
        return outcome
    context: dict[str, Any] = {"form": form, "space": found, "name": _name(found, viewer), **outcome}
    if request.method == "POST" and form.is_valid():
        chosen = int(form.cleaned_data["audience"])
        context |= {
            "chosen": dict(choices)[chosen],
            "people": page_studio.people_in(chosen),
            "people_before": page_studio.people_in(found.audience_id),
            "reach": page_studio.reach_of(found),
            "is_same": chosen == found.audience_id,
        }
    return render(request, "discussions/studio_audience.html", context, status=status_of(form, outcome))


@require_POST
@for_managers
def order(request: Request, slug: str) -> HttpResponse:
    """Move a space one place up or down."""
    viewer: Viewer = request.viewer
    found = queries.space_for(viewer, slug)
    ids = [space.pk for space in page_studio.spaces()]
    place = ids.index(found.pk)
    target = place + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= target < len(ids):
        ids[place], ids[target] = ids[target], ids[place]
        actions.order_spaces(viewer=viewer, space_ids=ids, now=timezone.now())
    return done(request, HOME)


@require_http_methods(["GET", "POST"])
@for_managers
def archive(request: Request, slug: str) -> HttpResponse:
    """Say what archiving changes, archive a space, or open it again."""
    viewer: Viewer = request.viewer
    found = queries.space_for(viewer, slug)
    if request.method == "GET":
        context = {"space": found, "name": _name(found, viewer), "reach": page_studio.reach_of(found)}
        return render(request, "discussions/studio_archive.html", context)
    own = f"{HOME}{found.slug}/archive/"
    if request.POST.get("on") == "0":
        actions.unarchive_space(viewer=viewer, space=found, now=timezone.now())
        return done(request, HOME, _("The space is open again."), undo=f"{own} on=1")
    actions.archive_space(viewer=viewer, space=found, now=timezone.now())
    return done(request, HOME, _("The space is archived."), undo=f"{own} on=0")


def _name(space: Space, viewer: Viewer) -> str:
    return in_language(space.name, viewer.language)


def _initial(space: Space) -> dict[str, Any]:
    names = ("slug", "kind", "icon", "color", "posting", "members_first_hours")
    initial = {name: getattr(space, name) for name in names}
    for name in WORD_FIELDS:
        initial |= {f"{name}_{language}": getattr(space, name).get(language, "") for language in ("ja", "en")}
    return initial
