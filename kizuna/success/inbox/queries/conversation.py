"""One inquiry as a conversation: what was written and what happened, in order, and who else is here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from kizuna.core.files.models import File
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import Viewer
from kizuna.success.effort.models import Effort, EffortTimer
from kizuna.success.inbox.models import (
    Delivery,
    Inquiry,
    InquiryChange,
    InquiryDraft,
    InquiryHandover,
    InquiryMessage,
    InquiryPresence,
    InquiryWork,
)

MOST = 400
HERE = timedelta(seconds=45)
WRITING = timedelta(seconds=30)


@dataclass(frozen=True)
class Conversation:
    """What was written and what happened, the first first; `is_cut`: the oldest are left out."""

    entries: list[InquiryMessage | InquiryChange]
    files: dict[int, list[File]]
    names: dict[int, str]
    last_message_id: int
    is_cut: bool


def conversation_of(inquiry: Inquiry) -> Conversation:
    """Return the conversation of an inquiry; answers that were taken back before they went out are not in it."""
    messages = inquiry.messages.select_related("author", "contact", "delivery").order_by("-at", "-pk")
    written = list(messages.exclude(delivery__state=Delivery.State.TAKEN_BACK)[: MOST + 1])
    changes = inquiry.changes.select_related("by").order_by("-at", "-pk")
    # What a message says by itself needs no line of its own.
    told = changes.exclude(what__in=[InquiryChange.What.RECEIVED, InquiryChange.What.REPLIED, InquiryChange.What.NOTED])
    happened = list(told[:MOST])
    entries: list[InquiryMessage | InquiryChange] = [*written[:MOST], *happened]
    entries.sort(key=lambda entry: (entry.at, isinstance(entry, InquiryChange), entry.pk))
    ids = [message.pk for message in written]
    return Conversation(
        entries=entries,
        files=files_of(ids),
        names=_names(happened),
        last_message_id=max(ids, default=0),
        is_cut=len(written) > MOST,
    )


def others_here(viewer: Viewer, inquiry: Inquiry, *, now: datetime) -> list[tuple[str, bool]]:
    """Return who else has the inquiry open: (name, whether they write), those who write first."""
    here = InquiryPresence.objects.filter(inquiry=inquiry, seen_at__gte=now - HERE).exclude(member_id=viewer.own_id)
    people = [
        (row.member.name, row.wrote_at is not None and row.wrote_at >= now - WRITING)
        for row in here.select_related("member").order_by("pk")[:20]
    ]
    return sorted(people, key=lambda person: not person[1])


def drafts_of(viewer: Viewer, inquiry: Inquiry) -> dict[str, str]:
    """Return what the viewer was writing: {reply or note: text}."""
    rows = InquiryDraft.objects.filter(inquiry=inquiry, member_id=viewer.own_id)
    return dict(rows.values_list("kind", "body"))


def handovers_of(inquiry: Inquiry) -> list[InquiryHandover]:
    """Return where an inquiry lay, the latest first."""
    return list(inquiry.handovers.select_related("department", "by", "ended_by").order_by("-at", "-pk")[:20])


def minutes_on(inquiry: Inquiry) -> int:
    """Return the minutes noted on an inquiry by everybody."""
    work = list(InquiryWork.objects.filter(inquiry=inquiry).values_list("effort_id", "member_id", "timer_started_at"))
    rows = Q(pk__in=[effort_id for effort_id, _member, _at in work if effort_id])
    for _effort, member_id, started_at in work:
        if started_at is not None:
            rows |= Q(member_id=member_id, started_at=started_at)
    return Effort.objects.filter(rows, is_removed=False).aggregate(sum=Sum("minutes"))["sum"] or 0


def timer_on(viewer: Viewer, inquiry: Inquiry) -> EffortTimer | None:
    """Return the viewer's timer, if it runs for this inquiry."""
    timer = EffortTimer.objects.filter(member_id=viewer.own_id).first()
    if timer is None:
        return None
    work = InquiryWork.objects.filter(inquiry=inquiry, member_id=viewer.own_id, timer_started_at=timer.started_at)
    return timer if work.exists() else None


def files_of(message_ids: list[int]) -> dict[int, list[File]]:
    """Return the files of messages."""
    files: dict[int, list[File]] = {}
    kept = File.objects.filter(target_type="inquiry_message", target_id__in=message_ids, is_removed=False)
    for file in kept.order_by("pk"):
        files.setdefault(file.target_id or 0, []).append(file)
    return files


def _names(changes: list[InquiryChange]) -> dict[int, str]:
    """Return the names of the owners that changes speak of."""
    ids = {change.props.get("owner") for change in changes} - {None}
    return dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
