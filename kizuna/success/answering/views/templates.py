"""The templates of the Desk: shared and one's own, with what they do."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.community import queries as community
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.answering import actions, policies, queries, wording
from kizuna.success.answering.forms import TemplateForm
from kizuna.success.customers.views.gates import readers, workers
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox import facts_in_words
from kizuna.success.mailbox.queries import template_for


@require_GET
@readers
def templates(request: Request) -> HttpResponse:
    """List the templates."""
    rows = list(queries.templates_for(request.viewer))
    macros = queries.macros_for(rows)
    shown = [
        {
            "row": row,
            "acts": wording.acts_of(macros.get(row.pk)),
            "is_own": row.pk in macros and macros[row.pk].member_id is not None,
        }
        for row in rows
    ]
    context = {"rows": shown, "may_work": policies.can_work(request.viewer)}
    return render(request, "answering/templates.html", context)


@require_http_methods(["GET", "POST"])
@workers
def template(request: Request, template_id: int | None = None) -> HttpResponse:
    """Write a template, look at it filled in, or put it away."""
    found = template_for(request.viewer, template_id) if template_id is not None else None
    if request.method == "POST" and found is not None and "archive" in request.POST:
        mailbox.archive_template(viewer=request.viewer, template=found, now=timezone.now())
        messages.success(request, _("The template was put away."))
        return redirect("answering:templates")
    macro = queries.macro_of(found) if found is not None else None
    form = TemplateForm(request.POST or None, initial=TemplateForm.initial_values(found, macro, request.viewer))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            actions.save_macro(viewer=request.viewer, template=found, fields=form.values(), now=timezone.now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("answering:templates")
    body = str(form["body"].value() or "")
    context = {
        "form": form,
        "template": found,
        "preview": _preview(request, body) if body else "",
        "unknown": [f"{{{{{name}}}}}" for name in facts_in_words.unknown_names(body)],
        "crumbs": [{"label": _("Reply templates"), "url": reverse("answering:templates")}],
    }
    return render(request, "answering/template.html", context, status=422 if form.errors else 200)


def _preview(request: Request, body: str) -> str:
    facts: dict[str, Any] = {
        "customer": _("Taro Yamada"),
        "company": _("Yamada Trading Co., Ltd."),
        "addressed": _("Yamada Trading Co., Ltd.\nTaro Yamada"),
        "title": _("About the invoice"),
        "number": "1024",
        "owner": request.viewer.name,
        "account_owner": request.viewer.name,
        "plan": _("Standard"),
        "contract_end": queries.day_in_words(timezone.now()),
        "community": community.name(request.viewer.language),
        "today": queries.day_in_words(timezone.now()),
    }
    return facts_in_words.filled(body, facts)
