"""Studio: what is asked of members, and the answers of many at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.web.opened import Opened, Standing
from kizuna.core.community.settings import in_language
from kizuna.core.members import actions, answer_files, queries
from kizuna.core.members.forms.attributes import ASKED, EDITS, KINDS, SEES, AttributeForm
from kizuna.core.members.forms.studio import AnswerFileForm, ManyAnswersForm
from kizuna.core.members.gates import managers
from kizuna.core.members.models import Attribute
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import acted, status_of

SHOWN_CHANGES = 50


@managers
@require_GET
def attributes(request: Request) -> HttpResponse:
    """List what is asked, in the order of the forms."""
    language, counts = request.viewer.language, queries.answer_counts()
    lines = [
        {
            "attribute": item,
            "name": in_language(item.label, language),
            "kind": dict(KINDS)[Attribute.Kind(item.kind)],
            "sees": dict(SEES)[Attribute.Sees(item.sees)],
            "edits": dict(EDITS)[Attribute.Edits(item.edits)],
            "asked": dict(ASKED)[Attribute.Asked(item.asked)],
            "count": counts.get(item.pk, 0),
        }
        for item in queries.attributes(with_archived=True)
    ]
    return render(request, "members/studio_attributes.html", {"lines": lines})


@managers
@require_http_methods(["GET", "POST"])
def new_attribute(request: Request) -> HttpResponse:
    """Define an attribute."""
    return _edited(request, None)


@managers
@require_http_methods(["GET", "POST"])
def attribute(request: Request, attribute_id: int) -> HttpResponse:
    """Change an attribute: all but its key and kind."""
    return _edited(request, queries.attribute_for_studio(attribute_id))


def _edited(request: Request, found: Attribute | None) -> HttpResponse:
    form = AttributeForm(request.POST or None, initial=AttributeForm.initial_from(found))
    if found is not None:
        form.fields["key"].disabled = form.fields["kind"].disabled = True

    def act() -> str:
        opened = Opened.read(request.POST)
        actions.save_attribute(
            viewer=request.viewer, attribute=found, now=timezone.now(), opened=opened, **form.changes()
        )
        return reverse("members:studio-attributes")

    def standing() -> Standing:
        assert found is not None
        now = queries.attribute_for_studio(found.pk)
        return Standing(AttributeForm.initial_from(now), queries.attribute_opened(now))

    outcome = acted(request, form, act=act, done=_("Saved."), standing=standing if found else None)
    if isinstance(outcome, HttpResponse):
        return outcome
    name = in_language(found.label, request.viewer.language) if found else ""
    context = {"form": form, "attribute": found, "name": name, **outcome}
    return render(request, "members/studio_attribute.html", context, status=status_of(form, outcome))


@managers
@require_POST
def archive(request: Request, attribute_id: int) -> HttpResponse:
    """Take an attribute out of use, or back into it."""
    found = queries.attribute_for_studio(attribute_id)
    actions.archive_attribute(
        viewer=request.viewer, attribute=found, is_archived=request.POST.get("on") != "0", now=timezone.now()
    )
    messages.success(request, _("Saved."))
    return redirect("members:studio-attributes")


@managers
@require_POST
def order(request: Request, attribute_id: int) -> HttpResponse:
    """Move an attribute one place up or down."""
    ids = [item.pk for item in queries.attributes()]
    if attribute_id in ids:
        place = ids.index(attribute_id)
        target = place + (-1 if request.POST.get("to") == "up" else 1)
        if 0 <= target < len(ids):
            ids[place], ids[target] = ids[target], ids[place]
            actions.order_attributes(viewer=request.viewer, attribute_ids=ids)
    return redirect("members:studio-attributes")


@managers
@require_GET
def answers_csv(request: Request) -> HttpResponseBase:
    """Hand out the answers of all members."""
    lines = answer_files.written(request.viewer, language=request.viewer.language)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="members.csv"'
    return response


@managers
@require_http_methods(["GET", "POST"])
def answers_file(request: Request) -> HttpResponse:
    """Take a CSV of answers: first what it would change, then the change itself."""
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "attributes": queries.attributes()}
    if request.method == "POST" and form.is_valid():
        try:
            content = form.content()
            reading = answer_files.read(content, viewer=request.viewer)
            if request.POST.get("step") == "apply" and not reading.faults:
                count = answer_files.apply(reading, viewer=request.viewer, now=timezone.now())
                done = ngettext("%(number)s answer was changed.", "%(number)s answers were changed.", count)
                messages.success(request, done % {"number": count})
                return redirect("members:studio-attributes")
            context |= {"reading": reading, "changes": _lines(reading, request), "content": content}
        except Refused as refused:
            form.refuse(refused)
    return render(request, "members/studio_answers_file.html", context, status=422 if form.errors else 200)


def _lines(reading: answer_files.Reading, request: Request) -> list[dict[str, Any]]:
    language = request.viewer.language
    return [
        {"change": change, "name": in_language(change.attribute.label, language)}
        for change in reading.changes[:SHOWN_CHANGES]
    ]


@managers
@require_http_methods(["GET", "POST"])
def many_answers(request: Request) -> HttpResponse:
    """Answer one attribute for many members: first for whom, then the change itself."""
    chosen = next((item for item in queries.attributes() if item.key == request.GET.get("attribute")), None)
    context: dict[str, Any] = {"chosen": chosen}
    if chosen is None:
        context["attributes"] = [
            {"key": item.key, "name": in_language(item.label, request.viewer.language)} for item in queries.attributes()
        ]
        return render(request, "members/studio_many_answers.html", context)
    form = ManyAnswersForm(request.POST or None)
    form.ask([chosen], language=request.viewer.language, answers={})
    if request.method == "POST" and form.is_valid():
        people, unknown = form.people()
        if request.POST.get("step") == "apply" and people and not unknown:
            answers = {member.pk: form.answers() for member in people}
            try:
                count = actions.set_answers_of_many(viewer=request.viewer, answers=answers, now=timezone.now())
            except Refused as refused:
                form.refuse(refused)
            else:
                done = ngettext("%(number)s answer was changed.", "%(number)s answers were changed.", count)
                messages.success(request, done % {"number": count})
                return redirect("members:studio-attributes")
        context |= {"people": people, "unknown": unknown, "is_previewed": True}
        try:
            said = form.answers()[chosen.key]
            context["changes"] = answer_files.changed_by(people, chosen, said, viewer=request.viewer)[:SHOWN_CHANGES]
        except Refused as refused:
            form.refuse(refused)
    context |= {"form": form, "name": in_language(chosen.label, request.viewer.language)}
    return render(request, "members/studio_many_answers.html", context, status=422 if form.errors else 200)
