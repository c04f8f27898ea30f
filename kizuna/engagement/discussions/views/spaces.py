"""Lists of topics: of one space, of all, under a tag, and those that wait for this member."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kizuna.base.components import leaves
from kizuna.base.components.patterns import render_page, token_of
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import can_act
from kizuna.core.members.queries import visitor
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions.models import IdeaStatus
from kizuna.engagement.discussions.queries import page_lists, pages
from kizuna.engagement.discussions.queries.page_lists import FOR_MEMBERS, Page
from kizuna.engagement.discussions.queries.pages import SpaceRow
from kizuna.engagement.discussions.rendering import lists, words
from kizuna.engagement.discussions.views.outcome import for_members


@require_safe
@same_for_visitors
def space_index(request: Request) -> HttpResponse:
    """Show the spaces this person may enter."""
    viewer: Viewer = request.viewer
    counts = page_lists.topic_counts()
    shown = [
        {
            "space": space,
            "name": space.name_in(viewer.language),
            "description": in_language(space.description, viewer.language),
            "kind": words.KINDS[space.kind],
            "count": counts.get(space.id, 0),
        }
        for space in pages.spaces_for(viewer)
    ]
    context = {"spaces": shown, "canonical": absolute_url("/s/")}
    return render(request, "discussions/space_index.html", context)


@require_safe
@same_for_visitors
def space(request: Request, slug: str) -> HttpResponse:
    """Show the topics of one space, narrowed and sorted as asked."""
    viewer: Viewer = request.viewer
    found = pages.space_by_slug(viewer, slug)
    request.chrome_current = f"space-{found.slug}"
    narrow, status = _narrowed(viewer, found, request.GET.get("filter", ""))
    sort = _sorted_by(found, request.GET.get("sort", ""))
    page = page_lists.topics(
        viewer, spaces=[found], narrow=narrow, status=status, sort=sort,
        pinned_first=not narrow and not status and sort == "active", after=request.GET.get("after", ""),
    )  # fmt: skip
    may_post = policies.can_open_topic(viewer, found)  # type: ignore[arg-type]
    flags = {
        "is_question": found.is_question,
        "is_idea": found.is_idea,
        "is_archived": found.is_archived,
        "is_narrowed": bool(narrow or status),
        "is_empty": not page.rows,
        "may_post": may_post,
    }
    words = {
        "name": found.name_in(viewer.language),
        "description": in_language(found.description, viewer.language),
        "url": found.url,
        "new_url": f"{found.url}new/" if may_post else "",
        "canonical": absolute_url(found.url),
        "feed_url": f"{found.url}feed.atom" if found.audience_id in visitor().audience_ids else "",
        "crumbs": leaves.breadcrumb(((_("Home"), "/"), (_("Spaces"), "/s/"))),
        "filters": _filters(found.url, _choices(viewer, found), narrow or status, sort),
        "sorts": _sorts(found, narrow or status, sort),
        **_listed(request, page, is_board=found.is_idea),
    }
    return render_page(request, "discussions/space.html", flags=flags, words=words)


@require_safe
@same_for_visitors
def latest(request: Request) -> HttpResponse:
    """Show the topics of all spaces, newest activity first."""
    viewer: Viewer = request.viewer
    asked = request.GET.get("filter", "")
    allowed = {"", "unsolved", "solved", "mine", "following"} - (set() if viewer.is_member else FOR_MEMBERS)
    narrow = asked if asked in allowed else ""
    spaces = pages.spaces_for(viewer)
    if narrow in ("unsolved", "solved"):
        spaces = [space for space in spaces if space.is_question]
    page = page_lists.topics(viewer, spaces=spaces, narrow=narrow, after=request.GET.get("after", ""))
    choices = [("", _("Latest")), ("unsolved", _("Unsolved questions")), ("solved", _("Solved"))]
    if viewer.is_member:
        choices += [("mine", _("What I know")), ("following", _("Following"))]
    flags = {"is_empty": not page.rows, "is_shut": not viewer.audience_ids, "may_act": can_act(viewer)}
    words = {
        "filters": _filters("/latest/", choices, narrow, "active"),
        "canonical": absolute_url("/latest/"),
        **_listed(request, page),
    }
    return render_page(request, "discussions/latest.html", flags=flags, words=words)


@require_safe
@for_members
def needed(request: Request) -> HttpResponse:
    """Show open questions under tags that this member has answered before."""
    viewer: Viewer = request.viewer
    spaces = [space for space in pages.spaces_for(viewer) if space.is_question]
    page = page_lists.topics(viewer, spaces=spaces, narrow="needed", sort="new", after=request.GET.get("after", ""))
    context = {"is_empty": not page.rows, **_listed(request, page)}
    return render(request, "discussions/needed.html", context)


@require_safe
@same_for_visitors
def tag(request: Request, name: str) -> HttpResponse:
    """Show everything under a tag. A tag nobody may see anything of is as empty as one that does not exist."""
    viewer: Viewer = request.viewer
    found = page_lists.tag_named(name)
    spaces = pages.spaces_for(viewer) if found else []
    page = page_lists.topics(viewer, spaces=spaces, tag_id=found.pk if found else 0, after=request.GET.get("after", ""))
    shown = found.name if found and page.rows else name[:40]
    context = {
        "tag": shown,
        "canonical": absolute_url(quote(request.path)),
        "is_empty": not page.rows,
        **_listed(request, page),
    }
    return render(request, "discussions/tag.html", context, status=200 if page.rows else 404)


def _listed(request: Request, page: Page, *, is_board: bool = False) -> dict[str, Any]:
    """Return the drawn rows and the address of the next page."""
    viewer: Viewer = request.viewer
    token = token_of(request) if can_act(viewer) else ""
    kept = {name: request.GET[name] for name in ("filter", "sort") if request.GET.get(name)}
    return {
        "rows": lists.put_together(page.rows, viewer, csrf_token=token, is_board=is_board),
        "next_url": f"{request.path}?{urlencode({**kept, 'after': page.next_key})}" if page.next_key else "",
    }


def _narrowed(viewer: Viewer, space: SpaceRow, asked: str) -> tuple[str, str]:
    """Return (narrowing, idea status) for a filter's name; one that does not fit means everything."""
    if space.is_idea and asked in IdeaStatus:
        return "", asked
    if asked not in {value for value, _label in _choices(viewer, space)}:
        return "", ""
    return asked, ""


