"""The audit log for its readers: with names as they are today, which the log itself does not hold."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base import registry
from kizuna.base.web.numbers import whole
from kizuna.core.audit import queries as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.policies import can_read_audit
from kizuna.core.members.viewer import Viewer
from kizuna.core.privacy.wording import detail_text, things

PAGE = 50
MOST_PEOPLE = 500


@dataclass(frozen=True)
class AuditFilter:
    """What the page was narrowed to, as its address says it."""

    action: str = ""
    page: str = ""
    kind: str = ""  # "contact"
    who: str = ""  # a handle, or a part of a name
    about: str = ""  # "contact:12"
    since: date | None = None
    until: date | None = None

    def query(self) -> list[tuple[str, str]]:
        """Return the filter as parts of an address."""
        said = [(name, getattr(self, name)) for name in ("action", "page", "kind", "who", "about")]
        days = [(name, day.isoformat()) for name, day in (("since", self.since), ("until", self.until)) if day]
        return [(name, value) for name, value in said if value] + days


@dataclass(frozen=True)
class AuditLine:
    """An entry in words."""

    entry: AuditEntry
    what: Any
    who: str
    about: str
    url: str
    detail: str
    handle: str = ""  # by which the list is narrowed to whoever did it
    target: str = ""  # and by which to what it is about: "contact:12"


def entries_visible_to(viewer: Viewer, wanted: AuditFilter, *, before: int | None = None) -> QuerySet[AuditEntry]:
    """Return the entries that a filter leaves, the latest first; Http404 for others than owners and admins."""
    if not can_read_audit(viewer):
        raise Http404
    kind, _colon, number = wanted.about.partition(":")
    return audit.entries(
        action=wanted.action,
        page=wanted.page,
        actor_ids=_people_called(wanted.who) if wanted.who else None,
        kind=wanted.kind,
        subject=(kind, whole(number) or 0) if wanted.about else None,
        since=_start(wanted.since),
        until=_start(wanted.until + timedelta(days=1)) if wanted.until else None,
        before=before,
    )


def about_words(viewer: Viewer, about: str) -> str:
    """Return what "contact:12" is called: its name where it may be seen, else its kind and number."""
    kind, _colon, number = about.partition(":")
    target, pk = registry.by_name(registry.Target, kind), whole(number) or 0
    row = target.visible(viewer=viewer, ids=[pk]).get(pk) if target else None
    if target and row is not None:
        return str(target.title(row=row))
    return f"{things().get(kind, kind)} {number}".strip()


def lines_of(viewer: Viewer, entries: list[AuditEntry]) -> list[AuditLine]:
    """Return entries in words; who or what they are about only as far as the viewer may see it today."""
    people = Member.objects.in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    rows = _subjects(viewer, entries)
    said, known = registry.audit_words("words"), things()
    return [_line(entry, said, known, people, rows) for entry in entries]


def _line(
    entry: AuditEntry, said: dict[str, Any], known: dict[str, Any], people: dict[int, Member], rows: dict[Any, Any]
) -> AuditLine:
    actor = people.get(entry.actor_id or 0)
    is_person = actor is not None and not actor.is_system
    name, url = rows.get((entry.subject_type, entry.subject_id), ("", ""))
    thing = str(known.get(entry.subject_type, entry.subject_type))
    return AuditLine(
        entry=entry,
        what=said.get(entry.action, entry.action),
        who=actor.name if actor and is_person else "Kizuna",
        about=name or (f"{thing} {entry.subject_id}" if entry.subject_id else thing),
        url=url,
        detail=detail_text(entry.detail),
        handle=actor.handle if actor and is_person else "",
        target=f"{entry.subject_type}:{entry.subject_id}" if entry.subject_id else "",
    )


def _people_called(text: str) -> list[int]:
    """Return the members with this handle, or else those whose name or reading holds the text."""
    handle = text.removeprefix("@").lower()
    found = list(Member.objects.filter(handle=handle).values_list("pk", flat=True))
    named = Q(name__icontains=text) | Q(kana__icontains=text)
    return found or list(Member.objects.filter(named).values_list("pk", flat=True)[:MOST_PEOPLE])


def _subjects(viewer: Viewer, entries: list[AuditEntry]) -> dict[tuple[str, int], tuple[str, str]]:
    by_type: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.subject_type and entry.subject_id:
            by_type[entry.subject_type].add(entry.subject_id)
    found = {}
    for kind, ids in by_type.items():
        target = registry.by_name(registry.Target, kind)
        for pk, row in (target.visible(viewer=viewer, ids=sorted(ids)) if target else {}).items():
            found[kind, pk] = (str(target.title(row=row)), target.url(row=row)) if target else ("", "")
    return found


def _start(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), tzinfo=ZoneInfo(community.setting(keys.TIME_ZONE)))
