"""Answers by mail: whoever answers a notification of a topic posts there, by the same action as on its page.

The key in the address says which member and which topic, From must be the member's own address. Without a key (some mail
programs drop what stands behind the plus) our Message-ID in In-Reply-To says it, and then the sender must be proven. Refusals
are answered to the address we know of the member, never to the one in the mail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kizuna.base.components.mail import render_mail
from kizuna.base.hosting import links
from kizuna.base.registry import MailRoute, ReplyPlace
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.files.models import File
from kizuna.core.inbound.arrivals import Arrived, State, Taken
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, can_act
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.actions.posting import write_letter
from kizuna.core.notifications.models import OutgoingMail
from kizuna.core.notifications.queries.recipients import reply_place, reply_token
from kizuna.core.notifications.settings import REPLY_HOST
from kizuna.engagement.discussions import actions, notices, queries
from kizuna.engagement.discussions.models import Post

NAME = "reply"
KEY_LENGTH = 32
REFUSAL_MARK = "X-Kizuna-Refused"
REFUSALS_AN_HOUR = 5
HOUR = timedelta(hours=1)
ANSWERABLE = frozenset(
    text.name
    for text in (
        notices.REPLIED, notices.MENTIONED, notices.ACCEPTED, notices.SOLVED_ASKED, notices.STATUS_CHANGED,
        notices.REACHED_STAFF_TEXT,
    )
)  # fmt: skip
WHY_NOT = {
    "other_sender": _(
        "It came from another address than yours. Please answer from the address you are registered with."
    ),
    "not_member": _("You cannot write in the community at the moment."),
    "gone": _("The topic is not there any more, or you cannot see it any more."),
    "empty": _("Nothing was written above the quotation."),
}


@dataclass(frozen=True)
class _Writer:
    """Whose answer a mail is, and where it goes."""

    member: Member
    topic_id: int
    has_key: bool


def place(*, kind: str, target_type: str, target_id: int) -> tuple[str, int] | None:
    """Return the topic that an answer to a notification goes to."""
    if kind not in ANSWERABLE or target_type not in {"topic", "post"}:
        return None
    if target_type == "topic":
        return "topic", target_id
    topic_id = Post.objects.filter(pk=target_id).values_list("topic_id", flat=True).first()
    return ("topic", topic_id) if topic_id else None


def wants(*, address: str) -> bool:
    """Tell whether an address is one of those that notifications are answered at."""
    local, _at, host = address.lower().rpartition("@")
    name, plus, key = local.partition("+")
    if not host or host != community.setting(REPLY_HOST) or name != NAME:
        return False
    return not plus or (len(key) == KEY_LENGTH and set(key) <= set("0123456789abcdef"))


def hosts() -> Iterator[str]:
    """Yield the host at which notifications are answered; it may be another than that of the pages."""
    if host := community.setting(REPLY_HOST):
        yield host


def uploader(*, arrived: Arrived) -> Viewer | None:
    """Return the member whose files these are, when the answer will be posted as far as the sender is concerned."""
    writer = _writer(arrived)
    if writer is None or _why_not(writer, arrived):
        return None
    viewer = viewer_of(writer.member)
    return viewer if can_act(viewer) else None


def take(*, arrived: Arrived, now: datetime) -> Taken:
    """Post the answer, or say why not: to the team in the list of mails, to the member by mail."""
    writer = _writer(arrived)
    if writer is None:
        return Taken(State.REFUSED, "token")
    if why := _why_not(writer, arrived):
        return _refused(arrived, writer, why, now=now)
    viewer = viewer_of(writer.member)
    if not can_act(viewer):
        return _refused(arrived, writer, "not_member", now=now)
    try:
        topic = queries.topic_for(viewer, writer.topic_id)
    except Http404:
        return _refused(arrived, writer, "gone", now=now)
    body = _body(arrived)
    if not body:
        return _refused(arrived, writer, "empty", now=now)
    with translation.override(writer.member.language):
        try:
            post = actions.post_reply(viewer=viewer, topic=topic, body=body, attachments=arrived.file_keys, now=now)
        except Refused as refused:
            return _refused(arrived, writer, str(refused.reason), now=now)
    return Taken(State.TAKEN, target_type="post", target_id=post.pk)


def _writer(arrived: Arrived) -> _Writer | None:
    if arrived.tag:
        token = reply_token(arrived.tag, now=arrived.received_at)
        if token is None or token.target_type != "topic" or token.recipient.member is None:
            return None
        return _Writer(token.recipient.member, token.target_id, has_key=True)
    answered = OutgoingMail.objects.filter(message_id__in=arrived.parsed.thread, recipient__member__isnull=False)
    for mail in answered.select_related("recipient__member").order_by("-pk")[:1]:
        place_of = reply_place(mail)
        member = mail.recipient.member if mail.recipient else None
        if place_of is not None and member is not None:
            return _Writer(member, place_of[1], has_key=False)
    return None


def _why_not(writer: _Writer, arrived: Arrived) -> str:
    if normalised_email(arrived.from_address) != writer.member.email_key:
        return "other_sender"
    return "" if writer.has_key or arrived.proof.is_own else "unproven"


def _body(arrived: Arrived) -> str:
    """Return the answer as Markdown, with the files that came along below it."""
    parsed = arrived.parsed
    text = parsed.answer.strip()
    if not parsed.quoted and not parsed.signature and parsed.text == text and text.startswith((">", "＞")):
        text = ""  # nothing but a quotation
    known = {file.key: file for file in File.objects.filter(key__in=arrived.file_keys)}
    lines = [_link(known[key]) for key in arrived.file_keys if key in known]
    return "\n\n".join(filter(None, [text, "\n".join(lines)]))


def _link(file: File) -> str:
    label = file.name.replace("[", "(").replace("]", ")")
    return f"{'!' if file.kind == File.Kind.IMAGE else ''}[{label}](</f/{file.key}/{file.name}>)"


def _refused(arrived: Arrived, writer: _Writer, why: str, *, now: datetime) -> Taken:
    """Tell the member why nothing was posted, unless even that would tell a stranger's mail something."""
    member = writer.member
    if why != "unproven" and member.email and member.state != Member.State.ERASED and not _was_told(member, now=now):
        _write_refusal(arrived, member, why, now=now)
    return Taken(State.REFUSED, why)