def _choices(viewer: Viewer, space: SpaceRow) -> list[tuple[str, str]]:
    choices = [("", _("All"))]
    if space.is_question:
        choices = [("", _("Latest")), ("unsolved", _("Unsolved")), ("solved", _("Solved"))]
        if viewer.is_member:
            choices.append(("mine", _("What I know")))
    if space.is_idea:
        choices += [(status, words.idea_label(status)) for status in IdeaStatus]
        if viewer.is_member:
            choices.append(("voted", _("My votes")))
    if viewer.is_member:
        choices.append(("following", _("Following")))
    return choices


def _filters(url: str, choices: Sequence[tuple[str, str]], chosen: str, sort: str) -> SafeString:
    kept = {"sort": sort} if sort != "active" else {}
    links = [(label, _address(url, {"filter": value, **kept}), value == chosen) for value, label in choices]
    return leaves.filters(_("Narrow the list"), links)


def _sorts(space: SpaceRow, chosen: str, sort: str) -> SafeString:
    choices = [("active", _("Last activity")), ("new", _("Newest"))]
    if space.is_idea:
        choices = [("votes", _("Most votes")), ("new", _("Newest"))]
    return leaves.choices(
        (label, _address(space.url, {"filter": chosen, "sort": value}), value == sort) for value, label in choices
    )


def _sorted_by(space: SpaceRow, asked: str) -> str:
    if asked in page_lists.SORTS and (asked != "votes" or space.is_idea):
        return asked
    return "votes" if space.is_idea else "active"


def _address(url: str, query: dict[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{url}?{urlencode(kept)}" if kept else url
