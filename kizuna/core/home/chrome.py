"""Fill the chrome: what all people with one language and audience set share is built once per site generation."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kizuna.base import hosting
from kizuna.base.components.chrome import Chrome, Frame, Link, LinkGroup, ViewerCard
from kizuna.base.hosting.links import absolute_url
from kizuna.base.registry import NavigationGroup, NavigationItem, of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.models import NavigationLink
from kizuna.core.community.settings import in_language
from kizuna.core.home.welcome import may_join
from kizuna.core.members import policies
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer

FRAMES_KEPT = 200
PLACES_EVERYWHERE = ("tools", "menu")
AREAS = {"/studio/": "studio", "/desk/": "desk"}


def chrome_context(request: Request) -> dict[str, Any]:
    """Give templates `chrome`, built when a page first asks for it."""
    if not hasattr(request, "viewer"):
        return {}
    return {"chrome": SimpleLazyObject(lambda: chrome_for(request)), "viewer": request.viewer}


def chrome_for(request: Request) -> Chrome:
    """Return the chrome of this request."""
    viewer: Viewer = request.viewer
    # What is shown "as a visitor" has the visitor's chrome, wherever the page lies.
    area = "square" if viewer.is_view_as else area_of(request.path)
    frame = frame_for(viewer, area=area)
    if not viewer.is_member:
        return Chrome(frame=frame, current=_current(request), theme=request.COOKIES.get("theme", ""))
    return Chrome(
        frame=frame,
        viewer=_card(request, viewer),
        theme=viewer.theme or request.COOKIES.get("theme", ""),
        current=_current(request),
        counts=counts_for(viewer, places=(area, *PLACES_EVERYWHERE)),
        counts_url="/counts.json",
        theme_url="/account/theme/",
        view_as=request.seen.name if request.seen else "",
    )


def counts_for(viewer: Viewer, *, places: Collection[str] = ()) -> dict[str, int]:
    """Return the counters of the navigation that a member sees: those of `places`, or of all places."""
    return {
        item.name: item.count(viewer=viewer)
        for item in of(NavigationItem)
        if item.count and (not places or item.place in places) and item.is_shown(viewer=viewer)
    }


def area_of(path: str) -> str:
    return next((area for prefix, area in AREAS.items() if path.startswith(prefix)), "square")


def frame_for(viewer: Viewer, *, area: str) -> Frame:
    """Return the shared part, from the community's cache while the site's generation stands."""
    number = community.site_generation()
    caches = hosting.current().caches
    kept = caches.get("frames")
    if kept is None or kept[0] != number or len(kept[1]) > FRAMES_KEPT:
        kept = caches["frames"] = (number, {})
    key = (viewer.language, viewer.audience_key, viewer.roles, viewer.is_member, viewer.is_view_as, area)
    if key not in kept[1]:
        with override(viewer.language):
            kept[1][key] = _built(viewer, area)
    return kept[1][key]


def _built(viewer: Viewer, area: str) -> Frame:
    language = viewer.language
    number = community.site_generation()
    is_console = area != "square"
    name = in_language(community.setting(keys.NAME), language)
    return Frame(
        name=name,
        tagline=in_language(community.setting(keys.TAGLINE), language),
        language=language,
        logo_url=community.setting(keys.LOGO),
        image_url=absolute_url(community.setting(keys.LOGO)) if community.setting(keys.LOGO) else "",
        brand_url=f"/brand.css?v={number}",
        is_console=is_console,
        navigation_label=_("Console") if is_console else _("Community"),
        navigation=_console_groups(viewer, area) if is_console else _square_groups(viewer),
        tabs=_console_tabs() if is_console else _tabs(viewer),
        search_url="/search/" if viewer.audience_ids else "",
        search_placeholder=_("Search questions, articles and members"),
        primary=Link(_("Ask a question"), "/ask/", "pencil") if viewer.is_member else None,
        tools=_links(viewer, "tools"),
        menu=_links(viewer, "menu"),
        languages=(Link("日本語", "?lang=ja", key="ja"), Link("English", "?lang=en", key="en")),
        sign_in_url="/signin/",
        join_url="/signup/" if may_join() else "",
        feeds=(Link(name, "/feed.atom"),) if community.setting(keys.IS_OPEN) and not is_console else (),
    )


def _square_groups(viewer: Viewer) -> tuple[LinkGroup, ...]:
    groups = [LinkGroup((Link(_("Home"), "/", "house", key="home"), *_links(viewer, "square")))]
    for group in of(NavigationGroup):
        lines = group.lines(viewer=viewer, language=viewer.language)
        links = tuple(Link(line.label, line.url, line.icon, key=line.key, color=line.color) for line in lines)
        if links:
            groups.append(LinkGroup(links, str(group.label)))
    own = tuple(
        Link(in_language(link.label, viewer.language), link.url, "external-link")
        for link in NavigationLink.objects.all()
    )
    return (*groups, LinkGroup(own, _("Links"))) if own and viewer.audience_ids else tuple(groups)


def _console_groups(viewer: Viewer, area: str) -> tuple[LinkGroup, ...]:
    back = Link(_("Back to the community"), "/", "arrow-left", key="home")
    headings = {"": "", "people": pgettext("studio", "People"), "content": _("Content"), "setup": _("Set-up")}
    groups = (LinkGroup(_links(viewer, area, section), heading) for section, heading in headings.items())
    return (LinkGroup((back,)), *(group for group in groups if group.links))


def _links(viewer: Viewer, place: str, section: str | None = None) -> tuple[Link, ...]:
    return tuple(
        Link(str(item.label), reverse(item.url_name), item.icon, key=item.name, quiet=place == "square")
        for item in of(NavigationItem)
        if item.place == place and section in (None, item.section) and item.is_shown(viewer=viewer)
    )


def _tabs(viewer: Viewer) -> tuple[Link, ...]:
    if not viewer.audience_ids:
        return ()
    home = Link(_("Home"), "/", "house", key="home")
    search = Link(_("Search"), "/search/", "search", key="search")
    if not viewer.is_member:
        latest = Link(_("Latest"), "/latest/", "activity", key="latest", quiet=True)
        return (home, search, latest, Link(_("Menu"), "#menu", "menu", use="menu"))
    return (
        home,
        search,
        Link(_("Post"), "/ask/", "plus", use="create"),
        Link(_("Notifications"), "/notifications/", "bell", key="notifications"),
        Link(_("Menu"), "#menu", "menu", use="menu"),
    )


def _console_tabs() -> tuple[Link, ...]:
    return (
        Link(_("Community"), "/", "house", key="home"),
        Link(_("Search"), "/search/", "search", key="search"),
        Link(_("Menu"), "#menu", "menu", use="menu"),
    )


def _card(request: Request, viewer: Viewer) -> ViewerCard:
    member = request.user
    return ViewerCard(
        name=viewer.name,
        profile_url=f"/m/{viewer.handle}/",
        hue=member.hue,
        avatar_url=avatar_url(member.avatar_key),
        can_desk=policies.can_use_desk(viewer) and bool(_links(viewer, "desk")),
        can_studio=policies.can_manage(viewer) or policies.can_moderate(viewer),
        can_find=viewer.is_staff and not viewer.is_view_as,
    )


def avatar_url(key: str) -> str:
    return f"/f/{key}/avatar.webp?w=160" if key else ""


def _current(request: Request) -> str:
    """Return the key of the entry this page belongs to; a view may say it by `request.chrome_current`."""
    if said := getattr(request, "chrome_current", ""):
        return said
    match = request.resolver_match
    name = match.view_name if match else ""
    own = next((item.name for item in of(NavigationItem) if item.url_name == name), "")
    if own or not request.path.startswith(tuple(AREAS)):
        return own or ("home" if name == "home:home" else "")
    return _above(request.path)


def _above(path: str) -> str:
    """Return the key of the entry of Desk or Studio below whose address a page lies: a customer's is that of the list."""
    fitting = [
        (len(address), item.name)
        for item in of(NavigationItem)
        if item.place in AREAS.values()
        and (address := reverse(item.url_name)) not in AREAS
        and path.startswith(address)
    ]
    return max(fitting, default=(0, ""))[1]
