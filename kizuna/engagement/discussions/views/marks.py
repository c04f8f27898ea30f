"""One press each: react, keep, follow, vote, accept, close, pin, mark as read. `on=1` does it, `on=0` takes it back."""

from collections.abc import Callable

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions, policies, queries
from kizuna.engagement.discussions.forms import MoveForm, ReasonForm, StatusForm
from kizuna.engagement.discussions.models import Reaction, Topic
from kizuna.engagement.discussions.queries import pages
from kizuna.engagement.discussions.rendering.controls import follow_button
from kizuna.engagement.discussions.rendering.posts import permalink
from kizuna.engagement.discussions.views import outcome
from kizuna.engagement.discussions.views.outcome import done, for_members, for_moderators, place_in, refused


def is_on(request: Request) -> bool:
    """Tell whether the pressed button does, rather than takes back."""
    return request.POST.get("on", "1") != "0"


@require_POST
@for_members
def reactions(request: Request, post_id: int) -> HttpResponse:
    """Give a reaction, or take it back when it is there already."""
    viewer: Viewer = request.viewer
    post = queries.post_for(viewer, post_id)
    word, back = request.POST.get("name", ""), permalink(post.topic_id, post.number)
    try:
        if Reaction.objects.filter(post=post, member_id=viewer.member_id, word=word).exists():
            actions.withdraw_reaction(viewer=viewer, post=post, word=word, now=timezone.now())
        else:
            actions.give_reaction(viewer=viewer, post=post, word=word, now=timezone.now())
    except Refused as why:
        return refused(request, why, back)
    return done(request, back)


@require_POST
@for_members
def bookmark(request: Request, post_id: int) -> HttpResponse:
    """Keep a post for later, or no longer."""
    viewer: Viewer = request.viewer
    post = queries.post_for(viewer, post_id)
    back = place_in(request, permalink(post.topic_id, post.number))
    if is_on(request):
        actions.add_bookmark(viewer=viewer, post=post, now=timezone.now())
        return done(request, back, _("Saved. You find it under “Saved” in your menu."))
    actions.remove_bookmark(viewer=viewer, post=post)
    return done(request, back, _("Removed from saved."), undo=f"/p/{post.pk}/bookmark/ on=1")


@require_POST
@for_members
def follow(request: Request, topic_id: int) -> HttpResponse:
    """Be told of new posts in a topic, or no longer."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    if is_on(request):
        actions.follow_topic(viewer=viewer, topic=topic, now=timezone.now())
    else:
        actions.unfollow_topic(viewer=viewer, topic=topic)
    if outcome.is_htmx(request):
        return HttpResponse(follow_button(topic.pk, is_following=is_on(request), csrf_token=get_token(request)))
    said = _("You will be told of new posts here.") if is_on(request) else _("You are not told of this topic any more.")
    return done(request, place_in(request, f"/t/{topic.pk}/?after=0"), said)


@require_POST
@for_members
def vote(request: Request, topic_id: int) -> HttpResponse:
    """Vote for an idea, or take the vote back."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    back = place_in(request, f"/t/{topic.pk}/?after=0")
    try:
        if is_on(request):
            count = actions.vote_idea(viewer=viewer, topic=topic, now=timezone.now())
        else:
            count = actions.withdraw_vote(viewer=viewer, topic=topic, now=timezone.now())
    except Refused as why:
        return refused(request, why, back)
    if outcome.is_htmx(request):
        context = {"topic_id": topic.pk, "has_voted": is_on(request), "vote_count": count, "may_act": True}
        return render(request, "discussions/_vote.html", context)
    return done(request, back)


@require_POST
@for_members
def accepted_answer(request: Request, topic_id: int) -> HttpResponse:
    """Choose the answer that solved a question, or take the choice back."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    back = f"/t/{topic.pk}/?after=0"
    before, now = topic.accepted_post_id, timezone.now()
    undo = f"/t/{topic.pk}/accepted-answer/ " + (f"post={before}" if before else "on=0")
    try:
        if not is_on(request):
            actions.withdraw_answer(viewer=viewer, topic=topic, now=now)
            return done(request, back, _("The question is open again."), undo=undo if before else "")
        post = queries.post_for(viewer, whole(request.POST.get("post")) or 0)
        actions.accept_answer(viewer=viewer, topic=topic, post=post, now=now)
    except Refused as why:
        return refused(request, why, back)
    return done(request, back, _("Solved. The answer now stands right below the question."), undo=undo)


@require_POST
@for_members
def solved_check(request: Request, topic_id: int) -> HttpResponse:
    """Keep the asker's word on whether the answers helped."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    is_solved = request.POST.get("is_solved") == "1"
    back = f"/t/{topic.pk}/?after=0"
    try:
        actions.answer_solved_check(viewer=viewer, topic=topic, is_solved=is_solved, now=timezone.now())
    except Refused as why:
        return refused(request, why, back)
    if is_solved:
        return done(
            request, f"{back}#answers-title", _("Good. Please press “This solved it” at the answer that helped.")
        )
    return done(request, back, _("Thank you for telling. The team will look at it, too."))


