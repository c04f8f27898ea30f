"""Pages of one's own account: profile, preferences, consents, data."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import registry
from kizuna.core.members import actions, exporting, flow, policies, queries
from kizuna.core.members.forms.account import HandleForm, LeaveForm, PreferencesForm, ProfileForm, PurposesForm
from kizuna.core.members.forms.attributes import AnswersForm
from kizuna.core.members.gates import confirmed, signed_in
from kizuna.core.members.middleware import LANGUAGE_COOKIE
from kizuna.core.members.models import Attribute
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.members.views.tabs import account_tabs
from kizuna.core.members.wording import KIND_NAMES, PURPOSES, described_decision


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """Change what others see."""
    form = ProfileForm(request.POST or None, initial=ProfileForm.initial_from(request.user))
    if request.method == "POST" and form.is_valid():
        said, now = dict(form.cleaned_data), timezone.now()
        try:
            actions.change_profile(viewer=request.viewer, audience_id=said.pop("audience"), now=now, **said)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:account")
    return _profile_page(request, form=form)


@signed_in
@require_POST
def answers(request: Request) -> HttpResponse:
    """Answer what the community asks."""
    form = _answers_form(request, request.POST)
    if form.is_valid():
        try:
            actions.set_answers(
                viewer=request.viewer, member_id=request.viewer.own_id, answers=form.answers(), now=timezone.now()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:account")
    return _profile_page(request, answers_form=form)


@signed_in
@require_POST
def handle(request: Request) -> HttpResponse:
    """Take another handle."""
    form = HandleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_handle(viewer=request.viewer, handle=form.cleaned_data["handle"], now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("members:account")
    return _profile_page(request, handle_form=form)


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: Request) -> HttpResponse:
    """Choose language and theme."""
    chosen = {"language": request.viewer.language, "theme": request.viewer.theme or "system"}
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        language, theme = form.cleaned_data["language"], form.cleaned_data["theme"]
        actions.change_preferences(viewer=request.viewer, language=language, theme=theme.replace("system", ""))
        with override(language):
            messages.success(request, _("Saved."))
        response = redirect("members:preferences")
        response.delete_cookie(LANGUAGE_COOKIE)  # an earlier choice by link gives way to this one
        return response
    context = {"form": form, "tabs": account_tabs("members:preferences")}
    return render(request, "members/preferences.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def theme(request: Request) -> HttpResponse:
    """Store the theme chosen by the switch in the header."""
    actions.change_preferences(viewer=request.viewer, theme=request.POST.get("theme", ""))
    return HttpResponse(status=204)


@signed_in
@require_http_methods(["GET", "POST"])
def consents(request: Request) -> HttpResponse:
    """Show what was agreed to and when, and decide on the optional uses."""
    viewer, now = request.viewer, timezone.now()
    given = queries.purpose_consents(member_id=viewer.own_id)
    form = PurposesForm(request.POST if request.method == "POST" else None, initial=given)
    if request.method == "POST" and form.is_valid():
        for purpose, wording in PURPOSES.items():
            actions.decide_purpose(
                viewer=viewer,
                purpose=purpose,
                is_given=form.cleaned_data[purpose],
                wording=str(wording.question),
                source="settings",
                now=now,
            )
        messages.success(request, _("Saved."))
        return redirect("members:consents")
    agreed = [(KIND_NAMES[row.document.kind], row) for row in queries.consents_of(member_id=viewer.own_id)]
    mail_settings = registry.by_name(registry.NavigationItem, "notification-settings")
    context = {
        "form": form,
        "agreed": agreed,
        "decisions": [described_decision(row) for row in queries.consents_of_person(_own_person(viewer))[:20]],
        "mail_settings": mail_settings,
        "tabs": account_tabs("members:consents"),
    }
    return render(request, "members/consents.html", context)


@signed_in
@require_GET
def own_records(request: Request) -> HttpResponse:
    """Offer a copy of everything, and the way out."""
    doors = [
        door for door in registry.of(registry.AccountDoor) if door.is_for is None or door.is_for(viewer=request.viewer)
    ]
    context = {"doors": doors, "tabs": account_tabs("members:own-records")}
    return render(request, "members/own_records.html", context)


@confirmed
@require_GET
def export(request: Request) -> HttpResponseBase:
    """Hand the member a copy of their profile and everything they wrote."""
    return exporting.download(request.user, now=timezone.now())


@confirmed
@require_http_methods(["GET", "POST"])
def leave(request: Request) -> HttpResponse:
    """Leave for good."""
    form = LeaveForm(request.POST or None, handle=request.viewer.handle)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_member(viewer=request.viewer, member_id=request.viewer.own_id, now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            flow.end(request)
            return render(request, "members/left.html")
    return render(request, "members/leave.html", {"form": form}, status=422 if form.errors else 200)


def _own_person(viewer: Viewer) -> registry.Person:
    return registry.Person(member_id=viewer.own_id)


def _answers_form(request: Request, said: Any = None) -> AnswersForm:
    own_id = request.viewer.own_id
    asked = [item for item in queries.attributes() if policies.can_answer(request.viewer, item, member_id=own_id)]
    asked = [item for item in asked if item.edits == Attribute.Edits.MEMBER]
    form = AnswersForm(said)
    form.ask(asked, language=request.viewer.language, answers=queries.all_answers(own_id, asked))
    return form


def _profile_page(
    request: Request,
    *,
    form: ProfileForm | None = None,
    handle_form: HandleForm | None = None,
    answers_form: AnswersForm | None = None,
) -> HttpResponse:
    member = request.user
    context = {
        "answers_form": answers_form or _answers_form(request),
        "form": form or ProfileForm(initial=ProfileForm.initial_from(member)),
        "handle_form": handle_form or HandleForm(initial={"handle": member.handle}),
        "avatar_upload": registry.by_name(registry.Fragment, "members.avatar"),
        "tabs": account_tabs("members:account"),
    }
    refused = any(shown is not None and shown.errors for shown in (form, handle_form, answers_form))
    return render(request, "members/account.html", context, status=422 if refused else 200)
