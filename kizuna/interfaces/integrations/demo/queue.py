"""What waits in the sample's inbox: 31 not closed, 5 of them without an owner and 2 overdue, besides questions that reach the team."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from kizuna.core.community.queries import setting
from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.interfaces.integrations.demo import content
from kizuna.success.inbox import actions, dues, looks
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.settings import FORM
from kizuna.success.tasks.models import Department

FOLDER = Path(settings.BASE_DIR) / "demo" / "misebako"
STEP = timedelta(minutes=20)
RESPONSE, RESOLUTION = 240, 960  # business minutes, as the rules of a new community say
Line = dict[str, Any]


def load_queue(*, people: dict[str, Member], asking: list[tuple[int, int | None]], now: datetime) -> int:
    """Take in what waits, as it would have come in, and return how many."""
    _open_the_form(people["saeki"])
    everything = content.table(FOLDER, "inquiries.toml")["inquiry"]
    for number, item in enumerate(everything):
        account_id, contact_id = (
            asking[number * 3 % len(asking)] if item.get("known", True) and asking else (None, None)
        )
        fields = {
            "channel": item["channel"],
            "title": item["title"],
            "body": item["body"],
            "account_id": account_id,
            "contact_id": contact_id,
            "sender": item.get("sender", ""),
            "external_id": f"sample:{number}",
        }
        inquiry = _answered(item, fields, people, now=now) if "answered" in item else _new(item, fields, now=now)
        _follow(inquiry, item, people, now=now)
    return len(everything)


def _open_the_form(owner: Member) -> None:
    said = {
        **setting(FORM),
        "is_on": True,
        "for_visitors": True,
        "categories": ["使い方", "料金・契約", "不具合", "その他"],
    }
    viewer: Any = viewer_of(owner)
    actions.set_form(viewer=viewer, value=said, now=timezone.now())


def _new(item: Line, fields: dict[str, Any], *, now: datetime) -> Inquiry:
    first = RESPONSE // 2 if "urgent" in item or item["channel"] == "missed" else RESPONSE
    at = _back(now, first - item["due"])
    return receive(arrival=Arrival(received_at=at, urgent="urgent" in item, **fields), now=now).inquiry


def _answered(item: Line, fields: dict[str, Any], people: dict[str, Member], *, now: datetime) -> Inquiry:
    """Note one that has its first answer: what is due next is the end."""
    at = _back(now, RESOLUTION - item["due"])
    times = {"received_at": at, "first_response_at": at + STEP}
    viewer: Any = viewer_of(people[item["owner"]])
    return actions.open_inquiry(viewer=viewer, fields={**fields, **times, "owner_id": viewer.member_id}, now=now)


def _back(now: datetime, minutes: int) -> datetime:
    """Return a moment so many business minutes ago."""
    moment = now
    while dues.open_minutes(moment, now) < minutes and now - moment < timedelta(days=30):
        moment -= STEP
    return moment


def _follow(inquiry: Inquiry, item: Line, people: dict[str, Member], *, now: datetime) -> None:
    if "owner" not in item:
        return
    viewer: Any = viewer_of(people[item["owner"]])
    actions.assign(viewer=viewer, inquiry=inquiry, owner_id=viewer.member_id, now=now)
    for note in item.get("notes", ()):
        handle, _colon, words = note.partition(": ")
        author: Any = viewer_of(people[handle])
        actions.add_note(viewer=author, inquiry=inquiry, body=words, now=now - STEP)
    acts: dict[str, Callable[[], Any]] = {
        "handed": lambda: _hand(inquiry, viewer, now=now),
        "snoozed": lambda: actions.snooze(viewer=viewer, inquiry=inquiry, until=looks.next_day_end(now), now=now),
        "waiting": lambda: actions.wait(viewer=viewer, inquiry=inquiry, now=now),
    }
    if "then" in item:
        acts[item["then"]]()


def _hand(inquiry: Inquiry, viewer: Any, *, now: datetime) -> None:
    department = Department.objects.filter(is_archived=False).order_by("position", "pk").first()
    if department is not None:
        ask = "在庫の連携の記録を見て、二重に減る原因を教えてください。"
        actions.hand_over(
            viewer=viewer, inquiry=inquiry, department=department, ask=ask, back_by=now + timedelta(days=1), now=now
        )
