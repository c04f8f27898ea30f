"""What a member keeps, and what waits for moderators."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuna.base.text import html, markdown
from kizuna.base.web.numbers import whole
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.queries import lists, page_own
from kizuna.engagement.discussions.rendering import people
from kizuna.engagement.discussions.rendering.posts import permalink
from kizuna.engagement.discussions.rendering.previews import stored_body
from kizuna.engagement.discussions.views.outcome import done, for_members, for_moderators, place_in

EXCERPT = 140
HELD = 100


@require_safe
@for_members
def bookmarks(request: Request) -> HttpResponse:
    """Show what this member saved."""
    viewer: Viewer = request.viewer
    kept, next_key = page_own.bookmarks(viewer, before=whole(request.GET.get("after")))
    shown = [
        {
            "post": item.post,
            "person": people.card_of(item.post.author),
            "url": permalink(item.post.topic_id, item.post.number),
            "excerpt": markdown.excerpt(html.to_text(item.post.html), limit=EXCERPT),
        }
        for item in kept
    ]
    next_url = f"{request.path}?after={next_key}" if next_key else ""
    return render(request, "discussions/bookmarks.html", {"kept": shown, "next_url": next_url})


@require_safe
@for_moderators
def held(request: Request) -> HttpResponse:
    """Show what waits for a moderator."""
    viewer: Viewer = request.viewer
    shown = [
        {
            "post": post,
            "person": people.card_of(post.author),
            "url": permalink(post.topic_id, post.number),
            "body": stored_body(post.html),
            "space_name": post.topic.space.name.get(viewer.language) or next(iter(post.topic.space.name.values()), ""),
        }
        for post in lists.held_posts(viewer)[:HELD]
    ]
    return render(request, "discussions/held.html", {"held": shown})


@require_POST
@for_moderators
def release(request: Request, post_id: int) -> HttpResponse:
    """Show a post that waited."""
    viewer: Viewer = request.viewer
    post = queries.post_for(viewer, post_id)
    actions.release_post(viewer=viewer, post=post, now=timezone.now())
    return done(request, place_in(request, "/studio/held/"), _("The post is shown now."))
