"""Count inquiries: one row each, made from the inquiry alone, so that counting again gives the same."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from kizuna.success.inbox import dues
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox.models import Acknowledgement
from kizuna.success.service import facts
from kizuna.success.service.models import InquiryFigures

BATCH = 200
NOT_SPAM = ~Q(closed_because=Inquiry.Reason.SPAM)


@transaction.atomic
def count_inquiry(*, inquiry_id: int) -> InquiryFigures | None:
    """Count one inquiry as it is now, and what it changes for the one before it. None when it is gone."""
    inquiry = Inquiry.objects.select_for_update(of=("self",)).filter(pk=inquiry_id).first()
    if inquiry is None:
        return None
    figures, _is_new = InquiryFigures.objects.update_or_create(inquiry=inquiry, defaults=_counted(inquiry))
    pointing = Q(person_next=inquiry) | Q(account_next=inquiry)
    before = set(InquiryFigures.objects.filter(pointing).values_list("pk", flat=True))
    _link({inquiry.pk, *before, *_before(inquiry, figures.person_key)})
    figures.refresh_from_db()
    return figures


def count_stale(*, limit: int = BATCH) -> int:
    """Count inquiries that changed since, were never counted, or were counted in other hours. Returns how many."""
    ids = list(_stale().order_by("pk").values_list("pk", flat=True)[:limit])
    for inquiry_id in ids:
        count_inquiry(inquiry_id=inquiry_id)
    return len(ids)


def rebuild(*, report: Callable[[str], None] | None = None) -> int:
    """Count every inquiry again. Returns how many."""
    done = 0
    InquiryFigures.objects.all().delete()
    for inquiry_id in Inquiry.objects.order_by("received_at", "pk").values_list("pk", flat=True).iterator():
        done += count_inquiry(inquiry_id=inquiry_id) is not None
        if report and done % 10_000 == 0:
            report(f"{done} inquiries")
    return done


def _stale() -> Any:
    """Return the inquiries whose row is missing or tells of the past."""
    changed = ~Q(updated_at=F("figures__seen_at")) | ~Q(figures__hours_key=facts.hours_key())
    receipts = Acknowledgement.objects.filter(state=Acknowledgement.State.SENT).values("inquiry_id")
    gone = Q(figures__person_next=None, figures__person_again_after__isnull=False)
    gone |= Q(figures__account_next=None, figures__account_again_after__isnull=False)
    told = Q(figures__bot_minutes=None, pk__in=receipts)
    return Inquiry.objects.filter(Q(figures=None) | changed | gone | told)


def _counted(inquiry: Inquiry) -> dict[str, Any]:
    answers = facts.answers_of(inquiry)
    first_at, first_by = answers.first
    at = facts.local(inquiry.received_at)
    is_spam = inquiry.closed_because == Inquiry.Reason.SPAM
    return {
        "arrived_at": inquiry.received_at,
        "arrived_on": at.date(),
        "arrived_hour": at.hour,
        "is_outside": dues.is_outside(inquiry.received_at),
        "channel": inquiry.channel,
        "category": inquiry.category,
        "owner_id": inquiry.owner_id,
        "is_left_out": _is_left_out(inquiry, first_at),
        "first_at": first_at,
        "first_by": first_by,
        "first_minutes": facts.minutes(inquiry, first_at),
        "member_minutes": facts.minutes(inquiry, answers.member),
        "staff_minutes": facts.minutes(inquiry, answers.staff),
        "bot_minutes": facts.minutes(inquiry, answers.bot),
        "response_met": _met(first_at, inquiry.response_due_at),
        "resolved_at": inquiry.closed_at,
        "resolution_minutes": facts.resolution_minutes(inquiry),
        "resolution_met": _met(
            inquiry.closed_at and (inquiry.paused_at or inquiry.closed_at), inquiry.resolution_due_at
        ),
        "response_due_at": inquiry.response_due_at,
        "resolution_due_at": inquiry.resolution_due_at,
        "is_paused": inquiry.closed_at is None and inquiry.paused_at is not None,
        "reopened": facts.reopened(inquiry),
        "person_key": ""
        if is_spam
        else facts.person_key_of(inquiry),  # spam follows nothing and is followed by nothing
        "has_account": inquiry.account_id is not None and not is_spam,
        "seen_at": inquiry.updated_at,
        "hours_key": facts.hours_key(),
    }


def _is_left_out(inquiry: Inquiry, first_at: datetime | None) -> bool:
    if inquiry.closed_because == Inquiry.Reason.SPAM:
        return True
    return inquiry.closed_because in facts.LEFT_OUT and first_at is None


def _met(at: datetime | None, due: datetime | None) -> bool | None:
    return None if at is None or due is None else at <= due


def _before(inquiry: Inquiry, person_key: str) -> list[int]:
    """Return the inquiries just before this one, of the same person and of the same customer."""
    found: list[int] = []
    earlier = Q(arrived_at__lt=inquiry.received_at) | Q(arrived_at=inquiry.received_at, pk__lt=inquiry.pk)
    if person_key:
        rows = InquiryFigures.objects.filter(earlier, ~Q(pk=inquiry.pk), person_key=person_key)
        found += rows.order_by("-arrived_at", "-pk").values_list("pk", flat=True)[:1]
    if inquiry.account_id:
        earlier = Q(received_at__lt=inquiry.received_at) | Q(received_at=inquiry.received_at, pk__lt=inquiry.pk)
        others = Inquiry.objects.filter(earlier, NOT_SPAM, account_id=inquiry.account_id)
        found += others.order_by("-received_at", "-pk").values_list("pk", flat=True)[:1]
    return found


def _link(ids: Iterable[int]) -> None:
    """Set for each of these the next inquiry of the same person, and of the same customer; spam is none."""
    for row in InquiryFigures.objects.filter(pk__in=list(ids)).select_related("inquiry"):
        inquiry = row.inquiry
        later = Q(arrived_at__gt=row.arrived_at) | Q(arrived_at=row.arrived_at, pk__gt=row.pk)
        same = InquiryFigures.objects.filter(later, person_key=row.person_key)
        person = same.order_by("arrived_at", "pk").values_list("pk", "arrived_at").first() if row.person_key else None
        later = Q(received_at__gt=inquiry.received_at) | Q(received_at=inquiry.received_at, pk__gt=inquiry.pk)
        others = Inquiry.objects.filter(later, NOT_SPAM, account_id=inquiry.account_id or 0)
        others = others.order_by("received_at", "pk")
        account = others.values_list("pk", "received_at").first() if inquiry.account_id else None
        InquiryFigures.objects.filter(pk=row.pk).update(
            person_next_id=person[0] if person else None,
            person_again_after=_seconds(row, person),
            account_next_id=account[0] if account else None,
            account_again_after=_seconds(row, account),
        )


def _seconds(row: InquiryFigures, later: tuple[int, datetime] | None) -> int | None:
    return int((later[1] - row.arrived_at).total_seconds()) if later else None
