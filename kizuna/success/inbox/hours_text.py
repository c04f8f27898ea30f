"""Business hours as people write them: 9:00–12:00, 13:00–18:00; days with a name, one a line, ranges with 〜."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kizuna.base.hours import Hours
from kizuna.base.hours.week import clock

_DASH = re.compile(r"\s*[-–—―〜~～−ー]\s*")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分)?)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
LONGEST_RANGE = 62


class Unreadable(ValueError):
    """A line that says no hours or no day; the message is for the person who wrote it."""


def periods_of(text: str) -> list[list[str]]:
    """Read the periods of a day; nothing, or 休み, is closed."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text in ("", "休み", "休", "closed", "-"):
        return []
    return [_period(part) for part in re.split(r"[,、;\n]|\s{1,}(?=\d)", text) if part.strip()]


def days_of(text: str) -> list[dict[str, Any]]:
    """Read closing days: a day or a range, then its name."""
    return [{"day": day.isoformat(), "name": rest} for day, rest in _lines(text)]


def opening_of(text: str) -> list[dict[str, Any]]:
    """Read opening days: a day or a range, its periods, then its name."""
    found = []
    for day, rest in _lines(text):
        match = re.match(r"((?:[\d:時分\s,、]|[-–—―〜~～−])+)(.*)", rest, re.DOTALL)
        periods = periods_of(match[1]) if match else []
        if not periods or match is None:
            raise Unreadable(_("Please write the hours after the day: %(line)s") % {"line": f"{day} {rest}"[:80]})
        found.append({"day": day.isoformat(), "periods": periods, "name": match[2].strip()})
    return found


def week_texts(hours: Hours) -> list[str]:
    """Return the week as its fields show it."""
    return [_periods_text(periods) for periods in hours.week]


def closing_text(hours: Hours) -> str:
    return "\n".join(f"{day.isoformat()} {name}".strip() for day, name in sorted(hours.closing.items()))


def opening_text(hours: Hours) -> str:
    return "\n".join(
        f"{day.isoformat()} {_periods_text(periods)} {name}".strip()
        for day, (periods, name) in sorted(hours.opening.items())
    )


def _periods_text(periods: Any) -> str:
    return ", ".join(f"{clock(period.start)}–{clock(period.end)}" for period in periods)


def _period(text: str) -> list[str]:
    ends = [_CLOCK.fullmatch(part.strip()) for part in _DASH.split(text.strip())]
    if len(ends) != 2 or None in ends:
        raise Unreadable(
            _("Please write hours such as 9:00–12:00, 13:00–18:00: %(text)s") % {"text": text.strip()[:40]}
        )
    return [f"{end[1]}:{int(end[2] or end[3] or 0):02}" for end in ends if end]


def _lines(text: str) -> list[tuple[date, str]]:
    found = []
    for line in unicodedata.normalize("NFKC", text).splitlines():
        if not line.strip():
            continue
        match = re.match(rf"\s*{_DAY.pattern}(?:{_DASH.pattern}{_DAY.pattern})?\s*(.*)", line)
        if match is None:
            raise Unreadable(_("Please begin the line with a day such as 2026-12-30: %(line)s") % {"line": line[:80]})
        first = _date(match[1], match[2], match[3], line)
        last = _date(match[4], match[5], match[6], line) if match[4] else first
        if not 0 <= (last - first).days <= LONGEST_RANGE:
            raise Unreadable(_("This range of days makes no sense: %(line)s") % {"line": line[:80]})
        found += [(first + timedelta(days=ahead), match[7].strip()) for ahead in range((last - first).days + 1)]
    return list(dict(found).items())


def _date(year: str, month: str, day: str, line: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(_("There is no such day: %(line)s") % {"line": line[:80]}) from None
