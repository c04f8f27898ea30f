"""What programs read: Atom feeds, the sitemap and robots.txt. Only what a visitor may see, whoever asks."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kizuna.base import registry
from kizuna.base.components.visitors import same_for_visitors
from kizuna.base.hosting.links import absolute_url
from kizuna.core.community import queries as community
from kizuna.core.members.queries import visitor
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions.queries import page_feeds, pages
from kizuna.engagement.discussions.queries.page_feeds import Entry

ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"


@require_safe
@same_for_visitors
def feed(request: Request) -> HttpResponse:
    """Send the newest topics of all public spaces."""
    viewer = visitor(language=request.viewer.language)
    entries = page_feeds.entries(viewer, pages.spaces_for(viewer))
    return _atom(community.name(viewer.language), "/", "/feed.atom", entries)


@require_safe
@same_for_visitors
def space_feed(request: Request, slug: str) -> HttpResponse:
    """Send the newest topics of one public space."""
    viewer = visitor(language=request.viewer.language)
    space = pages.space_by_slug(viewer, slug)
    entries = page_feeds.entries(viewer, [space])
    title = f"{space.name_in(viewer.language)} | {community.name(viewer.language)}"
    return _atom(title, space.url, f"{space.url}feed.atom", entries)


@require_safe
@same_for_visitors
def sitemap(request: Request) -> HttpResponse:
    """Send the index of the sitemaps."""
    count = page_feeds.sitemap_pages(visitor())
    places = [absolute_url(f"/sitemap-{number}.xml") for number in range(1, count + 1)]
    inside = "".join(f"<sitemap><loc>{escape(place)}</loc></sitemap>" for place in places)
    return _xml("sitemapindex", inside)


@require_safe
@same_for_visitors
def sitemap_page(request: Request, page: int) -> HttpResponse:
    """Send one part of the public addresses; the first also has the spaces and what other apps have for everybody."""
    viewer = visitor()
    found = page_feeds.sitemap_topics(viewer, page)
    if not found and page != 1:
        raise Http404
    spaces = [(space.url, None) for space in pages.spaces_for(viewer)] if page == 1 else []
    lines = [("/", None), *spaces, *_of_other_apps(viewer)] if page == 1 and viewer.audience_ids else []
    lines += [(f"/t/{topic_id}/", bumped_at) for topic_id, bumped_at in found]
    return _xml("urlset", "".join(_line(path, at) for path, at in lines))


@require_safe
@same_for_visitors
def robots(request: Request) -> HttpResponse:
    """Tell crawlers what is worth their while; a closed community tells them to stay out."""
    lines = ["User-agent: *"]
    if visitor().audience_ids:
        lines += [f"Disallow: {path}" for path in ("/search/", "/account/", "/studio/", "/desk/", "/*?reply=")]
        lines += ["", f"Sitemap: {absolute_url('/sitemap.xml')}"]
    else:
        lines.append("Disallow: /")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _of_other_apps(viewer: Viewer) -> Iterator[tuple[str, datetime]]:
    for declared in registry.of(registry.PublicPages):
        yield from declared.pages(viewer=viewer)


def _atom(title: str, path: str, own_path: str, entries: list[Entry]) -> HttpResponse:
    updated = max((entry.updated_at for entry in entries), default=timezone.now())
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title><id>{escape(absolute_url(own_path))}</id><updated>{_stamp(updated)}</updated>",
        f'<link rel="self" href={quoteattr(absolute_url(own_path))}/><link href={quoteattr(absolute_url(path))}/>',
        *(_entry(entry) for entry in entries),
        "</feed>\n",
    ]
    return HttpResponse("".join(parts), content_type=ATOM)


def _entry(entry: Entry) -> str:
    url = absolute_url(f"/t/{entry.id}/")
    word = quoteattr(_("Solved"))
    solved = f"<category term={word}/>" if entry.is_solved else ""
    return (
        f"<entry><title>{escape(entry.title)}</title><id>{escape(url)}</id><link href={quoteattr(url)}/>"
        f"<published>{_stamp(entry.created_at)}</published><updated>{_stamp(entry.updated_at)}</updated>"
        f"<author><name>{escape(entry.author_name)}</name></author>{solved}"
        f'<content type="html">{escape(entry.html)}</content></entry>'
    )


def _line(path: str, at: datetime | None) -> str:
    changed = f"<lastmod>{_stamp(at)}</lastmod>" if at else ""
    return f"<url><loc>{escape(absolute_url(path))}</loc>{changed}</url>"


def _xml(root: str, inside: str) -> HttpResponse:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    text = f'{head}<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>\n'
    return HttpResponse(text, content_type=XML)


def _stamp(at: datetime) -> str:
    return at.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ")
