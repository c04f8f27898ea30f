"""What the search page shows: results in groups, ways to narrow or widen, what to do when nothing fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kizuna.base.components import leaves, patterns
from kizuna.core.members.viewer import Viewer
from kizuna.core.search import queries
from kizuna.core.search.hits import Hit
from kizuna.core.search.newest import COUNTED_UP_TO

PAGE = 20
OVERVIEW = 40
IN_A_GROUP = 5
MOST_EXPANSIONS = 4
URL = "/search/"


@dataclass(frozen=True)
class Family:
    """Kinds of results that the page shows together."""

    key: str
    label: Any
    icon: str
    kinds: tuple[str, ...]


FAMILIES = (
    Family("question", gettext_lazy("Questions"), "message-circle-question-mark", ("question",)),
    Family("article", gettext_lazy("Articles and FAQ"), "book-open", ("article", "faq")),
    Family("idea", gettext_lazy("Ideas"), "lightbulb", ("idea",)),
    Family("discussion", gettext_lazy("Discussions"), "message-circle", ("discussion",)),
    Family("announcement", gettext_lazy("Announcements"), "megaphone", ("announcement",)),
)
FAMILY_OF = {kind: family for family in FAMILIES for kind in family.kinds}


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks for."""

    text: str = ""
    family: str = ""
    order: str = queries.RELEVANCE
    after: str = ""
    solved_only: bool = False
    as_typed: bool = False
    space: str = ""

    @classmethod
    def read(cls, values: Any) -> "Asked":
        """Read the query of a request; what it does not know is left out."""
        families = {family.key for family in FAMILIES} | {queries.MEMBER}
        return cls(
            text=values.get("q", "").strip()[:400],
            family=values.get("kind", "") if values.get("kind") in families else "",
            order=queries.NEWEST if values.get("order") == queries.NEWEST else queries.RELEVANCE,
            after=values.get("after", "")[:200],
            solved_only=values.get("solved") == "1",
            as_typed=values.get("typed") == "1",
            space=values.get("space", "")[:60],
        )

    def url(self, **changes: Any) -> str:
        """Return the address of the same search with changes; a page further is left unless given."""
        values = {
            "q": self.text,
            "kind": self.family,
            "order": self.order if self.order != queries.RELEVANCE else "",
            "solved": "1" if self.solved_only else "",
            "typed": "1" if self.as_typed else "",
            "space": self.space,
        } | changes
        return f"{URL}?{urlencode({name: value for name, value in values.items() if value})}"


def results_for(viewer: Viewer, asked: Asked) -> queries.Results:
    """Run the search of the page."""
    is_overview = not asked.family and asked.order == queries.RELEVANCE and not asked.after
    return queries.search(
        viewer=viewer,
        text=f"{asked.text} is:solved" if asked.solved_only else asked.text,
        types=_kinds(asked.family),
        space=asked.space,
        limit=OVERVIEW if is_overview else PAGE,
        after=asked.after,
        order=asked.order,
        with_count=not asked.after,
        as_typed=asked.as_typed,
    )


def _kinds(family: str) -> tuple[str, ...]:
    return next((item.kinds for item in FAMILIES if item.key == family), ())


def context_for(viewer: Viewer, asked: Asked) -> tuple[dict[str, Any], queries.Results | None]:
    """Return what the page shows, and the results to be recorded (none for people alone)."""
    context: dict[str, Any] = {"asked": asked, "people": [], "groups": [], "has_rail": bool(asked.text)}
    if not asked.text:
        return context, None
    context["filters"] = [_filter(asked, "", _("All"), 0)]
    if asked.family == queries.MEMBER:
        context["people"] = queries.members_named(viewer=viewer, text=asked.text, limit=30) if not asked.after else []
        context["filters"] += _filters(asked, {})
        context["has_anything"] = bool(context["people"])
        return context, None
    results = results_for(viewer, asked)
    # People have no time: among the newest they stand only where nothing else is found.
    if not asked.family and not asked.after and (asked.order == queries.RELEVANCE or not results.items):
        context["people"] = queries.members_named(viewer=viewer, text=asked.text, limit=3)
    context |= {
        "groups": _groups(asked, results),
        "filters": context["filters"] + _filters(asked, results.by_kind),
        "tally": _tally(results),
        "next_url": asked.url(after=results.next) if results.next and not _is_overview(asked) else "",
        "all_url": asked.url(order=queries.NEWEST) if results.next and _is_overview(asked) else "",
        "expansions": _expansions(results),
        "has_anything": bool(results.items or context["people"]),
        "has_answer": results.has_answer,
        "fewer": [] if results.has_answer else _fewer_words(asked, results),
        "urls": {
            "typed": asked.url(typed="1"),
            "solved": asked.url(solved="" if asked.solved_only else "1"),
            "newest": asked.url(order=queries.NEWEST),
            "relevance": asked.url(order=""),
        },
    }
    return context, results


