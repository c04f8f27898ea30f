"""Answer: a message and its delivery, held so that it can be taken back, then sent through the door of its channel."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.registry import ReplyDoor
from kizuna.core.files import actions as files
from kizuna.core.files.models import File
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import STAFF, Viewer
from kizuna.success.customers.actions.checking import text_of
from kizuna.success.inbox import doors, enclosing, policies
from kizuna.success.inbox.actions.drafting import drop_draft, put_draft
from kizuna.success.inbox.actions.writing import locked, log
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryChange, InquiryDraft, InquiryMessage

HELD_FOR = timedelta(seconds=30)
LONGEST = 20_000
LONGEST_SNOOZE = timedelta(days=366)
AFTER = (Inquiry.State.WAITING, Inquiry.State.OPEN, Inquiry.State.SNOOZED, Inquiry.State.CLOSED)
OUT = InquiryMessage.Direction.OUT
TARGET, WITH_MESSAGE = "inquiry_message", ("attached", "linked")


@transaction.atomic
def send_reply(
    *,
    viewer: Viewer,
    inquiry: Inquiry,
    body: str,
    now: datetime,
    next_state: str = Inquiry.State.WAITING,
    snooze_until: datetime | None = None,
    seen: int | None = None,
    attachments: Sequence[str] = (),
    held_for: timedelta = HELD_FOR,
    keeps_draft: bool = False,
) -> Delivery:
    """Write an answer and hold it for half a minute; then it goes out and the inquiry is as `next_state` says.

    `seen` is the last message the writer saw: raises Refused ("overtaken") when somebody wrote since. Whoever answers
    what nobody has becomes its owner. `held_for`, `keeps_draft`: for an answer that was held and written elsewhere.
    """
    policies.require_worker(viewer)
    inquiry = locked(inquiry.pk)
    body = text_of({"body": body}, "body", longest=LONGEST)
    if not body:
        raise Refused(_("Please write the answer."), field="body", code="empty")
    require_next(next_state, snooze_until, now=now)
    _require_not_overtaken(inquiry, seen, viewer)
    door = doors.door_of(inquiry)
    if door is None:
        raise Refused(
            _("No answer can be sent from here on this channel. Answer another way and close it with the reason."),
            code="no_door",
        )
    body, attachments = _enclosed(body, attachments, door=door, viewer=viewer)
    if inquiry.owner_id is None:
        inquiry.owner_id, inquiry.updated_at = viewer.member_id, now
        inquiry.save(update_fields=["owner", "updated_at"])
        log(inquiry, InquiryChange.What.ASSIGNED, viewer=viewer, now=now, props={"owner": viewer.member_id})
    message = InquiryMessage.objects.create(
        inquiry=inquiry, direction=OUT, author_id=viewer.member_id, body=body, at=now
    )
    _keep_files(message, attachments, viewer)
    if not keeps_draft:
        drop_draft(viewer=viewer, inquiry=inquiry, kind=InquiryDraft.Kind.REPLY)
    return _held(message, next_state=next_state, snooze_until=snooze_until, send_at=now + held_for, now=now)


@transaction.atomic
def take_back(*, viewer: Viewer, delivery: Delivery, now: datetime) -> None:
    """Take an answer back that is still held; its text is a draft again. Raises Refused once it is on its way."""
    policies.require_worker(viewer)
    held = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.HELD)
    if not held.update(state=Delivery.State.TAKEN_BACK):
        raise Refused(_("This answer is on its way already."), code="too_late")
    message = InquiryMessage.objects.select_related("inquiry").get(pk=delivery.message_id)
    sent_along = File.objects.filter(target_type=TARGET, target_id=message.pk, is_removed=False).order_by("pk")
    body = enclosing.with_links(message.body, files=sent_along)
    files.detach(target_type=TARGET, target_id=message.pk)
    put_draft(member_id=viewer.own_id, inquiry=message.inquiry, kind=InquiryDraft.Kind.REPLY, body=body, now=now)
    log(message.inquiry, InquiryChange.What.TAKEN_BACK, viewer=viewer, now=now, props={"message": message.pk})


@transaction.atomic
def send_again(*, viewer: Viewer, delivery: Delivery, now: datetime) -> None:
    """Try an answer again that could not be sent, with the same key."""
    policies.require_worker(viewer)
    failed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED)
    if not failed.update(state=Delivery.State.HELD, send_at=now + HELD_FOR, attempts=0, error=""):
        raise Refused(_("This answer is on its way already."), code="too_late")
    enqueue("inbox.deliver", args={"delivery": delivery.pk}, run_at=now + HELD_FOR, priority=5)


def require_next(state: str, snooze_until: datetime | None, *, now: datetime) -> None:
    """Raise Refused unless an inquiry can be in `state` after an answer."""
    if state not in AFTER:
        raise Refused(_("Please choose from the list."), field="next_state")
    if state == Inquiry.State.SNOOZED:
        require_moment(snooze_until, field="snooze_until", now=now)


def require_moment(moment: datetime | None, *, field: str, now: datetime) -> datetime:
    """Return a moment to come within a year, or raise Refused."""
    if moment is None or not now < moment <= now + LONGEST_SNOOZE:
        raise Refused(_("Please choose a time that is to come, within a year."), field=field)
    return moment


def _held(
    message: InquiryMessage, *, next_state: str, snooze_until: datetime | None, send_at: datetime, now: datetime
) -> Delivery:
    delivery = Delivery.objects.create(
        message=message,
        channel=message.inquiry.channel,
        send_at=send_at,
        key=secrets.token_hex(16),
        next_state=next_state,
        snooze_until=snooze_until if next_state == Inquiry.State.SNOOZED else None,
        created_at=now,
    )
    enqueue("inbox.deliver", args={"delivery": delivery.pk}, run_at=delivery.send_at, priority=5)
    return delivery


def _require_not_overtaken(inquiry: Inquiry, seen: int | None, viewer: Viewer) -> None:
    if seen is None:
        return
    newer = inquiry.messages.filter(pk__gt=seen).exclude(direction=InquiryMessage.Direction.INTERNAL)
    newer = newer.exclude(delivery__state=Delivery.State.TAKEN_BACK).exclude(author_id=viewer.member_id)
    require_none = newer.select_related("author").order_by("pk").first()
    if require_none is None:
        return
    if require_none.direction == OUT and require_none.author is not None:
        names = {"name": require_none.author.name}
        raise Refused(_("%(name)s has answered meanwhile. Please look before you send.") % names, code="overtaken")
    raise Refused(_("The customer has written meanwhile. Please look before you send."), code="overtaken")


def _enclosed(body: str, attachments: Sequence[str], *, door: ReplyDoor, viewer: Viewer) -> tuple[str, Sequence[str]]:
    """Return the text and the files that go along with it. Raises Refused for files that this way cannot carry."""
    uploads = enclosing.own_uploads(body, uploader_id=viewer.member_id)
    if not door.files and (uploads or attachments):
        raise Refused(_("No files can be sent on this channel."), field="attachments", code="no_files")
    if door.files not in WITH_MESSAGE:
        return body, ()
    keys = list(dict.fromkeys([*attachments, *(file.key for file in uploads)]))
    sizes = File.objects.filter(key__in=keys).aggregate(sum=Sum("size_bytes"))["sum"] or 0
    if door.most_bytes and sizes > door.most_bytes:
        most = {"most": door.most_bytes // 1_000_000}
        reason = _("The files are larger than one mail can carry (%(most)d MB). Please send fewer at once.") % most
        raise Refused(reason, field="attachments", code="too_large")
    body = enclosing.without_links(body, files=uploads)
    if not body:
        raise Refused(_("Please write the answer."), field="body", code="empty")
    return body, keys


def _keep_files(message: InquiryMessage, keys: Sequence[str], viewer: Viewer) -> None:
    if not keys:
        return
    kept = files.attach(
        keys=keys,
        uploader_id=viewer.member_id,
        target_type=TARGET,
        target_id=message.pk,
        audience_id=STAFF,
        container_audience_id=STAFF,
    )
    require(kept == len(set(keys)), _("A file is not there any more. Please add it again."))
