"""The terms as everybody may read them, and the gate where members agree to a new version."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.base.components.leaves import trusted
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.base.text import markdown
from kizuna.core.community.settings import in_language
from kizuna.core.members import actions, flow, queries
from kizuna.core.members.gates import signed_in
from kizuna.core.members.models import TermsDocument
from kizuna.core.members.requests import Request
from kizuna.core.members.wording import KIND_NAMES


@require_GET
@same_for_visitors
def terms(request: Request, kind: str) -> HttpResponse:
    """Show the version in force."""
    document = queries.document_in_force(kind, now=timezone.now())
    if document is None:
        raise Http404
    return _page(request, document)


@require_GET
@same_for_visitors
def terms_version(request: Request, kind: str, version: int) -> HttpResponse:
    """Show one published version, earlier and coming ones too."""
    document = queries.versions_of(kind).filter(version=version, published_at__isnull=False).first()
    if document is None:
        raise Http404
    return _page(request, document)


@signed_in
@require_http_methods(["GET", "POST"])
def consent(request: Request) -> HttpResponse:
    """Show what is new and take the agreement; then go on where the member wanted to go."""
    viewer, now = request.viewer, timezone.now()
    due = list(queries.documents_to_consent(member_id=viewer.own_id, now=now))
    target = flow.safe_next(request) or "/"
    if request.method == "POST" and request.POST.getlist("document") == [str(document.pk) for document in due]:
        actions.agree(viewer=viewer, documents=due, now=now)
        return redirect(target)
    if not due:
        return redirect(target)
    documents = [
        {
            "row": document,
            "name": KIND_NAMES[document.kind],
            "changes": in_language(document.changes, viewer.language),
        }
        for document in due
    ]
    return render(request, "members/consent.html", {"documents": documents, "next": target})


def rendered_terms(document: TermsDocument, language: str) -> SafeString:
    """Return the text of a version as sanitised HTML."""
    return trusted(markdown.render(in_language(document.body, language), mention_url=None, top_heading=2))


def _page(request: Request, document: TermsDocument) -> HttpResponse:
    language = request.viewer.language
    shown = document.body.get(language) and language
    context = {
        "canonical": absolute_url(request.path),
        "document": document,
        "name": KIND_NAMES[document.kind],
        "html": rendered_terms(document, language),
        "text_language": shown or ("en" if language == "ja" else "ja"),
        "versions": queries.versions_of(document.kind).filter(published_at__isnull=False),
    }
    return render(request, "members/terms.html", context)
