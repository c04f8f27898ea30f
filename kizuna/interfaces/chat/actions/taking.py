"""What LINE tells: kept first, then understood by a job, each thing once. Files are fetched outside of the transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuna.base.jobs.ledger import enqueue
from kizuna.base.outbound import Answer, Unreachable
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.files import actions as files
from kizuna.core.members.actions import system_viewer
from kizuna.core.members.policies import Refused
from kizuna.interfaces.chat import line, queries
from kizuna.interfaces.chat.actions.linking import take_code
from kizuna.interfaces.chat.models import LineChannel, LineEvent, LineThread, LineUser
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.actions import Arrival
from kizuna.success.inbox.actions.receiving import clean_line
from kizuna.success.inbox.models import Inquiry

OLDEST = timedelta(days=7)  # what is told later than that is a replay
KEPT = timedelta(days=14)
GIVE_UP_FILES = timedelta(minutes=15)  # then the words come in without the file
WITH_FILES = {"image": "line.jpg", "video": "line.mp4", "audio": "line.m4a", "file": "line"}
BATCH = 1000


@transaction.atomic
def keep_events(*, channel: LineChannel, events: Sequence[tuple[str, dict[str, Any]]], now: datetime) -> int:
    """Keep what came, by its id, and let the worker look at it. Returns how many were new."""
    known = LineEvent.objects.filter(channel=channel, event_id__in=[event_id for event_id, _body in events])
    seen = set(known.values_list("event_id", flat=True))
    new = {event_id: body for event_id, body in events if event_id not in seen and _is_fresh(body, now=now)}
    LineEvent.objects.bulk_create(
        [LineEvent(channel=channel, event_id=event_id, body=body, received_at=now) for event_id, body in new.items()],
        ignore_conflicts=True,
    )
    LineChannel.objects.filter(pk=channel.pk).update(heard_at=now)
    if new:
        enqueue("chat.take_line", args={"channel": channel.pk}, key=f"line:{channel.pk}")
    return len(new)


def take_waiting(*, channel_id: int, now: datetime) -> None:
    """Take everything in that waits, in the order in which it was written."""
    waiting = LineEvent.objects.filter(channel_id=channel_id, done_at=None).select_related("channel")
    troubles: list[Exception] = []
    for event in sorted(waiting.order_by("pk")[:BATCH], key=lambda row: (_at(row.body, now=now), row.pk)):
        try:
            _take(event, now=now)
        except (Unreachable, line.NotYet) as error:  # its file; the others go on
            troubles.append(error)
    if troubles:
        raise troubles[0]


def take_left(*, now: datetime) -> None:
    """Let the worker look at what no job looks at any more."""
    left = LineEvent.objects.filter(done_at=None, received_at__lt=now - GIVE_UP_FILES)
    for channel_id in left.values_list("channel_id", flat=True).distinct():
        with transaction.atomic():
            enqueue("chat.take_line", args={"channel": channel_id}, key=f"line:{channel_id}")


def forget_old(*, now: datetime) -> int:
    """Forget what was understood long ago; return how many."""
    return LineEvent.objects.filter(received_at__lt=now - KEPT).exclude(done_at=None).delete()[0]


def _take(event: LineEvent, *, now: datetime) -> None:
    body = event.body
    user_id = _text(body.get("source"), "userId")[:60]
    message = body.get("message") if isinstance(body.get("message"), dict) else {}
    fetched = _fetched(event, message, now=now) if user_id and body.get("type") == "message" else None
    with override(str(community.setting(keys.DEFAULT_LANGUAGE))):
        stored, trouble = _stored(message, fetched, now=now)
        with transaction.atomic():
            held = LineEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
            if held.done_at is not None:
                return  # another worker was here
            if user_id and _text(body.get("source"), "type") == "user":
                _understand(event, user_id, message, stored, trouble, now=now)
            held.done_at = now
            held.save(update_fields=["done_at"])


def _understand(
    event: LineEvent, user_id: str, message: Any, stored: list[str], trouble: str, *, now: datetime
) -> None:
    kind = event.body.get("type")
    user, is_new = LineUser.objects.get_or_create(channel=event.channel, user_id=user_id, defaults={"created_at": now})
    if kind in ("follow", "unfollow") and user.is_following != (kind == "follow"):
        user.is_following = kind == "follow"
        user.save(update_fields=["is_following"])
    if is_new or not user.name:
        enqueue("chat.name_line_user", args={"user": user.pk}, key=f"line-user:{user.pk}", max_attempts=3)
    if kind == "message" and message:
        words = line.words_of(message)
        if message.get("type") == "text" and (code := line.code_in(words)):
            take_code(user=user, code=code, event_id=event.event_id, now=now)
        else:
            _ask(event, user, "\n".join(filter(None, [words, trouble])), stored, now=now)
    elif kind == "unsend":
        _unsend(event, user, now=now)


def _ask(event: LineEvent, user: LineUser, words: str, stored: list[str], *, now: datetime) -> None:
    inquiry = queries.going_on(user, now=now)
    message_id = _text(event.body.get("message"), "id")
    arrival = Arrival(
        channel=Inquiry.Channel.LINE,
        title="",
        body=words or _("(no text)"),
        received_at=_at(event.body, now=now),
        contact_id=user.contact_id,
        member_id=user.member_id,
        sender=user.name or _("LINE user %(mark)s") % {"mark": user.user_id[-6:]},
        external_id=f"line:{user.channel_id}:{message_id or event.event_id}",
        continues=inquiry.pk if inquiry else None,
        files=stored,
    )
    received = inbox.receive(arrival=arrival, now=now)
    LineThread.objects.get_or_create(inquiry=received.inquiry, defaults={"user": user})


def _unsend(event: LineEvent, user: LineUser, *, now: datetime) -> None:
    """Take the words off a message that its writer called back, as LINE asks of everybody who received it."""
    name = f"line:{user.channel_id}:{_text(event.body.get('unsend'), 'messageId')}"
    inbox.blank_message(external_id=name, said=_("(called back by its writer)"), now=now)


def _fetched(event: LineEvent, message: Any, *, now: datetime) -> Answer | None:
    """Return the file of a message. Raises Unreachable or NotYet, so that the worker comes again."""
    message_id = _text(message, "id")
    if _text(message, "type") not in WITH_FILES or not message_id.isascii() or not message_id.isdigit():
        return None
    provider = message.get("contentProvider")
    if isinstance(provider, dict) and provider.get("type") == "external":
        return None  # it lies with somebody else, who is not asked
    try:
        answer = line.content(message_id, token=queries.token_of(event.channel))
    except Unreachable as error:
        if error.reason != "size" and event.received_at > now - GIVE_UP_FILES:
            raise
        return Answer(413 if error.reason == "size" else 504, {}, b"")
    is_over = event.received_at <= now - GIVE_UP_FILES
    if not is_over and (answer.status in (202, 429) or answer.status >= 500):
        raise line.NotYet(str(answer.status))
    return answer


def _stored(message: Any, fetched: Answer | None, *, now: datetime) -> tuple[list[str], str]:
    """Screen and keep a file; else return why it was not kept, for the team."""
    if fetched is None:
        return [], ""
    if fetched.status == 413:
        return [], _("The file is larger than 10 MB and was not kept.")
    if fetched.status != 200:
        return [], _("The file could not be fetched from LINE.")
    name = _text(message, "fileName") or WITH_FILES[_text(message, "type")]
    try:
        file = files.store(viewer=system_viewer(), name=name, raw=fetched.content, now=now)
    except Refused as refused:
        return [], _("The file was not kept: %(reason)s") % {"reason": refused.reason}
    return [file.key], ""


def _is_fresh(body: dict[str, Any], *, now: datetime) -> bool:
    return _at(body, now=now) > now - OLDEST


def _at(body: dict[str, Any], *, now: datetime) -> datetime:
    """Return when it was written, never later than now."""
    stamp = body.get("timestamp")
    if isinstance(stamp, bool) or not isinstance(stamp, int) or not 0 < stamp < 10**14:
        return now
    return min(datetime.fromtimestamp(stamp / 1000, tz=UTC), now)


def _text(thing: Any, name: str) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value if isinstance(value, str) else ""


def name_user(*, user_id: int) -> None:
    """Ask LINE how somebody calls themselves; only for the team's eyes."""
    user = LineUser.objects.select_related("channel").filter(pk=user_id).first()
    if user is None or not user.user_id.isalnum():
        return
    answer = line.call(f"/v2/bot/profile/{user.user_id}", token=queries.token_of(user.channel))
    try:
        said = answer.json() if answer.status == 200 else {}
    except ValueError:
        return
    name = " ".join(_text(said, "displayName").split())[:80]
    if name:
        LineUser.objects.filter(pk=user.pk).update(name=clean_line(name, longest=80))
