"""Studio: audiences by rule and by hand, with a preview before anything is saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base import rules
from kizuna.base.components.rule_builder import rows_of
from kizuna.base.rules import drafting
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.members import actions, queries
from kizuna.core.members.facts import MEMBER
from kizuna.core.members.forms.audiences import AudienceForm, HandAudienceForm
from kizuna.core.members.gates import managers
from kizuna.core.members.models import Audience
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.saving import acted, opened_on, status_of

LIST = "members:studio-audiences"


@managers
@require_GET
def audiences(request: Request) -> HttpResponse:
    """List the audiences that managers defined, with their size and where they are used."""
    language = request.viewer.language
    sizes, uses, catalogue = queries.audience_sizes(), queries.uses(language), rules.catalogue()
    lines = []
    for audience in queries.audiences():
        rule = queries.rule_of(audience)
        lines.append(
            {
                "audience": audience,
                "name": queries.audience_label(audience, language),
                "sentence": rules.sentence(rule, catalogue=catalogue, language=language) if rule else "",
                "size": sizes.get(audience.pk, 0),
                "uses": uses.get(audience.pk, []),
                "is_stopped": bool(queries.missing_in(audience, catalogue=catalogue)),
            }
        )
    return render(request, "members/studio_audiences.html", {"lines": lines})


@managers
@require_http_methods(["GET", "POST"])
def new_by_rule(request: Request) -> HttpResponse:
    """Make an audience by rule."""
    return _by_rule(request, None)


@managers
@require_http_methods(["GET", "POST"])
def new_by_hand(request: Request) -> HttpResponse:
    """Make an audience by hand."""
    return _by_hand(request, None)


@managers
@require_http_methods(["GET", "POST"])
def audience(request: Request, audience_id: int) -> HttpResponse:
    """Change an audience."""
    found = queries.audience_for_studio(audience_id)
    return (_by_rule if found.kind == Audience.Kind.RULE else _by_hand)(request, found)


@managers
@require_POST
def remove(request: Request, audience_id: int) -> HttpResponse:
    """Remove an audience that nothing uses."""
    try:
        actions.delete_audience(
            viewer=request.viewer, audience=queries.audience_for_studio(audience_id), now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return redirect("members:studio-audience", audience_id)
    messages.success(request, _("The audience was removed."))
    return redirect(LIST)


def _by_hand(request: Request, found: Audience | None) -> HttpResponse:
    form = HandAudienceForm(request.POST or None, initial=_hand_initial(found))

    def act() -> str:
        return _save(request, found, form, member_ids=[member.pk for member in form.cleaned_data["who"]])

    def standing() -> Standing:
        assert found is not None
        now = queries.audience_for_studio(found.pk)
        return Standing(_hand_initial(now), queries.audience_opened(now))

    outcome = acted(request, form, act=act, done=_("Saved."), standing=standing if found else None)
    if isinstance(outcome, HttpResponse):
        return outcome
    context = {"form": form, **_about(request, found), **outcome}
    return render(request, "members/studio_audience_hand.html", context, status=status_of(form, outcome))


def _hand_initial(found: Audience | None) -> dict[str, Any]:
    initial = AudienceForm.initial_from(found)
    if found is not None:
        initial["who"] = "\n".join(queries.members_of(found).order_by("handle").values_list("handle", flat=True))
    return initial


def _by_rule(request: Request, found: Audience | None) -> HttpResponse:
    editor = RuleEditor(request, found)
    form = AudienceForm(request.POST or None, initial=AudienceForm.initial_from(found))

    def standing() -> Standing:
        assert found is not None
        now = queries.audience_for_studio(found.pk)
        return Standing(AudienceForm.initial_from(now), queries.audience_opened(now))

    outcome: dict[str, Any] = {"opened": opened_on(request, standing if found else None)}
    is_refused = False
    if editor.is_asked_to_save:
        is_refused = not form.is_valid() or editor.rule is None
        if form.is_valid() and editor.rule is not None:
            if request.POST["step"] == "apply":
                said = acted(
                    request,
                    form,
                    act=lambda: _save(request, found, form, rule=editor.rule),
                    done=_("Saved."),
                    standing=standing if found else None,
                )
                if isinstance(said, HttpResponse):
                    return said
                outcome |= said
                if found is not None and "overtaken" in said:
                    said["overtaken"]["now"] += editor.now_standing()
            coming, leaving = queries.difference(found, queries.matching(editor.rule, now=editor.now))
            outcome |= {"is_previewed": True, "coming": coming, "leaving": leaving}
            is_refused = bool(form.errors)
    context = {"form": form, **_about(request, found), **editor.context(), **outcome}
    status = status_of(form, outcome) if "overtaken" in outcome else 422 if is_refused else 200
    return render(request, "members/studio_audience_rule.html", context, status=status)


def _save(request: Request, found: Audience | None, form: AudienceForm, **whom: Any) -> str:
    opened = Opened.read(request.POST)
    actions.save_audience(
        viewer=request.viewer, audience=found, now=timezone.now(), opened=opened, **form.labels(), **whom
    )
    return reverse(LIST)


class RuleEditor:
    """What was typed into the builder, and what it means for members now."""

    def __init__(self, request: Request, found: Audience | None) -> None:
        self.request, self.found, self.now = request, found, timezone.now()
        self.catalogue = rules.catalogue()
        is_sent = request.method == "POST" and f"{drafting.ROOT}.join" in request.POST
        saved = queries.rule_of(found) if found else None
        self.draft = drafting.draft_from(request.POST) if is_sent else drafting.draft_of(saved)
        self.rule: rules.Rule | None = None
        self.wrong: rules.BadRule | None = None
        try:
            self.rule = drafting.rule_from(self.draft, entity=MEMBER, catalogue=self.catalogue)
        except rules.BadRule as wrong:
            self.wrong = wrong

    @property
    def is_asked_to_save(self) -> bool:
        """Say whether the form was sent to be saved, not to be changed further."""
        said = self.request.POST
        return said.get("step") in ("preview", "apply") and not said.get("do")

    def context(self) -> dict[str, Any]:
        """Return the builder, the sentence, the count, examples and reasons for the page."""
        language = self.request.viewer.language
        shows_faults = self.is_asked_to_save or self.found is not None
        row = rows_of(
            self.draft,
            entity=MEMBER,
            catalogue=self.catalogue,
            language=language,
            wrong=self.wrong if shows_faults else None,
        )
        found: dict[str, Any] = {"row": row, "rule": self.rule, "url": self.request.path, "who": self._who()}
        if self.rule is not None:
            found["sentence"] = rules.sentence(self.rule, catalogue=self.catalogue, language=language)
            found["count"] = queries.live_count(self.rule, now=self.now)
            found["examples"] = queries.examples(self.rule, now=self.now)
            found["reasons"] = self._reasons(language)
        return found

    def now_standing(self) -> list[dict[str, Any]]:
        """Return the rule as it stands now for whoever comes second with another one."""
        assert self.found is not None
        now = queries.rule_of(queries.audience_for_studio(self.found.pk))
        if now is None or now == self.rule:
            return []
        sentence = rules.sentence(now, catalogue=self.catalogue, language=self.request.viewer.language)
        return [{"label": AudienceForm.labels_beside["rule"], "value": sentence}]

    def _who(self) -> str:
        return self.request.POST.get("who", "")[:100].replace("\0", "")

    def _reasons(self, language: str) -> dict[str, Any] | None:
        who = self._who().strip()
        members = queries.members_named([who])[0] if who else []
        if not members or self.rule is None:
            return {"name": who, "is_unknown": True} if who else None
        verdict = rules.explained(
            self.rule, members[0].pk, catalogue=self.catalogue, moment=queries.moment(self.now), language=language
        )
        return {"name": members[0].name, "verdict": verdict}


def _about(request: Request, found: Audience | None) -> dict[str, Any]:
    """Return what a page says of an audience besides its form."""
    if found is None:
        return {"audience": None}
    language = request.viewer.language
    return {
        "audience": found,
        "name": queries.audience_label(found, language),
        "size": queries.audience_sizes().get(found.pk, 0),
        "uses": queries.uses(language).get(found.pk, []),
        "missing": queries.missing_in(found),
    }
