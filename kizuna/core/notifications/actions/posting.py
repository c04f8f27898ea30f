"""Write mail into the ledger, in the transaction of what it tells, with the job that sends it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.base.jobs.ledger import enqueue
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.notifications.delivery.message import one_line
from kizuna.core.notifications.models import Notification, OutgoingMail, Recipient
from kizuna.core.notifications.occasions import Occasion

SEND = "notifications.send_mails"
TOGETHER = 10  # mails of one job: few enough that a sign-in code never waits long behind them
ACCOUNT_PRIORITY = 100


def new_message_id(now: datetime) -> str:
    """Return a Message-ID; it is given before the first attempt and never changes."""
    return f"<kizuna.{hosting.current().slug}.{int(now.timestamp())}.{secrets.token_hex(8)}@{links.mail_host()}>"


def mail_key(activity_id: int, member_id: int) -> str:
    """Return what keeps a second mail of one activity from a member."""
    return f"activity:{activity_id}:member:{member_id}"


def write_notices(members: Sequence[Member], *, rows: Mapping[int, Notification], occasion: Occasion) -> None:
    """Write one mail of the occasion for each member who can be reached. The words are made when it is sent."""
    recipients = recipients_of(members, now=occasion.at)
    mails = [
        OutgoingMail(
            key=mail_key(occasion.activity_id, member_id) if occasion.activity_id is not None else None,
            message_id=new_message_id(occasion.at),
            kind=occasion.kind,
            recipient=recipient,
            address=recipient.address,
            notification=rows[member_id],
            group_key=occasion.group_key,
            target_type=occasion.target_type,
            target_id=occasion.target_id,
            actor_id=occasion.actor_id,
            props=occasion.props,
            created_at=occasion.at,
            next_attempt_at=occasion.at,
        )
        for member_id, recipient in recipients.items()
    ]
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    written = OutgoingMail.objects.filter(message_id__in=[mail.message_id for mail in mails])
    enqueue_sending(list(written.order_by("pk").values_list("pk", flat=True)))


def enqueue_sending(mail_ids: Sequence[int], *, priority: int = 0, run_at: datetime | None = None) -> None:
    """Write the jobs that send these mails, TOGETHER in each."""
    for start in range(0, len(mail_ids), TOGETHER):
        enqueue(SEND, args={"mails": list(mail_ids[start : start + TOGETHER])}, priority=priority, run_at=run_at)


@transaction.atomic
def write_letter(
    *, address: str, subject: str, text: str, html: str, headers: dict[str, str], is_awaited: bool, now: datetime
) -> OutgoingMail:
    """Write a finished mail. One that a person waits for, such as a sign-in code, goes before all others."""
    mail = OutgoingMail.objects.create(
        message_id=new_message_id(now),
        kind=OutgoingMail.ACCOUNT if is_awaited else OutgoingMail.LETTER,
        address=address,
        subject=one_line(subject)[:300],
        text=text,
        html=html,
        headers=headers,
        created_at=now,
        next_attempt_at=now,
    )
    enqueue_sending([mail.pk], priority=ACCOUNT_PRIORITY if is_awaited else 0)
    return mail


@transaction.atomic
def write_correspondence(
    *,
    key: str,
    address: str,
    subject: str,
    text: str,
    headers: dict[str, str],
    sender: tuple[str, str],
    file_keys: Sequence[str] = (),
    now: datetime,
) -> OutgoingMail:
    """Write what a person of the team answers one customer, once per key. Whoever calls this sends it by `send_mails`."""
    made, _is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "message_id": new_message_id(now),
            "kind": OutgoingMail.CORRESPONDENCE,
            "address": address,
            "sender_name": one_line(sender[0])[:120],
            "sender_address": sender[1],
            "subject": one_line(subject)[:300],
            "text": text,
            "headers": headers,
            "file_keys": list(file_keys),
            "created_at": now,
            "next_attempt_at": now,
        },
    )
    return made


def resume(mail: OutgoingMail, *, text: str, now: datetime) -> None:
    """Let a correspondence that was given up be tried again at once, under its own Message-ID."""
    ended = OutgoingMail.objects.filter(pk=mail.pk).exclude(state=OutgoingMail.State.SENT)
    ended.update(
        state=OutgoingMail.State.WAITING, text=text, created_at=now, next_attempt_at=now, finished_at=None, error=""
    )


def recipients_of(members: Sequence[Member], *, now: datetime) -> dict[int, Recipient]:
    """Return each member's recipient, made or moved to the member's present address where needed."""
    reachable = {normalised_email(member.email): member for member in members if member.email}
    known = {row.address_key: row for row in Recipient.objects.filter(address_key__in=reachable)}
    elsewhere = [
        member.pk for key, member in reachable.items() if key not in known or known[key].member_id != member.pk
    ]
    # The address changed: what was said about the old one (a bounce, a stop) does not follow the person to the new one.
    Recipient.objects.filter(member_id__in=elsewhere).update(member=None)
    for key, member in reachable.items():
        if key in known and known[key].member_id != member.pk:
            Recipient.objects.filter(pk=known[key].pk).update(member=member, language=member.language)
            known[key].member_id = member.pk
    missing = [
        Recipient(address=member.email, address_key=key, member=member, language=member.language, created_at=now)
        for key, member in reachable.items()
        if key not in known
    ]
    if missing:
        Recipient.objects.bulk_create(missing, ignore_conflicts=True)
        added = Recipient.objects.filter(address_key__in=[row.address_key for row in missing])
        known.update({row.address_key: row for row in added})
    return {member.pk: known[key] for key, member in reachable.items()}
