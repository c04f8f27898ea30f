"""What those who keep articles see: writing, history, and the lists that keep knowledge fresh."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kizuna.base.text import markdown
from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Opened, Overtaken, overtaken_words
from kizuna.core.files.attaching import with_files
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import PUBLIC
from kizuna.core.members.views.saving import status_of
from kizuna.engagement.knowledge import actions, queries
from kizuna.engagement.knowledge.forms import REASONS, ArticleForm, ReviewForm, next_review
from kizuna.engagement.knowledge.models import Article, ArticleFeedback
from kizuna.engagement.knowledge.views.gates import for_editors


@for_editors
@require_GET
def overview(request: Request) -> HttpResponse:
    """List what to review, what was searched in vain, and drafts."""
    viewer, today = request.viewer, timezone.localdate()
    stale = queries.to_review(viewer, today=today)
    reasons = queries.frequent_reasons([article.pk for article in stale])
    words = dict(REASONS)
    context = {
        "counts": queries.counts(viewer, today=today),
        "stale": [
            {"article": article, "late_days": (today - article.review_on).days if article.review_on else None}
            | {"reason": words[reasons[article.pk][0]], "times": reasons[article.pk][1]} if article.pk in reasons
            else {"article": article, "late_days": (today - article.review_on).days if article.review_on else None}
            for article in stale
        ],
        "unanswered": queries.searched_in_vain(now=timezone.now()),
        "drafts": queries.articles_visible_to(viewer).filter(state=Article.State.DRAFT).order_by("-updated_at")[:50],
        "archived": queries.articles_visible_to(viewer).filter(state=Article.State.ARCHIVED).order_by("-updated_at")[:50],
        "next_review": next_review(today),
        "small_sample": queries.SMALL_SAMPLE,
    }  # fmt: skip
    return render(request, "knowledge/studio_overview.html", context)


@for_editors
@require_http_methods(["GET", "POST"])
def new_article(request: Request) -> HttpResponse:
    """Write an article: empty, from a search in vain (`?title=`), or from a solved topic (`?from=topic:12`)."""
    form = _form(request, _first_values(request))
    if request.method == "POST" and form.is_valid():
        try:
            content = form.content(category_id=_new_category(request, form))
            article = actions.write_article(viewer=request.viewer, content=content, now=timezone.now())
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.reason))
        else:
            return _saved(request, article)
    return render(request, "knowledge/article_form.html", {"form": form}, status=422 if form.errors else 200)


@for_editors
@require_http_methods(["GET", "POST"])
def edit_article(request: Request, article_id: int) -> HttpResponse:
    article = queries.article_for(request.viewer, article_id)
    form = _form(request, ArticleForm.initial_from(article))
    said: dict[str, Any] = {"opened": Opened.read(request.POST) or queries.article_opened(article)}
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, article, form)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused.reason))
        except Overtaken as overtaken:
            now = queries.article_for(request.viewer, article_id)
            words = overtaken_words(form, overtaken.changes, ArticleForm.initial_from(now))
            said = {"opened": queries.article_opened(now), "overtaken": words}
        else:
            return _saved(request, article)
    context = {"form": form, "article": article, **said}
    return render(request, "knowledge/article_form.html", context, status=status_of(form, said))


def _change(request: Request, article: Article, form: ArticleForm) -> None:
    content = form.content(category_id=_new_category(request, form))
    opened = Opened.read(request.POST)
    actions.change_article(viewer=request.viewer, article=article, content=content, opened=opened, now=timezone.now())


@for_editors
@require_POST
def change_state(request: Request, article_id: int) -> HttpResponseRedirect:
    """Publish or archive; both can be taken back."""
    article = queries.article_for(request.viewer, article_id)
    undo = f"{request.path} to="
    if request.POST.get("to") == Article.State.PUBLISHED:
        actions.publish_article(viewer=request.viewer, article=article, now=timezone.now())
        messages.success(request, _("The article is published."), extra_tags=f"undo:{undo}archived")
    else:
        actions.archive_article(viewer=request.viewer, article=article, now=timezone.now())
        messages.success(request, _("The article was taken out of sight."), extra_tags=f"undo:{undo}published")
    return redirect("knowledge:article", article.pk)


@for_editors
@require_POST
def review(request: Request, article_id: int) -> HttpResponseRedirect:
    """Say that the article still holds."""
    article = queries.article_for(request.viewer, article_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a day in the future."))
        return redirect("knowledge:studio")
    try:
        actions.confirm_article(viewer=request.viewer, article=article, now=timezone.now(), **form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused.reason))
    else:
        messages.success(request, _("Noted. The article is due again on the day you chose."))
    return redirect("knowledge:studio")


@for_editors
@require_GET
def history(request: Request, article_id: int) -> HttpResponse:
    """Show what the article was before, and what readers wrote."""
    article = queries.article_for(request.viewer, article_id)
    said = [
        (item, dict(REASONS).get(ArticleFeedback.Reason(item.reason)) if item.reason else "")
        for item in queries.comments_on(article)
    ]
    context = {"article": article, "revisions": queries.revisions_of(article), "said": said}
    return render(request, "knowledge/article_history.html", context)


@for_editors
@require_POST
def preview(request: Request) -> HttpResponse:
    """Send the text as readers would see it."""
    try:
        return HttpResponse(markdown.render(request.POST.get("body", ""), top_heading=2))
    except markdown.TooLong:
        return HttpResponse(_("The text is too long. Please shorten it or split it in two."), status=422)


def _form(request: Request, first: dict[str, Any]) -> ArticleForm:
    sent = with_files(request) if request.method == "POST" else {}
    return ArticleForm(viewer=request.viewer, initial=first, **sent)


def _first_values(request: Request) -> dict[str, Any]:
    first: dict[str, Any] = {
        "audience": PUBLIC,
        "owner": request.viewer.member_id,
        "review_on": next_review(timezone.localdate()),
        "title": request.GET.get("title", "")[:200],
        "kind": Article.Kind.ARTICLE,
    }
    kind, _colon, target_id = request.GET.get("from", "").partition(":")
    if (number := whole(target_id)) is not None:
        material = queries.material_from(request.viewer, kind, number)
        parts = (_("## Question"), material.question, _("## Answer"), material.answer)
        first |= {"title": material.title, "body": "\n\n".join(parts), "tags": ", ".join(material.tags)}
        first["audience"] = material.audience_id
        first |= {
            "short_answer": markdown.excerpt(markdown.to_text(material.answer), limit=120),
            "source": f"{kind}:{number}",
        }
    return first


def _new_category(request: Request, form: ArticleForm) -> int | None:
    name = form.cleaned_data["new_category"].strip()
    return actions.save_category(viewer=request.viewer, name={"ja": name}).pk if name else None


def _saved(request: Request, article: Article) -> HttpResponseRedirect:
    if request.POST.get("publish") == "1":
        actions.publish_article(viewer=request.viewer, article=article, now=timezone.now())
        messages.success(request, _("The article is published."))
    else:
        messages.success(request, _("Saved."))
    return redirect("knowledge:article", article.pk)
