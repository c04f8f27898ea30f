"""まとめて答える: one answer for many. Each goes out by itself, looked at again in the moment before, and never twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuna.base.hours import next_opening
from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.actions import record
from kizuna.core.community.hours import business_hours
from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.answering import activities, policies, queries
from kizuna.success.answering.models import AnswerBatch, AnswerItem
from kizuna.success.customers.models import Account
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox import doors
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.inbox.queries import inquiries_visible_to
from kizuna.success.mailbox import facts_in_words
from kizuna.success.tasks import actions as tasks

MOST = 200
LONGEST = 20_000
LONGEST_LINE = 1_000
LONGEST_KEY = 64
LARGEST = 2**63  # what a number in the database can be
State, Why = AnswerItem.State, AnswerItem.Why
OUT = InquiryMessage.Direction.OUT
GONE_OUT = (Delivery.State.HELD, Delivery.State.SENDING, Delivery.State.SENT)


@dataclass(frozen=True)
class Chosen:
    """One who is answered, with a line of their own; `seen` is the last message that was looked at."""

    inquiry_id: int
    line: str = ""
    seen: int | None = None


@transaction.atomic
def answer_many(
    *, viewer: Viewer, about: Inquiry | None, common: str, chosen: Sequence[Chosen], key: str, now: datetime
) -> AnswerBatch:
    """Hold one answer for many; half a minute later each goes out by itself. The same `key` makes one batch."""
    policies.require_worker(viewer)
    common = text_checked(common, chosen)
    known = AnswerBatch.objects.filter(key=key).first()
    if known is not None:
        return known
    rows = inquiries_visible_to(viewer).select_related("account", "contact", "member")
    found = rows.in_bulk([one.inquiry_id for one in chosen])
    if len(found) != len(chosen):
        raise Refused(gettext_lazy("One of these inquiries is not there any more."), field="chosen")
    try:
        with transaction.atomic():
            batch = AnswerBatch.objects.create(
                about=about,
                common=common,
                by_id=viewer.member_id,
                created_at=now,
                send_at=now + inbox.HELD_FOR,
                key=key,
            )
    except IntegrityError:
        return AnswerBatch.objects.get(key=key)
    for one in chosen:
        _hold(batch, found[one.inquiry_id], one, viewer=viewer)
    _tell(activities.BATCH_MADE, batch, viewer, now, {"items": len(chosen), **({"about": about.pk} if about else {})})
    return batch


def answer_item(*, item_id: int, now: datetime) -> None:
    """Answer one of a batch, in one transaction: unless it was answered, closed or written on meanwhile."""
    with transaction.atomic():
        item = AnswerItem.objects.select_for_update(of=("self",)).select_related("batch__by").get(pk=item_id)
        if item.state != State.HELD:
            return
        by = item.batch.by
        viewer = viewer_of(by) if by is not None and by.is_active else None
        inquiry = Inquiry.objects.select_for_update(of=("self",)).get(pk=item.inquiry_id)
        if viewer is None or not policies.can_work(viewer):
            _skip(item, Why.REFUSED, _("Whoever wrote this answer is not of the team any more."))
        elif (why := not_now(inquiry, seen=item.seen)) is not None:
            _skip(item, *why)
        elif doors.door_of(inquiry) is None:
            _give_call(item, inquiry, viewer, now=now)
        else:
            _give(item, inquiry, viewer, now=now)


@transaction.atomic
def take_back_batch(*, viewer: Viewer, batch: AnswerBatch, now: datetime) -> int:
    """Take back what is still held of a batch; return how many. Raises Refused when nothing is."""
    policies.require_worker(viewer)
    count = batch.items.filter(state=State.HELD).update(state=State.TAKEN_BACK)
    if not count:
        raise Refused(gettext_lazy("These answers are on their way already."), code="too_late")
    AnswerBatch.objects.filter(pk=batch.pk).update(taken_back_at=now)
    _tell(activities.BATCH_TAKEN_BACK, batch, viewer, now, {"items": count})
    return count


def text_checked(common: str, chosen: Sequence[Chosen]) -> str:
    """Return the common text as it is kept, or raise Refused with the field that is wrong."""
    common = common.replace("\r\n", "\n").replace("\x00", "").strip()
    if not common:
        raise Refused(gettext_lazy("Please write the answer."), field="common", code="empty")
    if len(common) > LONGEST:
        raise Refused(gettext_lazy("This answer is too long."), field="common")
    if unknown := facts_in_words.unknown_names(common):
        names = ", ".join(f"{{{{{name}}}}}" for name in unknown[:5])
        raise Refused(_("There is no fact called %(names)s.") % {"names": names}, field="common")
    if not chosen or len(chosen) > MOST:
        raise Refused(_("Please choose from 1 to %(n)d inquiries.") % {"n": MOST}, field="chosen")
    if any(not 0 < one.inquiry_id < LARGEST or not 0 <= (one.seen or 0) < LARGEST for one in chosen):
        raise Refused(gettext_lazy("One of these inquiries is not there any more."), field="chosen")
    if len({one.inquiry_id for one in chosen}) != len(chosen):
        raise Refused(gettext_lazy("An inquiry was chosen twice."), field="chosen")
    if any(len(one.line) > LONGEST_LINE for one in chosen):
        raise Refused(gettext_lazy("One of the lines is too long."), field="line")
    return common


def composed(common: str, line: str, *, viewer: Viewer, inquiry: Inquiry) -> str:
    """Return what one of them reads: the common answer with their facts, then their own line."""
    text = facts_in_words.filled(common, queries.facts_of(viewer, inquiry))
    line = " ".join(line.replace("\x00", "").split())
    return f"{text}\n\n{line}" if line else text


def not_now(inquiry: Inquiry, *, seen: int) -> tuple[AnswerItem.Why, str] | None:
    """Return why an inquiry is not answered together with others, or None."""
    out = InquiryMessage.objects.filter(inquiry=inquiry, direction=OUT, delivery__state__in=GONE_OUT)
    answer = out.select_related("author").order_by("-pk").first()
    if answer is not None or inquiry.first_response_at is not None:
        name = answer.author.name if answer is not None and answer.author else ""
        return Why.ANSWERED, _("%(name)s has answered.") % {"name": name} if name else ""
    if inquiry.is_closed:
        return Why.CLOSED, ""
    if queries.to_call([inquiry.pk]):
        return Why.CALL, ""
    wrote = InquiryMessage.objects.filter(inquiry=inquiry, pk__gt=seen, direction=InquiryMessage.Direction.IN)
    if wrote.exists():
        return Why.WROTE, ""
    return None


def last_message(inquiry: Inquiry) -> int:
    """Return the last message of an inquiry that whoever looks at it now sees."""
    return InquiryMessage.objects.filter(inquiry=inquiry).order_by("-pk").values_list("pk", flat=True).first() or 0


def _hold(batch: AnswerBatch, inquiry: Inquiry, one: Chosen, *, viewer: Viewer) -> None:
    seen = last_message(inquiry) if one.seen is None else one.seen
    item = AnswerItem(
        batch=batch,
        inquiry=inquiry,
        line=" ".join(one.line.split()),
        text=composed(batch.common, one.line, viewer=viewer, inquiry=inquiry),
        seen=seen,
    )
    if (why := not_now(inquiry, seen=seen)) is not None:
        item.state, item.why, item.detail = State.SKIPPED, why[0], why[1][:400]
    item.save()
    if item.state == State.HELD:
        enqueue("answering.answer", args={"item": item.pk}, run_at=batch.send_at, priority=5)


def _give(item: AnswerItem, inquiry: Inquiry, viewer: Viewer, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            item.delivery = inbox.send_reply(
                viewer=viewer, inquiry=inquiry, body=item.text, now=now, held_for=timedelta(0), keeps_draft=True
            )
    except Refused as refused:
        _skip(item, Why.NO_DOOR if refused.code == "no_door" else Why.REFUSED, str(refused.reason))
        return
    item.state = State.GIVEN
    item.save(update_fields=["state", "delivery"])


def _give_call(item: AnswerItem, inquiry: Inquiry, viewer: Viewer, *, now: datetime) -> None:
    """Where nothing can be sent from here, make a task to call; whoever does it closes the inquiry."""
    account = Account.objects.exclude(state=Account.State.MERGED).filter(pk=inquiry.account_id or 0).first()
    if account is None:
        _skip(item, Why.NO_DOOR, _("Nothing can be sent on this channel, and it is not known whom to call."))
        return
    fields = {
        "title": (_("Call about #%(number)s: %(title)s") % {"number": inquiry.pk, "title": inquiry.title})[:160],
        "body": item.text,
        "owner_id": inquiry.owner_id or viewer.member_id,
        "contact_id": inquiry.contact_id,
        "due_on": local_day(next_opening(business_hours(), now) or now),
    }
    try:
        with transaction.atomic():
            item.task = tasks.make_task(viewer=viewer, account=account, fields=fields, now=now)
    except Refused as refused:
        _skip(item, Why.REFUSED, str(refused.reason))
        return
    item.state = State.CALL
    item.save(update_fields=["state", "task"])


def _skip(item: AnswerItem, why: AnswerItem.Why, detail: str) -> None:
    item.state, item.why, item.detail = State.SKIPPED, why, detail[:400]
    item.save(update_fields=["state", "why", "detail"])


def _tell(verb: activities.ActivityType, batch: AnswerBatch, viewer: Viewer, now: datetime, props: dict) -> None:
    record(verb, actor_id=viewer.member_id, object_type="answer_batch", object_id=batch.pk, at=now, props=props)
