"""Work out what an inquiry is counted by: when it was answered, by whom, and in how many business minutes."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, F, Min, Q, QuerySet, When

from kizuna.base.hours import stored
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.hours import business_hours
from kizuna.engagement.discussions.models import Post, State
from kizuna.success.inbox import dues
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryMessage
from kizuna.success.mailbox.models import Acknowledgement

LEFT_OUT = (Inquiry.Reason.SPAM, Inquiry.Reason.SAME, Inquiry.Reason.NONE_NEEDED)
MEMBER, STAFF = "member", "staff"


@dataclass(frozen=True)
class Answers:
    """When an inquiry was first answered by each kind; None where it was not."""

    member: datetime | None
    staff: datetime | None
    bot: datetime | None

    @property
    def first(self) -> tuple[datetime | None, str]:
        """Return the first answer of a person, and of which kind it is."""
        said = [(at, party) for at, party in ((self.staff, STAFF), (self.member, MEMBER)) if at is not None]
        return min(said, key=lambda answer: answer[0]) if said else (None, "")


def hours_key() -> str:
    """Return a short name of the hours and the zone that minutes are counted in."""
    said = json.dumps([stored(business_hours()), community.setting(keys.TIME_ZONE)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def local(moment: datetime) -> datetime:
    """Return a moment on the community's clock."""
    return moment.astimezone(ZoneInfo(community.setting(keys.TIME_ZONE)))


def answers_of(inquiry: Inquiry) -> Answers:
    """Return when an inquiry was first answered by members, by the team, and by the system."""
    by_system, by_people = _sent(inquiry, is_system=True), _sent(inquiry, is_system=False)
    staff = inquiry.first_response_at
    if staff is not None and by_system is not None and staff == max(by_system, inquiry.received_at):
        staff = by_people  # what the inbox took for the first answer had no person behind it
    receipt = Acknowledgement.objects.filter(inquiry=inquiry, state=Acknowledgement.State.SENT).first()
    said = [at for at in (by_system, (receipt.settled_at or receipt.at) if receipt else None) if at is not None]
    member = _by_members(inquiry)
    if member is None and inquiry.closed_because == Inquiry.Reason.COMMUNITY and staff is None:
        member = inquiry.closed_at
    return Answers(member=member, staff=staff, bot=min(said, default=None))


def person_key_of(inquiry: Inquiry) -> str:
    """Return who wrote, as far as it is known; an address is not kept, only a hash of it."""
    if inquiry.contact_id:
        return f"c{inquiry.contact_id}"
    if inquiry.member_id:
        return f"m{inquiry.member_id}"
    sender = inquiry.sender.strip().casefold()
    return "s" + hashlib.sha256(sender.encode()).hexdigest()[:32] if sender else ""


def minutes(inquiry: Inquiry, at: datetime | None) -> int | None:
    """Return the business minutes from the arrival to a moment."""
    return None if at is None else max(dues.open_minutes(inquiry.received_at, at), 0)


def resolution_minutes(inquiry: Inquiry) -> int | None:
    """Return the business minutes to the end, without those in which the customer was waited for."""
    if inquiry.closed_at is None:
        return None
    return max(
        dues.open_minutes(inquiry.received_at, inquiry.paused_at or inquiry.closed_at) - inquiry.paused_minutes, 0
    )


def reopened(inquiry: Inquiry) -> int:
    """Return how often it was opened again after it was closed."""
    changes = InquiryChange.objects.filter(inquiry=inquiry, what__in=["closed", "reopened"]).order_by("at", "pk")
    count, was_closed = 0, inquiry.import_id is not None and inquiry.closed_at is None
    for what in changes.values_list("what", flat=True):
        count += was_closed and what == InquiryChange.What.REOPENED
        was_closed = what == InquiryChange.What.CLOSED
    return count


def _sent(inquiry: Inquiry, *, is_system: bool) -> datetime | None:
    """Return when the first answer of people, or of the system, was out."""
    out = InquiryMessage.objects.filter(inquiry=inquiry, direction=InquiryMessage.Direction.OUT)
    out = out.filter(Q(delivery=None) | Q(delivery__state=Delivery.State.SENT))
    out = out.filter(author__is_system=True) if is_system else out.exclude(author__is_system=True)
    moment = Case(
        When(delivery__sent_at__isnull=False, then=F("delivery__sent_at")),
        default=F("at"),
        output_field=DateTimeField(),
    )
    found: datetime | None = out.aggregate(first=Min(moment))["first"]
    return found


def _by_members(inquiry: Inquiry) -> datetime | None:
    """Return when another member first replied in the topic that the inquiry was made from, since it is one."""
    if inquiry.source_type not in ("topic", "post"):
        return None
    found: datetime | None = _replies(inquiry).aggregate(first=Min("created_at"))["first"]
    return found


def _replies(inquiry: Inquiry) -> QuerySet[Post]:
    source = inquiry.source_id or 0
    topic_id: int | None = source
    if inquiry.source_type == "post":
        topic_id = Post.objects.filter(pk=source).values_list("topic_id", flat=True).first()
    rows = Post.objects.filter(topic_id=topic_id or 0, state=State.VISIBLE, is_staff=False, number__gt=1)
    rows = rows.filter(created_at__gte=inquiry.received_at, author__is_system=False)
    rows = rows.exclude(author_id=inquiry.member_id or 0)
    return rows.exclude(pk=source) if inquiry.source_type == "post" else rows
