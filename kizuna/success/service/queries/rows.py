"""The inquiries behind a number: each number is counted by the very condition that lists them."""

from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.service.facts import hours_key
from kizuna.success.service.models import InquiryFigures
from kizuna.success.service.queries.span import BoardFilter, Span

PAGE = 50
MOST_CATEGORIES = 100
PARTS = (
    "all", "left_out", "answered", "unanswered", "response_met", "response_missed", "response_running", "response_no_due",
    "resolved", "unresolved", "resolution_met", "resolution_missed", "resolution_running", "resolution_no_due",
    "ended", "reopened", "person_known", "person_judged", "person_again", "person_young", "account_judged", "account_again",
)  # fmt: skip


def figures_visible_to(viewer: Viewer) -> QuerySet[InquiryFigures]:
    """Return the figures the viewer may see: those of the inquiries they may see."""
    return InquiryFigures.objects.all() if can_use_desk(viewer) else InquiryFigures.objects.none()


def rows_of(viewer: Viewer, wanted: BoardFilter, *, span: Span | None = None) -> QuerySet[InquiryFigures]:
    """Return the figures of what arrived in the days asked for, narrowed as asked."""
    days = span or wanted.span
    rows = figures_visible_to(viewer).filter(arrived_on__gte=days.since, arrived_on__lt=days.until)
    return rows.filter(wanted.narrowed(viewer))


def part(name: str, *, wanted: BoardFilter, now: datetime) -> Q:
    """Return the condition of a part."""
    counted, answered = Q(is_left_out=False), Q(first_at__isnull=False)
    resolved = Q(resolved_at__isnull=False)
    late = Q(response_met=False) | Q(first_at=None, response_due_at__lt=now)
    slow = Q(resolution_met=False) | Q(resolved_at=None, is_paused=False, resolution_due_at__lt=now)
    running = Q(resolved_at=None, resolution_due_at__isnull=False) & (Q(is_paused=True) | Q(resolution_due_at__gte=now))
    within, judged = wanted.repeat_days * 86_400, now - timedelta(days=wanted.repeat_days)
    person, account = ~Q(person_key=""), Q(has_account=True)
    again, account_again = Q(person_again_after__lte=within), Q(account_again_after__lte=within)
    old, young = Q(arrived_at__lte=judged), Q(arrived_at__gt=judged)
    return {
        "all": Q(),
        "left_out": Q(is_left_out=True),
        "answered": counted & answered,
        "unanswered": counted & ~answered,
        "response_met": counted & Q(response_met=True),
        "response_missed": counted & late,
        "response_running": counted & Q(first_at=None, response_due_at__gte=now),
        "response_no_due": counted & Q(response_due_at=None),
        "resolved": counted & resolved,
        "unresolved": counted & ~resolved,
        "resolution_met": counted & Q(resolution_met=True),
        "resolution_missed": counted & slow,
        "resolution_running": counted & running,
        "resolution_no_due": counted & Q(resolution_due_at=None),
        "ended": counted & (resolved | Q(reopened__gt=0)),
        "reopened": counted & Q(reopened__gt=0),
        "person_known": person,
        "person_judged": person & old,
        "person_again": person & old & again,
        "person_young": person & young,
        "account_judged": account & old,
        "account_again": account & old & account_again,
    }[name]


def page_of(
    viewer: Viewer, wanted: BoardFilter, name: str, *, now: datetime, after: str = "", limit: int = PAGE
) -> tuple[list[InquiryFigures], str]:
    """Return a page of the inquiries behind a number, the latest first, and where the next one begins."""
    rows = rows_of(viewer, wanted).filter(part(name, wanted=wanted, now=now))
    if after:
        day, pk = _place(after)
        rows = rows.filter(Q(arrived_on__lt=day) | Q(arrived_on=day, pk__lt=pk))
    rows = rows.select_related("inquiry__account", "inquiry__contact", "inquiry__member", "inquiry__owner", "owner")
    found = list(rows.order_by("-arrived_on", "-pk")[: limit + 1])
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], cursor([last.arrived_on.isoformat(), last.pk])


def _place(after: str) -> tuple[date, int]:
    """Return the day and the number that a page goes on after, or raise BadCursor."""
    day, pk = read_cursor(after, types=[str, int])
    try:
        return date.fromisoformat(day), pk
    except ValueError:
        raise BadCursor(after) from None


def categories(viewer: Viewer) -> list[str]:
    """Return the categories that inquiries have, the most frequent first."""
    rows = figures_visible_to(viewer).exclude(category="").order_by().values_list("category")
    return [category for category, _n in rows.annotate(n=Count("pk")).order_by("-n", "category")[:MOST_CATEGORIES]]


def is_counting() -> bool:
    """Tell whether inquiries still wait to be counted again after the hours changed."""
    key = hours_key()
    return InquiryFigures.objects.filter(Q(hours_key__lt=key) | Q(hours_key__gt=key)).exists()
