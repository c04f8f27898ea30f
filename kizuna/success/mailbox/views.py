"""Studio's support addresses, and the signatures of the Desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.members.gates import managers
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.success.mailbox import acknowledging, actions, facts_in_words, policies, queries
from kizuna.success.mailbox.forms import AddressForm, SignatureForm


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
    context = {"form": form, "crumbs": _crumbs(_("Reply templates"), "answering:templates")}
    return render(request, "mailbox/signature.html", context, status=422 if form.errors else 200)


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
