"""Read calls: visible ones, a page of them, whose number one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.dateparse import parse_datetime

from kizuna.base.api.paging import BadCursor, cursor, read_cursor
from kizuna.base.text import phones
from kizuna.base.web.opened import Change, Opened
from kizuna.core.members.policies import can_manage, can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls.models import Call, CallEvent, CallSource, CallVersion
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account, Contact, Employment
from kizuna.success.customers.queries import lists
from kizuna.success.customers.queries.visible import accounts_visible_to
from kizuna.success.encounters import queries as encounters
from kizuna.success.inbox.models import Inquiry

PAGE = 50
MOST_OWNERS = 20
VIEWS = ("all", "missed", "mine", "unknown")
KEPT = ("direction", "outcome", "number", "note")
WITH = ("account", "contact", "member", "encounter__author", "inquiry", "source")


@dataclass(frozen=True)
class CallFilter:
    """What the list of calls is narrowed to, as its address says it."""

    view: str = "all"
    text: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "CallFilter":
        """Read an address; what makes no sense in it is left out."""
        view = str(given.get("view", ""))
        return cls(view if view in VIEWS else "all", str(given.get("q", ""))[:80].strip())

    def query(self) -> dict[str, str]:
        """Return it as an address says it."""
        return {name: value for name, value in (("view", self.view), ("q", self.text)) if value not in ("", "all")}


@dataclass(frozen=True)
class Owners:
    """Whose number it is. `account` and `contact` where it is one; else `accounts` to choose from."""

    account: Account | None = None
    contact: Contact | None = None
    accounts: tuple[Account, ...] = ()


def calls_visible_to(viewer: Viewer) -> QuerySet[Call]:
    """Return the calls the viewer may see: all that were not removed, for those with the desk."""
    rows = Call.objects.filter(is_removed=False)
    return rows if can_use_desk(viewer) else rows.none()


def call_for(viewer: Viewer, call_id: int) -> Call:
    """Return a call, or Http404."""
    found = calls_visible_to(viewer).select_related(*WITH).filter(pk=call_id).first()
    if found is None:
        raise Http404
    return found


def removed_call_for(viewer: Viewer, call_id: int) -> Call:
    """Return a removed call, or Http404."""
    found = Call.objects.select_related(*WITH).filter(pk=call_id, is_removed=True).first()
    if found is None or not can_use_desk(viewer):
        raise Http404
    return found


def page_of(viewer: Viewer, wanted: CallFilter, *, after: str = "") -> tuple[list[Call], str]:
    """Return a page of calls, the latest first, and where the next one begins."""
    rows = narrowed(viewer, wanted).select_related(*WITH)
    if after:
        at, pk = read_cursor(after, types=[str, int])
        moment = parse_datetime(at)
        if moment is None or moment.tzinfo is None:
            raise BadCursor(after)
        rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=pk))
    found = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], cursor([last.at.isoformat(), last.pk]) if last else ""


def narrowed(viewer: Viewer, wanted: CallFilter) -> QuerySet[Call]:
    """Return the calls that a filter leaves."""
    rows = calls_visible_to(viewer)
    if wanted.view == "missed":
        rows = rows.filter(direction=Call.Direction.IN, state=Call.State.MISSED)
    elif wanted.view == "mine":
        rows = rows.filter(member_id=viewer.own_id)
    elif wanted.view == "unknown":
        rows = rows.filter(account=None)
    if not wanted.text:
        return rows
    if phone := lists.phone_asked(viewer, wanted.text):
        return rows.filter(number_key=phone)
    accounts = lists.by_name(accounts_visible_to(viewer), wanted.text).values("pk")
    return rows.filter(account__in=accounts)


def owners_of(number_key: str) -> Owners:
    """Return whose number it is. A firm's own number is nobody's in person; one number of several people is none's."""
    if not number_key:
        return Owners()
    own = Account.objects.filter(phone_key=number_key).exclude(state=Account.State.MERGED)
    firms = {account.pk: account for account in own.order_by("pk")[:MOST_OWNERS]}
    seats = Employment.objects.filter(contact__phone_key=number_key, ended_at=None).select_related("account", "contact")
    here = [seat for seat in seats.order_by("pk")[:MOST_OWNERS] if seat.account.state != Account.State.MERGED]
    accounts = {**firms, **{seat.account_id: seat.account for seat in here}}
    people = {seat.contact_id: seat.contact for seat in here}
    if len(accounts) != 1:
        return Owners(accounts=tuple(accounts.values()))
    (account,) = accounts.values()
    is_personal = len(people) == 1 and account.pk not in firms
    return Owners(account, next(iter(people.values())) if is_personal else None, (account,))


