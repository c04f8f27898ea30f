"""What readers see: the list of knowledge, an article, and "Did this solve it?"."""

import hashlib

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kizuna.base.components.visitors import form_on_kept_page, same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.base.web.numbers import whole
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import Refused, require_sign_in
from kizuna.core.members.requests import Request
from kizuna.engagement.knowledge import actions, queries
from kizuna.engagement.knowledge.forms import FeedbackForm
from kizuna.engagement.knowledge.models import Article, Category
from kizuna.engagement.knowledge.policies import can_edit
from kizuna.engagement.knowledge.views import counting, seo


@require_GET
@same_for_visitors
def knowledge(request: Request) -> HttpResponse:
    """List the categories and what helped most; `?tag=` a category's slug narrows."""
    viewer = request.viewer
    if not viewer.audience_ids:
        require_sign_in(viewer)
    chosen = Category.objects.filter(slug=request.GET.get("tag", "")).first()
    shown = queries.published(viewer, category=chosen)
    after = request.GET.get("after", "")
    if (last_id := whole(after)) is not None:
        last = shown.filter(pk=last_id).first()
        shown = shown.filter(title__gte=last.title).exclude(title=last.title, pk__lte=last.pk) if last else shown
    articles = list(shown.select_related("category")[: queries.PAGE + 1])
    more = articles[queries.PAGE - 1].pk if len(articles) > queries.PAGE else None
    context = {
        "canonical": absolute_url(
            reverse("knowledge:knowledge") + (f"?{urlencode({'tag': chosen.slug})}" if chosen else "")
        ),
        "articles": articles[: queries.PAGE],
        "more_url": f"?{'tag=' + chosen.slug + '&' if chosen else ''}after={more}" if more else "",
        "categories": [
            {
                "name": in_language(item.name, viewer.language),
                "slug": item.slug,
                "count": count,
                "is_current": item == chosen,
            }
            for item, count in queries.categories_with_counts(viewer)
        ],
        "chosen": in_language(chosen.name, viewer.language) if chosen else "",
        "helpful": queries.most_helpful(viewer, limit=5) if not chosen and not after else [],
        "can_edit": can_edit(viewer),
        "has_rail": True,
    }
    return render(request, "knowledge/knowledge.html", context)


@require_GET
@same_for_visitors
def article(request: Request, article_id: int) -> HttpResponse:
    """Show one article."""
    return article_page(request, article_id, form=None, status=200)


def article_page(request: Request, article_id: int, *, form: FeedbackForm | None, status: int) -> HttpResponse:
    """Draw the article, with the reasons opened when the reader has said it did not help."""
    viewer = request.viewer
    item = queries.article_for(viewer, article_id)
    counting.note(item.pk)
    own = queries.own_feedback(viewer, item)
    path = reverse("knowledge:article", args=[item.pk])
    context = {
        "article": item,
        "category": in_language(item.category.name, viewer.language) if item.category else "",
        "minutes": max(1, round(len(item.body) / 500)),
        "source": queries.source_of(viewer, item),
        "related": queries.related(viewer, item, limit=5),
        "feedback": own,
        "form": form or FeedbackForm(),
        "asks_why": form is not None or bool(own and not own.is_solved),
        "can_edit": can_edit(viewer),
        "canonical": absolute_url(path),
        "is_private": not item.is_published,
        "structured": seo.structured(item, url=absolute_url(path)),
        "has_rail": True,
    }
    return render(request, "knowledge/article.html", context, status=status)


@form_on_kept_page
@require_POST
def rate(request: Request, article_id: int) -> HttpResponse:
    """Keep "solved" or "not yet"; a "not yet" comes back with the reasons to choose from."""
    item = queries.article_for(request.viewer, article_id)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return article_page(request, article_id, form=form, status=422)
    is_solved = request.POST.get("solved") == "1"
    try:
        actions.rate_article(
            viewer=request.viewer,
            article=item,
            is_solved=is_solved,
            now=timezone.now(),
            visitor_key="" if request.viewer.is_member else visitor_key(request),
            **form.cleaned_data,
        )
    except Refused as refused:
        messages.error(request, str(refused.reason))
        return _to(item)
    said_why = form.cleaned_data["reason"] or form.cleaned_data["comment"]
    if not is_solved and not said_why:
        return article_page(request, article_id, form=FeedbackForm(), status=200)
    messages.success(
        request,
        _("Thank you. Good to hear it.") if is_solved else _("Thank you. The owner of the article will read it."),
    )
    return _to(item)


def visitor_key(request: Request) -> str:
    """Return a key that is the same for one visitor's browser during one day, and cannot be turned back."""
    parts = (
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("User-Agent", ""),
        timezone.now().date().isoformat(),
    )
    return hashlib.blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def _to(item: Article) -> HttpResponseRedirect:
    return redirect("knowledge:article", item.pk)
