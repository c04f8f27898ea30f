"""Conditions for the list of customers: built without code, counted while they are edited; and why a customer is in or out."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base import rules
from kizuna.base.components.rule_builder import rows_of
from kizuna.base.rules import drafting
from kizuna.base.web.numbers import whole
from kizuna.core.members import queries as members
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import seeing
from kizuna.success.customers.facts import ACCOUNT
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries import lists, visible
from kizuna.success.customers.queries.lists import ListFilter
from kizuna.success.customers.queries.ruling import (
    Ruling,
    catalogue_for,
    moment_of,
    reason,
    ruling_for,
    views_by_rule,
    word_of,
)
from kizuna.success.customers.views.account import head
from kizuna.success.customers.views.gates import readers

EXAMPLES = 5


@readers
@require_http_methods(["GET", "POST"])
def rule(request: Request) -> HttpResponse:
    """Build the conditions of the list, or change those that its address names, and go back to it."""
    wanted = ListFilter.of(request.GET, columns=request.GET.getlist("col"))
    ruled = ruling_for(request.viewer, view=wanted.view, word=wanted.rule)
    if ruled.hidden:  # the list says why it cannot be changed
        return redirect(f"{reverse('customers:list')}?{urlencode(wanted.query())}")
    editor = RuleEditor(request, ruled)
    is_refused = is_too_long = False
    if editor.is_asked_to_show:
        word = word_of(editor.rule) if editor.rule else ""
        is_too_long = len(word) > lists.LONGEST_RULE
        if word and not is_too_long:
            query = urlencode(wanted.but(view=0, rule=word).query())
            return redirect(f"{reverse('customers:list')}?{query}")
        is_refused = True
    context = {
        **editor.context(),
        "is_too_long": is_too_long,
        "back": f"{reverse('customers:list')}?{urlencode(wanted.query())}",
    }
    return render(request, "customers/rule.html", context, status=422 if is_refused else 200)


@readers
@require_GET
def reasons(request: Request, account_id: int) -> HttpResponse:
    """Show why a customer is in a view by rule or out of it, condition by condition."""
    viewer, today = request.viewer, local_day(timezone.now())
    account = visible.account_for(viewer, account_id)
    views, chosen = views_by_rule(viewer), whole(request.GET.get("view", ""))
    view_id = chosen or (views[0].pk if views else 0)
    ruled = ruling_for(viewer, view=view_id, word="")
    context = {
        **head(request, account, ""),
        "tabs_of_views": [
            {"label": view.name, "url": f"?view={view.pk}", "is_current": view.pk == view_id} for view in views
        ],
        "sentence": ruled.sentence(viewer.language),
        "missing": ruled.missing(viewer.language),
        "hidden": seeing.labels(ruled.hidden),
        "verdict": reason(ruled, account, language=viewer.language, today=today),
        "list_url": f"{reverse('customers:list')}?view={view_id}",
    }
    return render(request, "customers/reasons.html", context)


class RuleEditor:
    """What was typed into the builder, and what it means for customers now."""

    def __init__(self, request: Request, ruled: Ruling) -> None:
        self.request, self.ruled, self.now = request, ruled, timezone.now()
        self.catalogue = ruled.catalogue or catalogue_for(request.viewer)
        self.is_sent = request.method == "POST" and f"{drafting.ROOT}.join" in request.POST
        self.draft = drafting.draft_from(request.POST) if self.is_sent else drafting.draft_of(ruled.rule)
        self.rule: rules.Rule | None = None
        self.wrong: rules.BadRule | None = None
        try:
            self.rule = drafting.rule_from(self.draft, entity=ACCOUNT, catalogue=self.catalogue)
        except rules.BadRule as wrong:
            self.wrong = wrong

    @property
    def is_asked_to_show(self) -> bool:
        """Say whether the form was sent for the list, not to be changed further."""
        return self.request.POST.get("step") == "show" and not self.request.POST.get("do")

    def context(self) -> dict[str, Any]:
        """Return the builder, the sentence, the count, examples and reasons for the page."""
        language = self.request.viewer.language
        row = rows_of(
            self.draft,
            entity=ACCOUNT,
            catalogue=self.catalogue,
            language=language,
            wrong=self.wrong if self.is_asked_to_show or self.ruled.rule else None,
        )
        missing = self.ruled.missing(language) if not self.is_sent else []
        found: dict[str, Any] = {
            "row": row,
            "url": self.request.get_full_path(),
            "who": self._who(),
            "missing": missing,
        }
        if self.rule is not None:
            found["sentence"] = rules.sentence(self.rule, catalogue=self.catalogue, language=language)
            found["count"] = {
                name: f"{number:,}"
                for name, number in vars(members.live_count(self.rule, now=self.now)).items()
                if number is not None
            }
            found["examples"] = self._fitting().order_by("reading", "id")[:EXAMPLES]
            found["reasons"] = self._reasons(language)
        return found

    def _fitting(self) -> Any:
        ruled = Ruling(rule=self.rule, catalogue=self.catalogue)
        return ruled.narrowed(visible.accounts_visible_to(self.request.viewer), today=local_day(self.now))

    def _who(self) -> str:
        return self.request.POST.get("who", "")[:100].replace("\0", "").strip()

    def _reasons(self, language: str) -> dict[str, Any] | None:
        who = self._who()
        if not who or self.rule is None:
            return None
        seen = visible.accounts_visible_to(self.request.viewer).exclude(state=Account.State.MERGED)
        account = lists.by_name(seen, who).order_by("reading", "id").first()
        if account is None:
            return {"name": who, "is_unknown": True}
        moment = moment_of(local_day(self.now))
        verdict = rules.explained(self.rule, account.pk, catalogue=self.catalogue, moment=moment, language=language)
        return {"name": account.name, "verdict": verdict}