def open_missed(number_key: str) -> Inquiry | None:
    """Return the inquiry that is open for missed calls of a number."""
    if not number_key:
        return None
    calls = Call.objects.filter(number_key=number_key, inquiry__channel=Inquiry.Channel.MISSED)
    call = calls.exclude(inquiry__state=Inquiry.State.CLOSED).select_related("inquiry").order_by("-at", "-pk").first()
    return call.inquiry if call else None


def missed_on(inquiry: Inquiry) -> int:
    """Return how many missed calls an inquiry stands for."""
    missed = Call.objects.filter(inquiry=inquiry, direction=Call.Direction.IN, state=Call.State.MISSED)
    return missed.filter(is_removed=False).count()


def calls_of_inquiry(viewer: Viewer, inquiry: Inquiry) -> list[Call]:
    """Return the calls of an inquiry, the first first."""
    return list(calls_visible_to(viewer).filter(inquiry=inquiry).select_related(*WITH).order_by("at", "pk")[:PAGE])


def opened_values(call: Call) -> dict[str, Any]:
    """Return what the form of a call shows, as it is stored now."""
    own = {**{name: getattr(call, name) for name in KEPT}, "at": call.at, "ended_at": call.ended_at}
    return {**own, "said": encounters.opened_values(call.encounter) if call.encounter else None}


def call_opened(call: Call) -> Opened:
    """Return what the form of a call is opened on."""
    number = call.versions.order_by("-pk").values_list("pk", flat=True).first()
    return Opened.on(opened_values(call), number=number)


def changes_after(call: Call, *, after: int) -> list[Change]:
    """Return who changed a call after a version, the latest first; its encounter may have been changed by itself."""
    rows = list(CallVersion.objects.filter(call=call, pk__gt=after).select_related("by").order_by("-pk")[:20])
    if rows or call.encounter is None:
        return [Change(row.by.name if row.by else "", row.at) for row in rows]
    return encounters.changes_after(call.encounter, after=0)[:1]


def versions_of(call: Call) -> list[CallVersion]:
    """Return what a call was before, the latest first."""
    return list(call.versions.select_related("by").order_by("-at", "-pk")[:50])


def number_seen(viewer: Viewer, call: Call) -> str:
    """Return the customer's number as it is written at home, for those who see telephones."""
    if not call.number or not seeing.sees(viewer, seeing.CONTACT):
        return ""
    return phones.shown(call.number_key) if call.number_key else call.number


def candidates(call: Call) -> list[Account]:
    """Return the customers that have the number of a call nobody placed."""
    return [] if call.account_id else list(owners_of(call.number_key).accounts)


def sources_for(viewer: Viewer) -> QuerySet[CallSource]:
    """Return the telephone systems, for managers."""
    rows = CallSource.objects.select_related("made_by").order_by("pk")
    return rows if can_manage(viewer) else rows.none()


def source_for(viewer: Viewer, source_id: int) -> CallSource:
    """Return a telephone system, or Http404."""
    found = sources_for(viewer).filter(pk=source_id).first()
    if found is None:
        raise Http404
    return found


def source_of_key(key: str, *, kind: str) -> CallSource | None:
    """Return the telephone system that an address names."""
    return CallSource.objects.filter(key=key, kind=kind, is_active=True).first() if key else None


def events_since(source: CallSource, *, since: datetime) -> int:
    """Return how many events a source told since a moment."""
    return CallEvent.objects.filter(source=source, received_at__gte=since).count()
