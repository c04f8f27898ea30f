"""Write, change and take away posts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuna.base.web.numbers import whole
from kizuna.base.web.opened import Opened, Standing
from kizuna.core.files.attaching import with_files
from kizuna.core.members.policies import Refused, can_moderate
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.core.members.views.saving import acted, status_of
from kizuna.engagement.discussions import actions, policies, queries
from kizuna.engagement.discussions.forms import EditForm, OpeningEditForm, ReasonForm, ReplyForm
from kizuna.engagement.discussions.models import Post, State
from kizuna.engagement.discussions.queries import page_own, pages
from kizuna.engagement.discussions.rendering.posts import permalink
from kizuna.engagement.discussions.views import outcome, thread
from kizuna.engagement.discussions.views.outcome import done, for_members, for_moderators, refused


@require_POST
def post_reply(request: Request, topic_id: int) -> HttpResponse:
    """Add a post to a topic. A refused text comes back with its reason; a sign-in that ran out keeps the text."""
    viewer: Viewer = request.viewer
    if not viewer.is_member:
        return outcome.sign_in_again(request, ReplyForm(request.POST))
    topic = pages.topic_to_write_on(viewer, topic_id)
    form = ReplyForm(**with_files(request))
    if form.is_valid():
        parent_id = form.cleaned_data["reply_to"]
        try:
            parent = queries.post_for(viewer, parent_id) if parent_id else None
            post = actions.post_reply(
                viewer=viewer, topic=topic, body=form.cleaned_data["body"], reply_to=parent, now=timezone.now()
            )
            return done(request, permalink(topic.pk, post.number), _said_of(post))
        except Refused as why:
            form.refuse(why)
    opened = thread.opened_again(request, topic_id, whole(request.POST.get("after")) or 0)
    return thread.show(request, opened, form, status=422)


def _said_of(post: Post) -> str:
    if post.state == State.HELD:
        return _("Your post waits for a moderator. It will be shown as soon as it has been read.")
    return _("Your post is there. Thank you.")


@require_http_methods(["GET", "POST"])
def edit(request: Request, post_id: int) -> HttpResponse:
    """Change a post; title and tags with the opening post."""
    viewer: Viewer = request.viewer
    if not viewer.is_member and request.method == "POST":
        return outcome.sign_in_again(request, OpeningEditForm(request.POST))
    post = queries.post_for(viewer, post_id)
    to = permalink(post.topic_id, post.number)
    if not policies.can_edit(viewer, post):
        return outcome.to_sign_in(request) if not viewer.is_member else outcome.forbidden(request)
    form_class = OpeningEditForm if post.number == 1 else EditForm
    initial = page_own.shown_of(post)
    form = form_class(**with_files(request)) if request.method == "POST" else form_class(initial=initial)

    def act() -> str:
        words = {name: form.cleaned_data[name] for name in initial}
        opened = Opened.read(request.POST)
        actions.edit_post(viewer=viewer, post=post, now=timezone.now(), opened=opened, **words)
        return to

    def standing() -> Standing:
        now = queries.post_for(viewer, post_id)
        return Standing(page_own.shown_of(now), page_own.post_opened(now))

    said = acted(request, form, act=act, done=_("Your change is saved."), standing=standing)
    if isinstance(said, HttpResponse):
        return said
    may_narrow = post.number == 1 and policies.can_narrow(viewer, post.topic)
    context = {"form": form, "post": post, "topic": post.topic, "back_url": to, "context": f"edit:{post.pk}"}
    context |= {"may_narrow": may_narrow, **said}
    return render(request, "discussions/edit.html", context, status=status_of(form, said))


@require_safe
def history(request: Request, post_id: int) -> HttpResponse:
    """Show when a post was changed; what stood there before is for its author and moderators."""
    viewer: Viewer = request.viewer
    post = queries.post_for(viewer, post_id)
    sees_words = can_moderate(viewer) or (viewer.is_member and post.author_id == viewer.member_id)
    context: dict[str, Any] = {
        "post": post,
        "back_url": permalink(post.topic_id, post.number),
        "sees_words": sees_words,
        "versions": page_own.versions(viewer, post),
    }
    return render(request, "discussions/history.html", context)


@require_POST
@for_members
def removal(request: Request, post_id: int) -> HttpResponse:
    """Delete one's own post, or bring a removed one back (`on=0`). No question asked: the message has the undo."""
    viewer: Viewer = request.viewer
    if request.POST.get("on") == "0":
        return _restore(request, viewer, queries.removed_post_for(viewer, post_id))
    post = queries.post_for(viewer, post_id)
    here = f"/t/{post.topic_id}/?p={max(post.number - 1, 1)}"
    try:
        actions.delete_post(viewer=viewer, post=post, now=timezone.now())
    except Refused as why:
        return refused(request, why, permalink(post.topic_id, post.number))
    if post.number == 1:
        undo = f"/t/{post.topic_id}/removal/ on=0"
        return done(request, f"/s/{post.topic.space.slug}/", _("The topic was deleted."), undo=undo)
    return done(request, here, _("The post was deleted."), undo=f"/p/{post.pk}/removal/ on=0")


@require_POST
@for_members
def topic_removal(request: Request, topic_id: int) -> HttpResponse:
    """Bring a removed topic back."""
    viewer: Viewer = request.viewer
    topic = queries.removed_topic_for(viewer, topic_id)
    opening = topic.posts.select_related("topic__space").get(number=1)
    return _restore(request, viewer, opening)


@require_http_methods(["GET", "POST"])
@for_moderators
def hide(request: Request, post_id: int) -> HttpResponse:
    """Hide a post from members, with a reason that its author reads."""
    viewer: Viewer = request.viewer
    post = queries.post_for(viewer, post_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hide_post(viewer=viewer, post=post, reason=form.cleaned_data["reason"], now=timezone.now())
            return _hidden(request, post)
        except Refused as why:
            form.refuse(why)
    context = {"form": form, "post": post, "back_url": permalink(post.topic_id, post.number)}
    return render(request, "discussions/hide.html", context, status=422 if form.errors else 200)


def _hidden(request: Request, post: Post) -> HttpResponse:
    is_opening = post.number == 1
    fallback = f"/s/{post.topic.space.slug}/" if is_opening else permalink(post.topic_id, post.number)
    undo = f"/t/{post.topic_id}/removal/ on=0" if is_opening else f"/p/{post.pk}/removal/ on=0"
    return done(request, outcome.place_in(request, fallback), _("Members do not see it any more."), undo=undo)


def _restore(request: Request, viewer: Viewer, post: Post) -> HttpResponse:
    to = permalink(post.topic_id, post.number)
    try:
        actions.restore_post(viewer=viewer, post=post, now=timezone.now())
    except Refused as why:
        return refused(request, why, "/")
    return done(request, to, _("The post is back."))
