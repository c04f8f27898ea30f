"""How an inquiry looks in the queue and on its page: plain values for templates."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kizuna.base.hours import day_of, is_open, next_opening
from kizuna.core.community.hours import business_hours
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing
from kizuna.success.inbox import dues, wording
from kizuna.success.inbox.models import Inquiry
from kizuna.success.tasks.wording import department_name

SOON_MINUTES = 120


def row_of(inquiry: Inquiry, *, now: datetime, viewer: Viewer) -> dict[str, Any]:
    """Return a line of the queue."""
    return {
        "pk": inquiry.pk,
        "title": inquiry.title,
        "channel": wording.CHANNELS[Inquiry.Channel(inquiry.channel)],
        "icon": wording.ICONS[Inquiry.Channel(inquiry.channel)],
        "sender": sender_of(inquiry, viewer),
        "received_at": inquiry.received_at,
        "due": due_of(inquiry, now=now),
        "owner": inquiry.owner.name if inquiry.owner else "",
        "urgent": inquiry.priority == Inquiry.Priority.URGENT,
        "because": because_of(inquiry),
        "state": state_of(inquiry, language=viewer.language),
    }


def sender_of(inquiry: Inquiry, viewer: Viewer) -> str:
    """Return who asks, as well as it is known: customer and person, else what the channel says."""
    person = (
        inquiry.contact.name
        if inquiry.contact
        else inquiry.member.name
        if inquiry.member
        else sender_seen(inquiry.sender, viewer)
    )
    names = [inquiry.account.name if inquiry.account else "", person]
    return pgettext("list", ", ").join(name for name in names if name) or _("Unknown")


def sender_seen(sender: str, viewer: Viewer) -> str:
    """Return what the channel says of who wrote: addresses and numbers only for those who see them."""
    return sender if seeing.sees(viewer, seeing.CONTACT) else ""


def state_of(inquiry: Inquiry, *, language: str) -> tuple[str, str]:
    """Return the words and tone of a state that is more than "our turn", else nothing."""
    state = Inquiry.State(inquiry.state)
    if state == Inquiry.State.OPEN:
        return "", ""
    if state == Inquiry.State.HANDED and inquiry.department:
        return _("with %(department)s") % {"department": department_name(inquiry.department, language)}, "warn"
    if state == Inquiry.State.SNOOZED and inquiry.snoozed_until:
        return _("put off until %(moment)s") % {"moment": short(inquiry.snoozed_until)}, ""
    if state == Inquiry.State.CLOSED and inquiry.closed_because:
        return str(wording.REASONS[Inquiry.Reason(inquiry.closed_because)]), "good"
    return str(wording.STATES[state]), wording.TONES.get(state, "")


def because_of(inquiry: Inquiry) -> str:
    """Return why it came in as pressing."""
    said = [wording.BECAUSE[kind] % {"word": word} for kind, word in inquiry.urgent_because if kind in wording.BECAUSE]
    return pgettext("list", ", ").join(said)


def due_of(inquiry: Inquiry, *, now: datetime) -> dict[str, str] | None:
    """Return the next due: its words, and whether it is late or near."""
    if inquiry.due_at is None or not inquiry.is_ours:
        return None
    if inquiry.due_at >= now:
        left = dues.open_minutes(now, inquiry.due_at)
        words = _("until %(moment)s") % {"moment": short(inquiry.due_at)}
        return {"text": words, "tone": "soon" if left <= SOON_MINUTES else "", "left": length(left)}
    names = {"length": length(dues.open_minutes(inquiry.due_at, now))}
    is_end = inquiry.due_at == inquiry.resolution_due_at and inquiry.first_response_at is not None
    words = _("finish overdue by %(length)s") if is_end else _("answer overdue by %(length)s")
    return {"text": words % names, "tone": "late", "left": ""}


def length(minutes: int) -> str:
    """Return business minutes in words: 11 hours 40 minutes."""
    hours, rest = divmod(max(minutes, 0), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    if len(parts) == 1:
        return parts[0]
    return _("%(hours)s %(minutes)s") % {"hours": parts[0], "minutes": parts[1]}


def short(moment: datetime) -> str:
    """Return a moment in few letters, in the zone of the community."""
    local = moment.astimezone(business_hours().zone)
    today = timezone.now().astimezone(business_hours().zone).date()
    clock = date_format(local, "G:i")
    if local.date() == today:
        return _("%(clock)s today") % {"clock": clock}
    return _("%(day)s %(clock)s") % {"day": day_words(local), "clock": clock}


def day_words(local: datetime) -> str:
    return date_format(local, pgettext("format of a day with weekday", "D, M j"))


def now_words(now: datetime) -> str:
    """Return what time it is for the queue: open, or closed until when, and what the days between are."""
    hours = business_hours()
    local = now.astimezone(hours.zone)
    here = _("%(day)s %(clock)s") % {"day": day_words(local), "clock": date_format(local, "G:i")}
    if is_open(hours, now):
        return _("%(now)s, within business hours.") % {"now": here}
    opens = next_opening(hours, now)
    if opens is None:
        return _("%(now)s, outside business hours. No opening is set.") % {"now": here}
    begins = opens.astimezone(hours.zone)
    names = {
        "now": here,
        "next": _("%(day)s %(clock)s") % {"day": day_words(begins), "clock": date_format(begins, "G:i")},
    }
    closed = _closed_between(local, begins)
    if closed:
        return _("%(now)s, outside business hours. Next: %(next)s (%(days)s)") % {**names, "days": closed}
    return _("%(now)s, outside business hours. Next: %(next)s") % names


def next_day_end(now: datetime) -> datetime:
    """Return the end of the day of business that runs or comes next."""
    hours = business_hours()
    opens = next_opening(hours, now) or now
    day = opens.astimezone(hours.zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(hours.zone.key))


def _closed_between(start: datetime, end: datetime) -> str:
    """Return the named days between two that are closed: holidays and own closing days."""
    hours = business_hours()
    names: list[str] = []
    day = start.date()
    while day < end.date() and len(names) < 3:
        found = day_of(hours, day)
        if found.name and not found.periods:
            names.append(
                _("%(name)s on %(day)s")
                % {"name": found.name, "day": date_format(day, pgettext("format of a day", "M j"))}
            )
        day += timedelta(days=1)
    return pgettext("list", ", ").join(names)


def rows_of(inquiries: Iterable[Inquiry], *, now: datetime, viewer: Viewer) -> list[dict[str, Any]]:
    return [row_of(inquiry, now=now, viewer=viewer) for inquiry in inquiries]
