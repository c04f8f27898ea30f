"""Put words into the draft of an answer, by somebody's hand; and do afterwards what a template says."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kizuna.core.members.policies import Refused, require
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.success.answering import policies, queries
from kizuna.success.answering.models import Macro, MacroUse
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions import drafting
from kizuna.success.inbox.models import Inquiry, InquiryDraft, InquiryMessage
from kizuna.success.inbox.queries import drafts_of
from kizuna.success.mailbox import actions as mailbox
from kizuna.success.mailbox import facts_in_words
from kizuna.success.mailbox.models import ReplyTemplate

LONGEST = drafting.LONGEST
REPLY = InquiryDraft.Kind.REPLY


@transaction.atomic
def insert(*, viewer: Viewer, inquiry: Inquiry, text: str, now: datetime, link: str = "") -> None:
    """Put a text, with its link, behind what stands in the viewer's draft. Nothing is sent."""
    policies.require_worker(viewer)
    before = drafts_of(viewer, inquiry).get(REPLY, "").rstrip()
    added = f"{text.strip()}\n{link}" if link else text.strip()
    body = f"{before}\n\n{added}" if before else added
    if len(body) > LONGEST:
        said = _("With this the answer would be longer than %(n)s letters. Please shorten it first.")
        raise Refused(said % {"n": f"{LONGEST:,}"}, field="body", code="too_long")
    inbox.save_draft(viewer=viewer, inquiry=inquiry, kind=REPLY, body=body, now=now)


@transaction.atomic
def use_template(*, viewer: Viewer, inquiry: Inquiry, template: ReplyTemplate, now: datetime) -> None:
    """Put a template, filled in, into the viewer's draft; what it does follows when that answer is out."""
    text = facts_in_words.filled(template.body, queries.facts_of(viewer, inquiry))
    insert(viewer=viewer, inquiry=inquiry, text=text, now=now)
    mailbox.use_template(template=template)
    if does_something(queries.macro_of(template)):
        MacroUse.objects.update_or_create(
            inquiry=inquiry, member_id=viewer.own_id, defaults={"template": template, "at": now}
        )


@transaction.atomic
def drop_acts(*, viewer: Viewer, inquiry: Inquiry) -> None:
    """Let nothing follow the answer; its words stay."""
    policies.require_worker(viewer)
    MacroUse.objects.filter(inquiry=inquiry, member_id=viewer.own_id).delete()


@transaction.atomic
def act_afterwards(*, inquiry_id: int, message_id: int, now: datetime) -> None:
    """Do what the template says that an answer was written with, once, as whoever wrote it."""
    message = InquiryMessage.objects.select_related("author").filter(pk=message_id, inquiry_id=inquiry_id).first()
    if message is None or message.author is None or not message.author.is_active:
        return
    used = MacroUse.objects.filter(inquiry_id=inquiry_id, member_id=message.author.pk, at__lte=message.at)
    use = used.select_for_update(of=("self",)).first()
    if use is None:
        return
    macro = Macro.objects.filter(template_id=use.template_id).first()
    use.delete()
    viewer = viewer_of(message.author)
    if macro is None or not policies.can_work(viewer):
        return
    inquiry = Inquiry.objects.get(pk=inquiry_id)
    wrote = InquiryMessage.objects.filter(
        inquiry=inquiry, pk__gt=message.pk, direction=InquiryMessage.Direction.IN
    ).exists()
    for act in (_prioritise, _file, _give, *(() if wrote else (_move,))):
        try:
            with transaction.atomic():
                act(macro, inquiry, viewer, now)
        except Refused:
            continue  # somebody closed it or handed it over meanwhile: that stands


def does_something(macro: Macro | None) -> bool:
    """Tell whether anything follows an answer written with the template."""
    return macro is not None and bool(macro.next_state or macro.priority or macro.category or macro.owner_id)


def _prioritise(macro: Macro, inquiry: Inquiry, viewer: Viewer, now: datetime) -> None:
    if macro.priority:
        inbox.prioritise(viewer=viewer, inquiry=inquiry, priority=macro.priority, now=now)


def _file(macro: Macro, inquiry: Inquiry, viewer: Viewer, now: datetime) -> None:
    if macro.category and macro.category != inquiry.category:
        inbox.change_inquiry(viewer=viewer, inquiry=inquiry, fields={"category": macro.category}, now=now)


def _give(macro: Macro, inquiry: Inquiry, viewer: Viewer, now: datetime) -> None:
    if macro.owner_id:
        inbox.assign(viewer=viewer, inquiry=inquiry, owner_id=macro.owner_id, now=now)


def _move(macro: Macro, inquiry: Inquiry, viewer: Viewer, now: datetime) -> None:
    state = macro.next_state
    inquiry.refresh_from_db()
    require(not inquiry.is_closed, "")
    if state == Inquiry.State.SNOOZED:
        inbox.snooze(viewer=viewer, inquiry=inquiry, until=now + timedelta(days=macro.snooze_days or 1), now=now)
    elif state == Inquiry.State.CLOSED:
        inbox.close_inquiry(viewer=viewer, inquiry=inquiry, because=Inquiry.Reason.ANSWERED, now=now)
    elif state == Inquiry.State.OPEN and inquiry.state == Inquiry.State.WAITING:
        inbox.reopen_inquiry(viewer=viewer, inquiry=inquiry, now=now)
    elif state == Inquiry.State.WAITING and inquiry.state != Inquiry.State.WAITING:
        inbox.wait(viewer=viewer, inquiry=inquiry, now=now)
