"""The search page, what is similar to a question, and whether the search helped."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import require_manager, require_sign_in
from kizuna.core.members.requests import Request
from kizuna.core.search import actions, page, queries, recording
from kizuna.core.search.models import Search

SIMILAR = 5


@require_GET
@never_cache
def search(request: Request) -> HttpResponse:
    """Find questions, articles, ideas and people."""
    viewer: Any = request.viewer
    if not viewer.audience_ids:
        require_sign_in(viewer)
    asked = page.Asked.read(request.GET)
    context, results = page.context_for(viewer, asked)
    if results is not None and not asked.after:
        recording.remember(viewer=viewer, results=results, source=Search.Source.PAGE, now=timezone.now())
    return render(request, "search/search.html", context)


@require_GET
@never_cache
def similar(request: Request) -> HttpResponse:
    """Answer a fragment: what was written about the same, while asking (`q`) or beside a topic (`topic`, `article`)."""
    viewer: Any = request.viewer
    text = request.GET.get("q", "")[:300]
    shown = [(name, whole(request.GET.get(name))) for name in ("topic", "article")]
    exclude = [(name, number) for name, number in shown if number is not None]
    hits = queries.similar(viewer=viewer, text=text, limit=SIMILAR, exclude=exclude)
    template = "search/_related.html" if exclude else "search/_similar.html"
    return render(request, template, {"hits": hits, "text": text})


@require_POST
def feedback(request: Request) -> HttpResponse:
    """Keep whether the search helped, then go on: back to the results, or to asking."""
    viewer: Any = request.viewer
    text, is_solved = request.POST.get("q", "")[:400], request.POST.get("solved") == "1"
    recording.flush()
    actions.rate_search(viewer=viewer, text=text, is_solved=is_solved, now=timezone.now())
    if is_solved:
        messages.success(request, _("Good to hear. Thank you for telling us."))
    else:
        messages.info(request, _("Thank you. Ask it as it is: somebody here may know."))
    return redirect(page.Asked(text=text).url())


@require_GET
def studio_searches(request: Request) -> HttpResponse:
    """Show what is searched for more than before, and what is searched in vain."""
    require_manager(request.viewer)
    recording.flush()
    context = {"rising": queries.rising_searches(limit=20), "in_vain": queries.searches_without_result(limit=40)}
    return render(request, "search/studio_searches.html", context)
