"""Studio's support addresses; the Desk's templates and signatures."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.core.community import queries as community
from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox import queries as inquiries
from kizuna.success.inbox.models import Inquiry, InquiryDraft
from kizuna.success.mailbox import acknowledging, actions, composing, facts_in_words, policies, queries
from kizuna.success.mailbox.forms import AddressForm, SignatureForm, TemplateForm


@require_GET
@managers
def addresses(request: Request) -> HttpResponse:
    """List the support addresses."""
    rows = queries.addresses_for(request.viewer)
    return render(request, "mailbox/addresses.html", {"rows": list(rows)})


@require_http_methods(["GET", "POST"])
@managers
def address(request: Request, address_id: int | None = None) -> HttpResponse:
    """Add a support address or change one."""
    found = queries.address_for(request.viewer, address_id) if address_id is not None else None
    form = AddressForm(request.POST or None, initial=AddressForm.initial_values(found))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            actions.save_address(viewer=request.viewer, support=found, now=timezone.now(), **form.values())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("mailbox:addresses")
    context = {
        "form": form,
        "support": found,
        "examples": [_example(form, language) for language in ("ja", "en")],
        "crumbs": _crumbs(_("Support addresses"), "mailbox:addresses"),
    }
    return render(request, "mailbox/address.html", context, status=422 if form.errors else 200)


@require_GET
def templates(request: Request) -> HttpResponse:
    """List the templates."""
    policies.require_reader(request.viewer)
    context = {
        "rows": list(queries.templates_for(request.viewer)),
        "may_work": policies.can_work(request.viewer),
    }
    return render(request, "mailbox/templates.html", context)


@require_http_methods(["GET", "POST"])
def template(request: Request, template_id: int | None = None) -> HttpResponse:
    """Write a template, look at it filled in, or put it away."""
    policies.require_reader(request.viewer)
    policies.require_worker(request.viewer)
    found = queries.template_for(request.viewer, template_id) if template_id is not None else None
    if request.method == "POST" and found is not None and "archive" in request.POST:
        actions.archive_template(viewer=request.viewer, template=found, now=timezone.now())
        messages.success(request, _("The template was put away."))
        return redirect("mailbox:templates")
    form = TemplateForm(request.POST or None, initial=TemplateForm.initial_values(found))
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            actions.save_template(viewer=request.viewer, template=found, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("mailbox:templates")
    body = str(form["body"].value() or "")
    context = {
        "form": form,
        "template": found,
        "preview": _preview(request, body) if body else "",
        "unknown": [f"{{{{{name}}}}}" for name in facts_in_words.unknown_names(body)],
        "crumbs": _crumbs(_("Reply templates"), "mailbox:templates"),
    }
    return render(request, "mailbox/template.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def signature(request: Request) -> HttpResponse:
    """Write one's own signature."""
    policies.require_reader(request.viewer)
    policies.require_worker(request.viewer)
    form = SignatureForm(request.POST or None, initial={"text": queries.signature_of(request.viewer.own_id)})
    if request.method == "POST" and form.is_valid():
        actions.save_signature(viewer=request.viewer, text=form.cleaned_data["text"], now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("mailbox:signature")
    context = {"form": form, "crumbs": _crumbs(_("Reply templates"), "mailbox:templates")}
    return render(request, "mailbox/signature.html", context, status=422 if form.errors else 200)


@require_GET
def choose(request: Request, inquiry_id: int) -> HttpResponse:
    """Show the templates filled in for one inquiry."""
    policies.require_reader(request.viewer)
    policies.require_worker(request.viewer)
    inquiry = inquiries.inquiry_for(request.viewer, inquiry_id)
    facts = _facts(request, inquiry)
    rows = [
        {
            "template": row,
            "text": facts_in_words.filled(row.body, facts),
            "missing": facts_in_words.missing(row.body, facts),
        }
        for row in queries.templates_for(request.viewer)
    ]
    crumbs = [{"label": inquiry.title, "url": reverse("inbox:inquiry", args=[inquiry.pk])}]
    return render(request, "mailbox/choose.html", {"inquiry": inquiry, "rows": rows, "crumbs": crumbs})


@require_POST
def use(request: Request, inquiry_id: int, template_id: int) -> HttpResponse:
    """Put a template, filled in, into the draft of an answer."""
    policies.require_reader(request.viewer)
    policies.require_worker(request.viewer)
    inquiry = inquiries.inquiry_for(request.viewer, inquiry_id)
    found = queries.template_for(request.viewer, template_id)
    text = facts_in_words.filled(found.body, _facts(request, inquiry))
    before = inquiries.drafts_of(request.viewer, inquiry).get(InquiryDraft.Kind.REPLY, "")
    body = f"{before.rstrip()}\n\n{text}" if before.strip() else text
    inbox.save_draft(
        viewer=request.viewer, inquiry=inquiry, kind=InquiryDraft.Kind.REPLY, body=body, now=timezone.now()
    )
    actions.use_template(template=found)
    return redirect(reverse("inbox:inquiry", args=[inquiry.pk]) + "#reply")


def _facts(request: Request, inquiry: Inquiry) -> dict[str, str]:
    _address, name = queries.answer_address(inquiry)
    person = inquiry.contact.name if inquiry.contact else inquiry.member.name if inquiry.member else name
    return {
        **_own_facts(request),
        "customer": composing.one_line(person),
        "company": composing.one_line(inquiry.account.name) if inquiry.account else "",
        "title": inquiry.title,
        "number": str(inquiry.pk),
    }


def _own_facts(request: Request) -> dict[str, str]:
    viewer = request.viewer
    return {
        "owner": viewer.name,
        "community": community.name(viewer.language),
        "today": date_format(local_day(timezone.now()), "DATE_FORMAT"),
    }


def _preview(request: Request, body: str) -> str:
    facts = {
        **_own_facts(request), "customer": _("Taro Yamada"), "company": _("Yamada Trading Co., Ltd."),
        "title": _("About the invoice"), "number": "1024",
    }  # fmt: skip
    return facts_in_words.filled(body, facts)


def _example(form: AddressForm, language: str) -> dict[str, str]:
    """Return the mail that says that an inquiry was received, with an example."""
    text = str(form[f"acknowledgement_{language}"].value() or "").strip()
    facts = acknowledging.example_facts(now=timezone.now(), language=language)
    with translation.override(language):
        body = facts_in_words.filled(text or acknowledging.usual_words(), facts)
    names = _("Japanese"), _("English")
    return {"language": names[language == "en"], "lang": language, "text": body}


def _crumbs(label: Any, url_name: str) -> list[dict[str, str]]:
    return [{"label": str(label), "url": reverse(url_name)}]
