"""How product usage arrives: keys, the last events, what was refused and why, and the days."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing
from kizuna.success.usage import queries
from kizuna.success.usage.policies import require_usage
from kizuna.success.usage.reasons import kind_word, reason_word
from kizuna.success.usage.recent import recent_events

DAYS_SHOWN = 14
WEEK = timedelta(days=7)
NAMES_SHOWN = 15
REFUSALS_SHOWN = 20
EVENTS_SHOWN = 12


@require_GET
def overview(request: Request) -> HttpResponse:
    """Show whether and what customers' systems send."""
    require_usage(request.viewer)
    now, today = timezone.now(), queries.today()
    tomorrow, week_ago = today + timedelta(days=1), today + timedelta(days=1) - WEEK
    days = queries.day_totals(since=tomorrow - timedelta(days=DAYS_SHOWN), until=tomorrow)
    refusals = queries.refusals(since=week_ago, limit=REFUSALS_SHOWN)
    context = {
        "today_count": _shown(days[today]),
        "week_count": _shown(sum(count for day, count in days.items() if day >= week_ago)),
        "week_persons": _shown(queries.active_persons(since=week_ago, until=tomorrow)),
        "week_refused": _shown(queries.refused_count(since=week_ago)),
        "days": _day_rows(days),
        "names": [_name_row(row) for row in queries.busiest_names(since=week_ago, until=tomorrow, limit=NAMES_SHOWN)],
        "keys": [_key_row(line) for line in queries.write_keys(since=week_ago, now=now)],
        "refusals": [(reason_word(row.reason), row, _shown(row.count)) for row in refusals],
        "events": [
            (kind_word(event.kind), event, _person(request.viewer, event.person))
            for event in recent_events(limit=EVENTS_SHOWN)
        ],
        "host": settings.KIZUNA_BASE_URL or f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "usage/overview.html", context)


def _person(viewer: Viewer, person: str) -> str:
    """Return whose event it was; some systems number people by their address."""
    is_hidden = "@" in person and not seeing.sees(viewer, seeing.CONTACT)
    return _("(an address)") if is_hidden else person


def _day_rows(days: dict[date, int]) -> list[tuple[date, str, int]]:
    """Return the latest day first, each with its share of the busiest one in percent."""
    most = max(days.values(), default=0) or 1
    return [(day, _shown(count), round(count * 100 / most)) for day, count in reversed(days.items())]


def _name_row(row: dict[str, Any]) -> tuple[str, str, str]:
    return kind_word(row["name__kind"]), row["name__name"], _shown(row["total"])


def _key_row(line: queries.KeyLine) -> tuple[queries.KeyLine, str, str]:
    return line, _shown(line.taken), _shown(line.repeated)


def _shown(count: int) -> str:
    return f"{count:,}"
