"""When an inquiry is due: rules of minutes, counted in business hours, and the clock that stands still while we wait."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kizuna.base.hours import add_minutes, is_open, minutes_between
from kizuna.core.community.hours import business_hours
from kizuna.core.community.queries import setting
from kizuna.success.inbox.models import OURS, Inquiry
from kizuna.success.inbox.settings import DUE_RULES

Minutes = tuple[int | None, int | None]


def minutes_for(priority: str, plans: Iterable[str]) -> Minutes:
    """Return (first answer, end) in business minutes: a rule of one of the plans before the one for all."""
    return minutes_by(setting(DUE_RULES), priority, plans)


def minutes_by(given: Iterable[dict[str, Any]], priority: str, plans: Iterable[str]) -> Minutes:
    """Return (first answer, end) in business minutes as these rules say."""
    rules = [rule for rule in given if rule["priority"] == priority]
    own = set(plans)
    rule = next((rule for rule in rules if rule["plan"] and rule["plan"] in own), None)
    rule = rule or next((rule for rule in rules if not rule["plan"]), None)
    return (rule["response"], rule["resolution"]) if rule else (None, None)


def set_dues(inquiry: Inquiry, *, plans: Iterable[str]) -> None:
    """Set what an inquiry is measured by, as its priority and the time for which it stood still make it."""
    response, resolution = minutes_for(inquiry.priority, plans)
    inquiry.response_due_at = after(inquiry.received_at, response)
    inquiry.resolution_due_at = after(
        inquiry.received_at, None if resolution is None else resolution + inquiry.paused_minutes
    )
    settle(inquiry)


def settle(inquiry: Inquiry, *, answer_by: datetime | None = None) -> None:
    """Set the next due that counts: the answer while the customer waits for it, else the end; none when it is not our turn."""
    if inquiry.state not in OURS:
        inquiry.due_at = None
        return
    first = inquiry.response_due_at if inquiry.first_response_at is None else answer_by
    inquiry.due_at = min(filter(None, (first, inquiry.resolution_due_at)), default=None)


def answer_due(inquiry: Inquiry, *, plans: Iterable[str], now: datetime) -> datetime | None:
    """Return when a customer who wrote again should be answered."""
    return after(now, minutes_for(inquiry.priority, plans)[0])


def pause(inquiry: Inquiry, *, now: datetime) -> None:
    """Let the clock stand still: the customer's turn, or nobody's."""
    if inquiry.paused_at is None:
        inquiry.paused_at = now


def resume(inquiry: Inquiry, *, plans: Iterable[str], now: datetime) -> None:
    """Let the clock go on; what it stood still is added to the end."""
    if inquiry.paused_at is None:
        return
    inquiry.paused_minutes += minutes_between(business_hours(), inquiry.paused_at, now)
    inquiry.paused_at = None
    set_dues(inquiry, plans=plans)


def after(moment: datetime, minutes: int | None) -> datetime | None:
    """Return the moment so many business minutes later."""
    return None if minutes is None else add_minutes(business_hours(), moment, minutes)


def is_outside(moment: datetime) -> bool:
    return not is_open(business_hours(), moment)


def open_minutes(start: datetime, end: datetime) -> int:
    """Return the business minutes between two moments, negative when the second is earlier."""
    hours = business_hours()
    return minutes_between(hours, start, end) if end >= start else -minutes_between(hours, end, start)
