"""What discussions put on the home page, on profiles and into the navigation; listed in `config.declarations`."""

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.components import leaves, patterns
from kizuna.base.registry import HomeBlock, NavigationGroup, NavigationItem, NavigationLine, ProfilePart, WaitingWork
from kizuna.core.members.policies import can_act, can_manage, can_moderate
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.queries import lists, page_home, page_lists, pages
from kizuna.engagement.discussions.rendering import home_rows
from kizuna.engagement.discussions.rendering import lists as drawn_lists
from kizuna.engagement.discussions.rendering.posts import permalink

NEEDED_SHOWN = 3
FEED_SHOWN = 12
SOLVED_SHOWN = 5
CONTRIBUTIONS_SHOWN = 10


def _needs(*, viewer: Viewer, language: str) -> str:
    if not can_act(viewer):
        return ""
    needed = page_home.needed(viewer, limit=NEEDED_SHOWN)
    if not needed.rows:
        return ""
    rows = [home_rows.need_of(row, needed.tags) for row in needed.rows]
    count = f"{page_home.COUNTED - 1}+" if needed.count >= page_home.COUNTED else needed.count
    return render_to_string("discussions/_needs.html", {"rows": rows, "count": count})


def _feed(*, viewer: Viewer, language: str) -> str:
    spaces = [space for space in pages.spaces_for(viewer) if space.kind != Space.Kind.ANNOUNCEMENT]
    page = page_lists.topics(viewer, spaces=spaces, limit=FEED_SHOWN)
    if not page.rows and not can_act(viewer):
        return ""
    may_act = can_act(viewer)
    words = {
        "rows": drawn_lists.put_together(page.rows, viewer),
        "avatar": leaves.avatar(name=viewer.name, hue=page_home.hue_of(viewer)) if may_act else "",
    }
    flags = {"is_empty": not page.rows, "has_more": bool(page.next_key), "may_act": may_act}
    return patterns.fill("discussions/_feed.html", flags=flags, words=words)


def _banner(*, viewer: Viewer, language: str) -> str:
    news = page_home.newest_announcement(viewer)
    if news is None:
        return ""
    return render_to_string(
        "discussions/_banner.html", {"title": news.title, "text": home_rows.lead_of(news), "topic": news}
    )


def _solved(*, viewer: Viewer, language: str) -> str:
    rows = page_home.solved_lately(viewer, limit=SOLVED_SHOWN)
    return render_to_string("discussions/_solved_lately.html", {"rows": rows}) if rows else ""


def _contributions(*, viewer: Viewer, member_id: int, language: str) -> str:
    posts = list(lists.contributions_of(viewer, member_id)[:CONTRIBUTIONS_SHOWN])
    if not posts:
        return ""
    rows = [
        {
            "title": post.topic.title,
            "lang": post.topic.lang,
            "url": permalink(post.topic_id, post.number),
            "at": post.created_at,
            "is_opening": post.number == 1,
            "is_accepted": post.topic.accepted_post_id == post.pk,
            "space": pages.space_by_id(post.topic.space_id).name_in(language),
            "thanks": post.thanks_count,
        }
        for post in posts
    ]
    return render_to_string("discussions/_contributions.html", {"rows": rows})


def _space_lines(*, viewer: Viewer, language: str) -> list[NavigationLine]:
    return [
        NavigationLine(space.name_in(language), space.url, f"space-{space.slug}", color=space.color or "d1")
        for space in pages.spaces_for(viewer)
    ]


def _for_readers(*, viewer: Viewer) -> bool:
    return bool(viewer.audience_ids)


def _for_members(*, viewer: Viewer) -> bool:
    return viewer.is_member


def _for_moderators(*, viewer: Viewer) -> bool:
    return can_moderate(viewer)


def _for_managers(*, viewer: Viewer) -> bool:
    return can_manage(viewer)


def _held_count(*, viewer: Viewer) -> int:
    return lists.held_posts(viewer).count()


BANNER = HomeBlock("announcement", _("Announcement"), _banner)
NEEDS = HomeBlock("needs", _("Waiting for your answer"), _needs, per_viewer=True)
FEED = HomeBlock("feed", _("Latest topics"), _feed, per_viewer=True)
SOLVED = HomeBlock("solved", _("Solved lately"), _solved, position="rail")
CONTRIBUTIONS = ProfilePart("contributions", _("Contributions"), _contributions)
SPACES = NavigationGroup("spaces", _("Spaces"), _space_lines)
LATEST = NavigationItem("latest", _("Latest"), "discussions:latest", "activity", _for_readers)
SAVED = NavigationItem(
    "bookmarks", pgettext_lazy("navigation", "Saved"), "discussions:bookmarks", "bookmark", _for_members, place="menu"
)
DRAFTS = NavigationItem("drafts", _("Drafts"), "discussions:drafts", "file-text", _for_members, place="menu")
HELD = NavigationItem(
    "held",
    _("Waiting for a moderator"),
    "discussions:held",
    "hourglass",
    _for_moderators,
    place="studio",
    section="people",
)
HELD_WORK = WaitingWork(
    "held", _("Posts to look at"), "discussions:held", "hourglass", _for_moderators, count=_held_count
)
STUDIO_POSTING = NavigationItem(
    "studio-posting",
    _("Posts and reactions"),
    "discussions:studio-posting",
    "message-circle",
    _for_managers,
    place="studio",
    section="content",
)
STUDIO_SPACES = NavigationItem(
    "studio-spaces",
    _("Spaces"),
    "discussions:studio-spaces",
    "layers",
    _for_managers,
    place="studio",
    section="content",
)
