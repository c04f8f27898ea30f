"""Send the mails of the ledger: one attempt each, written down before it begins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kizuna.base.registry import MailFate, of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.hashing import hashed
from kizuna.core.notifications.actions.choosing import stop_mail
from kizuna.core.notifications.actions.fates import tell_fate
from kizuna.core.notifications.actions.posting import ACCOUNT_PRIORITY, enqueue_sending
from kizuna.core.notifications.delivery.composing import NotWanted, compose
from kizuna.core.notifications.delivery.message import message_of
from kizuna.core.notifications.delivery.transport import NotAccepted, Transport, open_transport
from kizuna.core.notifications.models import (
    MailAttempt,
    MailStop,
    OutgoingMail,
    Recipient,
    ReplyToken,
    UnsubscribeToken,
)
from kizuna.core.notifications.queries.recipients import local_day, reply_key, unsubscribe_key

WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480)]
GIVE_UP = timedelta(days=4)
# A sign-in code is worth minutes: try often, then let it go.
ACCOUNT_WAITS = [timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120, 300)]
ACCOUNT_GIVE_UP = timedelta(hours=1)
REPLY_KEPT = timedelta(days=90)


def send_mails(*, mail_ids: Sequence[int]) -> None:
    """Send each of these mails that still waits and is due. Outside calls happen here: not inside a transaction."""
    broken = []
    of(MailFate)  # declarations are looked up before a mail server waits for us
    transport = open_transport()
    try:
        for mail_id in mail_ids:
            try:
                _send(mail_id, transport=transport)
            except Exception as error:  # a mail that cannot be made must not keep the others back
                broken.append(error)
    finally:
        transport.close()
    if broken:
        raise broken[0]


def _send(mail_id: int, *, transport: Transport) -> None:
    begun = _begin(mail_id, now=timezone.now())
    if begun is None:
        return
    attempt, message = begun
    try:
        transport.send(message)
    except NotAccepted as refusal:
        _end_in_vain(attempt, refusal=refusal, now=timezone.now())
    else:
        _end_well(attempt, is_kept=transport.is_folder, now=timezone.now())


@transaction.atomic
def _begin(mail_id: int, *, now: datetime) -> tuple[MailAttempt, EmailMessage] | None:
    waiting = OutgoingMail.objects.select_for_update(of=("self",)).select_related("recipient")
    mail = waiting.filter(pk=mail_id, state=OutgoingMail.State.WAITING).first()
    if mail is None or (mail.next_attempt_at and mail.next_attempt_at > now):
        return None
    language, key, reply_key = community.setting(keys.DEFAULT_LANGUAGE), "", ""
    if mail.is_notice:
        try:
            composed = compose(mail)
        except NotWanted as unwanted:
            _close(mail, state=OutgoingMail.State.STOPPED, error=unwanted.reason, now=now)
            _forget_texts(mail)
            return None
        language, key = composed.language, _key_of(mail, now=now)
        reply_key = _reply_key_of(mail, composed.place, now=now) if composed.place else ""
        for name in ("address", "subject", "text", "html", "headers"):
            setattr(mail, name, getattr(composed, name))
    mail.attempt_count += 1
    mail.save(update_fields=["address", "subject", "text", "html", "headers", "attempt_count"])
    attempt = MailAttempt.objects.create(mail=mail, number=mail.attempt_count, started_at=now)
    return attempt, message_of(mail, language=language, unsubscribe_key=key, reply_key=reply_key)


@transaction.atomic
def _end_well(attempt: MailAttempt, *, is_kept: bool, now: datetime) -> None:
    mail = attempt.mail
    _note(attempt, is_accepted=True, answer="", now=now)
    _close(mail, state=OutgoingMail.State.SENT, error="", now=now)
    if not mail.is_notice and not is_kept:
        _forget_texts(mail)
    if mail.is_notice and mail.recipient_id is not None:
        _count_contact(mail.recipient_id, now=now)


@transaction.atomic
def _end_in_vain(attempt: MailAttempt, *, refusal: NotAccepted, now: datetime) -> None:
    mail = attempt.mail
    _note(attempt, is_accepted=False, answer=refusal.answer, now=now)
    if refusal.is_bounce and mail.recipient is not None:
        stop_mail(recipient=mail.recipient, reason=MailStop.Reason.BOUNCE, detail=refusal.answer, now=now)
    waits, give_up = (ACCOUNT_WAITS, ACCOUNT_GIVE_UP) if mail.is_awaited else (WAITS, GIVE_UP)
    next_at = now + waits[min(attempt.number, len(waits)) - 1]
    if refusal.is_final or next_at > mail.created_at + give_up:
        _close(mail, state=OutgoingMail.State.FAILED, error=refusal.answer, now=now)
        if not mail.is_notice:
            _forget_texts(mail)
        return
    OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=next_at, error=refusal.answer)
    enqueue_sending([mail.pk], priority=ACCOUNT_PRIORITY if mail.is_awaited else 0, run_at=next_at)


def _key_of(mail: OutgoingMail, *, now: datetime) -> str:
    assert mail.recipient is not None  # compose() refuses a notice without one
    key = unsubscribe_key(mail.recipient, kind=mail.kind)
    UnsubscribeToken.objects.get_or_create(
        token_hash=hashed(key), defaults={"recipient": mail.recipient, "kind": mail.kind, "created_at": now}
    )
    return key


def _reply_key_of(mail: OutgoingMail, place: tuple[str, int], *, now: datetime) -> str:
    assert mail.recipient is not None
    key = reply_key(mail.recipient, place=place)
    ReplyToken.objects.update_or_create(
        token_hash=hashed(key),
        defaults={"expires_at": now + REPLY_KEPT},
        create_defaults={
            "recipient": mail.recipient, "target_type": place[0], "target_id": place[1], "created_at": now,
            "expires_at": now + REPLY_KEPT,
        },
    )  # fmt: skip
    return key


def _note(attempt: MailAttempt, *, is_accepted: bool, answer: str, now: datetime) -> None:
    MailAttempt.objects.filter(pk=attempt.pk).update(is_accepted=is_accepted, answer=answer[:500], ended_at=now)


def _close(mail: OutgoingMail, *, state: str, error: str, now: datetime) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=state, error=error[:500], finished_at=now, next_attempt_at=None
    )
    tell_fate(mail, fate=str(state), detail=error, now=now)


def _forget_texts(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(text="", html="", **({"subject": ""} if mail.is_notice else {}))


def _count_contact(recipient_id: int, *, now: datetime) -> None:
    today = local_day(now)
    same_day = Recipient.objects.filter(pk=recipient_id, contacted_on=today)
    if not same_day.update(contact_count=F("contact_count") + 1):
        Recipient.objects.filter(pk=recipient_id).update(contacted_on=today, contact_count=1)
