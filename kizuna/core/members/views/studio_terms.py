"""Studio: the terms in versions. Write, look at, publish."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.core.members import actions, queries
from kizuna.core.members.forms.studio import TermsForm
from kizuna.core.members.gates import managers
from kizuna.core.members.models import TermsDocument
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.terms import rendered_terms
from kizuna.core.members.wording import KIND_NAMES


@managers
@require_GET
def terms(request: Request) -> HttpResponse:
    """List the documents with their versions."""
    now = timezone.now()
    kinds = []
    for kind, name in KIND_NAMES.items():
        versions = list(queries.versions_of(kind))
        in_force = queries.document_in_force(kind, now=now)
        kinds.append({"kind": kind, "name": name, "versions": versions, "in_force": in_force})
    return render(request, "members/studio_terms.html", {"kinds": kinds})


@managers
@require_http_methods(["GET", "POST"])
def edit(request: Request, kind: str) -> HttpResponse:
    """Write the next version; saving publishes nothing."""
    if kind not in KIND_NAMES:
        raise Http404
    newest = queries.versions_of(kind).first()
    form = TermsForm(request.POST or None, initial=TermsForm.initial_from(newest) if newest else {"asks_consent": True})
    if request.method == "POST" and form.is_valid():
        try:
            draft = _saved(request, kind, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The draft was saved. Nothing is published yet."))
            return redirect("members:studio-terms-preview", draft.pk)
    context = {"form": form, "name": KIND_NAMES[kind]}
    return render(request, "members/studio_terms_edit.html", context, status=422 if form.errors else 200)


@managers
@require_GET
def preview(request: Request, document_id: int) -> HttpResponse:
    """Show a version as members will see it, with the button that publishes it."""
    document = TermsDocument.objects.filter(pk=document_id).first()
    if document is None:
        raise Http404
    texts = [(language, rendered_terms(document, language)) for language in ("ja", "en") if document.body.get(language)]
    context = {"document": document, "name": KIND_NAMES[document.kind], "texts": texts}
    return render(request, "members/studio_terms_preview.html", context)


@managers
@require_POST
def publish(request: Request, document_id: int) -> HttpResponse:
    """Publish a draft for good."""
    if not TermsDocument.objects.filter(pk=document_id).exists():
        raise Http404
    actions.publish_terms(viewer=request.viewer, document_id=document_id, now=timezone.now())
    messages.success(request, _("The version is published."))
    return redirect("members:studio-terms")


def _saved(request: Request, kind: str, form: TermsForm) -> TermsDocument:
    now = timezone.now()
    return actions.save_terms_draft(
        viewer=request.viewer,
        kind=kind,
        body=form.body(),
        changes=form.changes(),
        effective_at=form.effective_at(now=now),
        asks_consent=form.cleaned_data["asks_consent"],
        now=now,
    )
