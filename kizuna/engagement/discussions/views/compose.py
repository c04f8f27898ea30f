"""Write a new topic, in a space or by asking first and choosing the space beside."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kizuna.base.hosting.links import absolute_url
from kizuna.base.web.numbers import whole
from kizuna.core.community.settings import in_language
from kizuna.core.files.attaching import with_files
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions, policies, queries
from kizuna.engagement.discussions.forms import AskForm, QuestionForm, TopicForm, tags_in
from kizuna.engagement.discussions.models import State, Topic
from kizuna.engagement.discussions.queries import lists, page_audiences, pages
from kizuna.engagement.discussions.queries.pages import SpaceRow
from kizuna.engagement.discussions.views import outcome
from kizuna.engagement.discussions.views.outcome import done


@require_http_methods(["GET", "POST"])
def new_topic(request: Request, slug: str) -> HttpResponse:
    """Write in one space."""
    viewer: Viewer = request.viewer
    if not viewer.is_member and request.method == "POST":
        return outcome.sign_in_again(request, QuestionForm(request.POST))
    space = pages.space_by_slug(viewer, slug)
    if not viewer.is_member:
        return outcome.to_sign_in(request)
    if not policies.can_open_topic(viewer, space):  # type: ignore[arg-type]
        return outcome.forbidden(request)
    form_class = QuestionForm if space.is_question else TopicForm
    context = f"space:{space.slug}"
    offered = page_audiences.offered(viewer)
    if request.method == "POST":
        form = form_class(**with_files(request), audiences=offered)
        return _sent(request, form, space, context) or _page(request, form, space, context, status=422)
    form = form_class(initial=_initial(request, space, context), audiences=offered)
    return _page(request, form, space, context)


@require_http_methods(["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """Ask a question; the space is chosen on the same page."""
    viewer: Viewer = request.viewer
    if not viewer.is_member:
        is_sent = request.method == "POST"
        return outcome.sign_in_again(request, QuestionForm(request.POST)) if is_sent else outcome.to_sign_in(request)
    open_to_me = [space for space in pages.spaces_for(viewer) if policies.can_open_topic(viewer, space)]  # type: ignore[arg-type]
    questions = [space for space in open_to_me if space.is_question]
    if not questions:
        return render(request, "discussions/choose.html", {"spaces": _named(viewer, open_to_me)})
    asked = request.POST.get("space") or request.GET.get("space", "")
    space = next((space for space in questions if space.slug == asked), questions[0])
    fields = {
        "choices": [(item.slug, item.name_in(viewer.language)) for item in questions],
        "audiences": page_audiences.offered(viewer),
    }
    others = _named(viewer, [item for item in open_to_me if not item.is_question])
    if request.method == "POST":
        form = AskForm(**with_files(request), **fields)
        return _sent(request, form, space, "ask") or _page(request, form, None, "ask", others, status=422)
    initial = {**_initial(request, space, "ask"), "space": space.slug}
    return _page(request, AskForm(initial=initial, **fields), None, "ask", others)


def _sent(request: Request, form: TopicForm, space: SpaceRow, context: str) -> HttpResponse | None:
    """Open the topic, or keep a draft of it; None when the form has to be shown again."""
    viewer: Viewer = request.viewer
    if request.POST.get("save") == "draft" and not form.refused_files:
        tags = tags_in(form.data.get("tags", ""))
        texts = {name: form.data.get(name, "") for name in ("title", "body")}
        actions.save_draft(viewer=viewer, context=context, now=timezone.now(), tags=tags, **texts)
        return done(request, "/drafts/", _("Your draft is kept."))
    if form.is_valid() and form.cleaned_data["body"].split() in _templates(space):
        form.add_error("body", _("Please write beside the headings."))
    if not form.is_valid():
        return None
    given = {name: form.cleaned_data[name] for name in ("title", "body", "tags", "urgency") if name in form.fields}
    try:
        topic = actions.open_topic(
            viewer=viewer,
            space=queries.space_for(viewer, space.slug),
            now=timezone.now(),
            draft_context=context,
            audience_id=form.cleaned_data.get("audience"),
            **given,
        )
    except Refused as why:
        form.refuse(why)
        return None
    return done(request, f"/t/{topic.pk}/", _said_of(topic))


def _said_of(topic: Topic) -> str:
    if topic.state == State.HELD:
        return _("Your post waits for a moderator. It will be shown as soon as it has been read.")
    if topic.urgency == Topic.Urgency.PRIVATE:
        return _("Your question is with the team. Only they and you see it.")
    if topic.own_audience_id is not None:
        return _("Your post is there, for those you chose. You will be told of replies.")
    return _("Your post is there. You will be told of replies.")


def _page(
    request: Request,
    form: TopicForm,
    space: SpaceRow | None,
    context: str,
    others: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer: Viewer = request.viewer
    is_question = space is None or space.is_question
    shown: dict[str, Any] = {
        "form": form,
        "space": space,
        "context": context,
        "others": others,
        "is_question": is_question,
        "has_rail": is_question,
        "is_restored": bool(form.initial.get("is_restored")),
        "space_name": space.name_in(viewer.language) if space else "",
        "back_url": space.url if space else "/",
    }
    return render(request, "discussions/compose.html", shown, status=status)


def _initial(request: Request, space: SpaceRow, context: str) -> dict[str, Any]:
    """Return what the form begins with: the member's draft, else the words they came with and the space's template."""
    viewer: Viewer = request.viewer
    title = request.GET.get("title", "") or request.GET.get("q", "")
    draft = None if title else lists.draft_for(viewer, context)
    if draft:
        return {"title": draft.title, "body": draft.body, "tags": draft.tags, "is_restored": True}
    body = in_language(space.post_template, viewer.language)
    if related := whole(request.GET.get("related")):
        head = pages.topic_head(viewer, related)
        quoted = head.title.replace("[", "(").replace("]", ")")
        body = f"[{quoted}]({absolute_url(f'/t/{head.id}/')})\n\n{body}"
    return {"title": title[:200], "body": body}


def _templates(space: SpaceRow) -> list[list[str]]:
    """Return what an untouched post would hold, spaces aside."""
    return [text.split() for text in space.post_template.values() if text.strip()]


def _named(viewer: Viewer, spaces: list[SpaceRow]) -> list[dict[str, str]]:
    return [
        {
            "name": space.name_in(viewer.language),
            "url": f"{space.url}new/",
            "icon": space.icon,
            "color": space.color,
            "description": in_language(space.description, viewer.language),
        }
        for space in spaces
    ]