def _was_told(member: Member, *, now: datetime) -> bool:
    """Tell whether the member had enough of such mails this hour: whoever floods us must not flood them."""
    hour = OutgoingMail.objects.filter(kind=OutgoingMail.LETTER, address=member.email, created_at__gt=now - HOUR)
    return hour.filter(headers__has_key=REFUSAL_MARK).count() >= REFUSALS_AN_HOUR


def _write_refusal(arrived: Arrived, member: Member, why: str, *, now: datetime) -> None:
    with translation.override(member.language):
        context: dict[str, Any] = {
            "site_name": community.name(member.language),
            "site_url": links.absolute_url("/"),
            "brand_hue": community.setting(keys.BRAND_HUE),
            "brand_chroma": community.setting(keys.BRAND_CHROMA),
            "reader": member.name,
            "why": str(WHY_NOT.get(why, why)),
            # Words of somebody else are not carried to the member under our name.
            "text": "" if why == "other_sender" else arrived.parsed.answer[:2000],
        }
        subject, text, html = render_mail("discussions/mail/not_posted.html", context)
    headers = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", REFUSAL_MARK: "answer"}
    if arrived.message_id:
        headers |= {"In-Reply-To": arrived.message_id, "References": arrived.message_id}
    write_letter(
        address=member.email, subject=subject, text=text, html=html, headers=headers, is_awaited=False, now=now
    )


PLACE = ReplyPlace("topics", place)
ROUTE = MailRoute("replies", _("Answers to notifications"), wants, take, uploader, hosts)