def _is_overview(asked: Asked) -> bool:
    return not asked.family and asked.order == queries.RELEVANCE


def _groups(asked: Asked, results: queries.Results) -> list[dict[str, Any]]:
    """Put results of one family together, the family of the best result first; a chosen family or order is one list."""
    now = timezone.now()
    if not _is_overview(asked):
        label = next((family.label for family in FAMILIES if family.key == asked.family), _("Results"))
        shown = [_shown(hit, now) for hit in results.items]
        return [{"label": label, "icon": "search", "hits": shown, "more_url": "", "key": "results"}] if shown else []
    by_family: dict[str, list[Hit]] = {}
    for hit in results.items:
        family = FAMILY_OF.get(hit.kind, FAMILIES[0])
        by_family.setdefault(family.key, []).append(hit)
    families = {family.key: family for family in FAMILIES}
    return [
        {
            "label": families[key].label,
            "icon": families[key].icon,
            "hits": [_shown(hit, now) for hit in hits[:IN_A_GROUP]],
            "more_url": asked.url(kind=key) if len(hits) > IN_A_GROUP else "",
            "key": key,
        }
        for key, hits in by_family.items()
    ]


def _shown(hit: Hit, now: datetime) -> SafeString:
    """Draw a result. Thirty of them are most of the page, so they come from a pattern."""
    words = {
        "title": leaves.marked(hit.title_segments),
        "url": hit.url,
        "kind": FAMILY_OF[hit.kind].label if hit.kind in FAMILY_OF else hit.kind,
        "author": _("{name}").format(name=hit.author.name) if hit.author is not None and hit.type != "article" else "",
        "time": leaves.moment(hit.created_at, now=now),
        "snippet": leaves.marked(hit.snippet_segments),
        "chips": _chips(hit),
        "lang": hit.lang,
    }
    return patterns.fill("kizuna/_result.html", flags={}, words=words)


def _chips(hit: Hit) -> SafeString:
    chips = []
    if hit.is_solved:
        chips.append(leaves.chip(_("Solved"), tone="good", icon_name="circle-check"))
    elif hit.kind == "question":
        chips.append(leaves.chip(_("Open"), tone="brand"))
    if hit.votes > 0 and hit.kind == "idea":
        chips.append(leaves.chip(ngettext("{} vote", "{} votes", hit.votes).format(hit.votes)))
    return format_html_join("", "{}", ((chip,) for chip in chips))


def _filters(asked: Asked, by_kind: dict[str, int]) -> list[dict[str, Any]]:
    found = [
        _filter(asked, item.key, item.label, sum(by_kind.get(kind, 0) for kind in item.kinds)) for item in FAMILIES
    ]
    shown = [item for item in found if item["count"] or item["is_current"] or asked.family]
    return [*shown, _filter(asked, queries.MEMBER, _("Members"), 0)]


def _filter(asked: Asked, key: str, label: Any, number: int) -> dict[str, Any]:
    return {
        "label": label,
        "url": asked.url(kind=key),
        "is_current": asked.family == key,
        "count": number,
        "new": False,
    }


def _tally(results: queries.Results) -> str:
    """Say how many there are: all that hold what was typed, or at least what is shown."""
    if results.count is None:
        return ""
    number = max(results.count, len(results.items))
    if number >= COUNTED_UP_TO:
        return _("{} or more").format(f"{COUNTED_UP_TO:,}")
    return ngettext("{} result", "{} results", number).format(number)


def _expansions(results: queries.Results) -> list[dict[str, Any]]:
    return [
        {"term": found.term, "others": _("”, “").join(found.alternatives)}
        for found in results.query.expansions[:MOST_EXPANSIONS]
    ]


def _fewer_words(asked: Asked, results: queries.Results) -> list[dict[str, str]]:
    """Offer the same search with one word less, when several were typed."""
    pieces = asked.text.split()
    if not 2 <= len(pieces) <= 6:
        return []
    shorter: Iterable[str] = (
        " ".join(pieces[:index] + pieces[index + 1 :]) for index in range(len(pieces) - 1, -1, -1)
    )
    return [{"text": text, "url": Asked(text=text).url()} for text in shorter][:3]