@require_POST
@for_members
def read_mark(request: Request, topic_id: int) -> HttpResponse:
    """Note how far this member has read."""
    viewer: Viewer = request.viewer
    head = pages.topic_head(viewer, topic_id)
    seen = min(whole(request.POST.get("number")) or 0, head.last_number)
    actions.mark_read(viewer=viewer, topic_id=head.id, number=seen, now=timezone.now())
    if outcome.is_htmx(request):
        return HttpResponse(status=204)
    return done(request, f"/t/{head.id}/?p={seen}#p-{seen}", _("Marked as read."))


@require_POST
@for_members
def all_read(request: Request) -> HttpResponse:
    """Count everything as read; the message takes it back."""
    viewer: Viewer = request.viewer
    back = place_in(request, "/latest/")
    if token := request.POST.get("undo", ""):
        try:
            actions.undo_mark_all_read(viewer=viewer, token=token)
        except Refused as why:
            return refused(request, why, back)
        return done(request, back, _("Everything is as unread as before."))
    token = actions.mark_all_read(viewer=viewer, now=timezone.now())
    return done(request, back, _("Everything is marked as read."), undo=f"/read-mark/ undo={token}")


@require_POST
@for_moderators
def pin(request: Request, topic_id: int) -> HttpResponse:
    """Keep a topic at the head of its space, or let it go."""
    act = actions.pin_topic if is_on(request) else actions.unpin_topic
    said = _("Pinned to the top of its space.") if is_on(request) else _("No longer pinned.")
    return _arranged(request, topic_id, act, said, undo=f"/t/{topic_id}/pin/ on={int(not is_on(request))}")


@require_http_methods(["GET", "POST"])
@for_moderators
def closure(request: Request, topic_id: int) -> HttpResponse:
    """Close a topic with a reason, or open it again."""
    if request.method == "POST" and not is_on(request):
        return _arranged(request, topic_id, actions.reopen_topic, _("The topic takes replies again."))
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.close_topic(viewer=viewer, topic=topic, reason=form.cleaned_data["reason"], now=timezone.now())
        undo = f"/t/{topic.pk}/closure/ on=0"
        return done(request, f"/t/{topic.pk}/?after=0", _("The topic is closed."), undo=undo)
    return render(request, "discussions/closure.html", {"form": form, "topic": topic, "back_url": f"/t/{topic.pk}/"})


@require_http_methods(["GET", "POST"])
@for_moderators
def move(request: Request, topic_id: int) -> HttpResponse:
    """Put a topic into another space."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    form = MoveForm(request.POST or None, spaces=pages.spaces_for(viewer), language=viewer.language)
    if request.method == "POST" and form.is_valid():
        space = queries.space_for(viewer, form.cleaned_data["space"])
        undo = f"/t/{topic.pk}/space/ space={topic.space.slug}"
        try:
            actions.move_topic(viewer=viewer, topic=topic, space=space, now=timezone.now())
            return done(request, f"/t/{topic.pk}/?after=0", _("The topic was moved."), undo=undo)
        except Refused as why:
            form.refuse(why)
    context = {"form": form, "topic": topic, "back_url": f"/t/{topic.pk}/"}
    return render(request, "discussions/move.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_members
def status(request: Request, topic_id: int) -> HttpResponse:
    """Say where an idea stands."""
    viewer: Viewer = request.viewer
    topic = queries.topic_for(viewer, topic_id)
    if not policies.can_change_idea_status(viewer, topic):
        return outcome.forbidden(request)
    form = StatusForm(request.POST or None, initial={"status": topic.idea_status})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_idea_status(viewer=viewer, topic=topic, now=timezone.now(), **form.cleaned_data)
            return done(request, f"/t/{topic.pk}/?after=0", _("The status is saved. Those who wait for it are told."))
        except Refused as why:
            form.refuse(why)
    context = {"form": form, "topic": topic, "back_url": f"/t/{topic.pk}/"}
    return render(request, "discussions/status.html", context, status=422 if form.errors else 200)


def _arranged(request: Request, topic_id: int, act: Callable[..., None], said: str, *, undo: str = "") -> HttpResponse:
    viewer: Viewer = request.viewer
    topic: Topic = queries.topic_for(viewer, topic_id)
    act(viewer=viewer, topic=topic, now=timezone.now())
    return done(request, f"/t/{topic.pk}/?after=0", said, undo=undo)
