"""What this app offers to lower ones."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kizuna.base.registry import (
    AudienceUse,
    HomeBlock,
    NavigationItem,
    PublicPages,
    Rebuild,
    Target,
    WaitingWork,
)
from kizuna.base.text import html as text_html
from kizuna.base.text import markdown
from kizuna.core.members.viewer import PUBLIC, Viewer
from kizuna.core.search import actions as search
from kizuna.engagement.knowledge import actions, queries
from kizuna.engagement.knowledge.models import Article
from kizuna.engagement.knowledge.policies import can_edit

BATCH = 500
AUDIENCES_LISTED = 500


def visible(*, viewer: Viewer, ids: list[int]) -> dict[int, Article]:
    return queries.articles_visible_to(viewer).in_bulk(ids)


def url(*, row: Article) -> str:
    return f"/k/{row.pk}/"


def title(*, row: Article) -> str:
    return row.title


def excerpt(*, row: Article) -> str:
    return markdown.excerpt(row.short_answer or text_html.to_text(row.html), limit=160)


def public_pages(*, viewer: Viewer) -> Iterator[tuple[str, datetime]]:
    for pk, changed in queries.published(viewer).values_list("pk", "updated_at").iterator():
        yield f"/k/{pk}/", changed


def helpful_block(*, viewer: Viewer, language: str) -> str:
    """Draw the articles that helped most."""
    articles = queries.most_helpful(viewer, limit=5)
    if not articles:
        return ""
    with override(language):
        return render_to_string("knowledge/_helpful.html", {"articles": articles})


def rebuild_search(*, report: Any) -> int:
    """Index every published article again."""
    count, last = 0, 0
    while batch := list(Article.objects.filter(state=Article.State.PUBLISHED, pk__gt=last).order_by("pk")[:BATCH]):
        search.index_many([actions.search_row(article) for article in batch])
        count, last = count + len(batch), batch[-1].pk
        report(f"articles: {count}")
    return count


def _shown(*, viewer: Viewer) -> bool:
    return bool(viewer.audience_ids)


def _for_editors(*, viewer: Viewer) -> bool:
    return can_edit(viewer)


def _stale(*, viewer: Viewer) -> int:
    return queries.counts(viewer, today=timezone.localdate())["overdue"]


def _in_vain(*, viewer: Viewer) -> int:
    return len(queries.searched_in_vain(now=timezone.now()))


ARTICLE = Target("article", _("Article"), visible, url, title, excerpt)
PAGES = PublicPages("articles", public_pages)
HELPFUL = HomeBlock("helpful_articles", _("Articles that helped"), helpful_block, position="rail")
KNOWLEDGE = NavigationItem("knowledge", _("Help and know-how"), "knowledge:knowledge", "book-open", _shown)
STUDIO = NavigationItem(
    "studio-knowledge",
    _("Articles and FAQ"),
    "knowledge:studio",
    "book-open",
    _for_editors,
    place="studio",
    section="content",
)
STALE = WaitingWork(
    "stale-articles", _("Articles past their review"), "knowledge:studio", "calendar-clock", _for_editors, count=_stale
)
IN_VAIN = WaitingWork(
    "searches-in-vain", _("Words searched in vain"), "knowledge:studio", "search", _for_editors, count=_in_vain
)
SEARCH = Rebuild("search:articles", rebuild_search)


def audience_uses(*, language: str) -> Iterator[tuple[str, str, int]]:
    """Yield the published articles that not everybody may read, with their audience."""
    shown = Article.objects.filter(state=Article.State.PUBLISHED).exclude(audience_id=PUBLIC)
    for article in shown.order_by("-updated_at")[:AUDIENCES_LISTED]:
        yield article.title, url(row=article), article.audience_id


AUDIENCES = AudienceUse("articles", _("Article"), audience_uses)
