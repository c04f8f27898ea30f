"""What many asked becomes an article or a question of the community: looked at before anybody reads it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.text import markdown
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.engagement.knowledge.policies import can_edit
from kizuna.success.answering import actions, queries
from kizuna.success.answering.forms import PostForm, WriteUpForm
from kizuna.success.answering.queries.similar import USUAL
from kizuna.success.customers.views.gates import workers
from kizuna.success.inbox import queries as inbox
from kizuna.success.inbox.models import Inquiry


@require_http_methods(["GET", "POST"])
@workers
def faq(request: Request, inquiry_id: int) -> HttpResponse:
    """Keep a draft of an FAQ entry."""
    if not can_edit(request.viewer):
        raise Http404
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    alike, names = _group(request, found)
    form = WriteUpForm(_sent(request), initial=_begun(request, found, names))
    if _is_final(request) and form.is_valid():
        try:
            article = actions.write_faq(
                viewer=request.viewer, about=found, names=names, count=len(alike), now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The draft was kept. Nobody reads it before it is published."))
            return redirect("knowledge:article-edit", article.pk)
    return _page(request, found, form, alike, is_post=False)


@require_http_methods(["GET", "POST"])
@workers
def post(request: Request, inquiry_id: int) -> HttpResponse:
    """Post a question with its answer."""
    found = inbox.inquiry_for(request.viewer, inquiry_id)
    alike, names = _group(request, found)
    form = PostForm(_sent(request), initial=_begun(request, found, names), viewer=request.viewer)
    if _is_final(request) and form.is_valid():
        clean = dict(form.cleaned_data)
        clean["space"] = form.known[clean["space"]]
        try:
            topic = actions.post_answered(
                viewer=request.viewer, about=found, names=names, count=len(alike), now=timezone.now(), **clean
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The question was posted with its answer."))
            return redirect(f"/t/{topic.pk}/")
    return _page(request, found, form, alike, is_post=True)


def _group(request: Request, found: Inquiry) -> tuple[list[Inquiry], list[str]]:
    days = whole(request.GET.get("days"))
    alike = queries.similar_to(
        request.viewer, found, days=days if days in queries.DAYS else USUAL, now=timezone.now()
    ).rows  # fmt: skip
    return alike, queries.names_of(alike)


def _sent(request: Request) -> Any:
    """Return what was typed here; what comes from the page of similar ones is where it begins."""
    return request.POST if request.method == "POST" and "title" in request.POST else None


def _begun(request: Request, found: Inquiry, names: list[str]) -> dict[str, str]:
    common = request.POST.get("common", "")[:20_000]
    title = queries.without_names(found.title, names)
    return {"title": title, "question": title, "answer": queries.without_names(common, names)}


def _is_final(request: Request) -> bool:
    return request.method == "POST" and "keep" in request.POST


def _page(request: Request, found: Inquiry, form: WriteUpForm, alike: list[Inquiry], *, is_post: bool) -> HttpResponse:
    shown: dict[str, str] = {}
    if form.is_bound and form.is_valid():
        names = queries.names_of(alike)
        texts: dict[str, str] = {
            name: form.cleaned_data[name] for name in ("title", "question", "answer") if name in form.fields
        }
        try:
            actions.require_anonymous(names, **texts)
        except Refused as refused:
            form.refuse(refused)
        shown = {name: markdown.render(text) for name, text in texts.items() if name != "title"}
        shown["title"] = texts["title"]
    context = {
        "inquiry": found,
        "form": form,
        "shown": shown,
        "alike": alike,
        "is_post": is_post,
        "crumbs": [
            {"label": found.title, "url": reverse("inbox:inquiry", args=[found.pk])},
            {"label": _("Similar inquiries"), "url": reverse("answering:similar", args=[found.pk])},
        ],
    }
    return render(request, "answering/write_up.html", context, status=422 if form.errors else 200)
