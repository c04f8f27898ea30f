"""Let go of what nobody needs any more, in batches short enough for SQLite's one writer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from kizuna.base import hosting
from kizuna.base.jobs import running
from kizuna.core.notifications.models import Notification, OutgoingMail, ReplyToken

READ_KEPT = timedelta(days=90)
UNREAD_KEPT = timedelta(days=365)
SECRETS_KEPT = timedelta(days=1)  # codes and invitations, which only the folder of a trial keeps at all
TEXTS_KEPT = timedelta(days=30)
MAILS_KEPT = timedelta(days=180)
BATCH = 500

NOT_NOTICES = (OutgoingMail.ACCOUNT, OutgoingMail.LETTER)


def prune(*, now: datetime) -> None:
    """Remove old lines, the texts of finished mails, old rows of the ledger, and old files of the bundle's mail folder."""
    _in_batches(
        Notification.objects.filter(Q(read_at__lt=now - READ_KEPT) | Q(latest_at__lt=now - UNREAD_KEPT)), _delete_lines
    )
    with_text = OutgoingMail.objects.exclude(text="", html="")
    _in_batches(with_text.filter(kind__in=NOT_NOTICES, finished_at__lt=now - SECRETS_KEPT), _forget_texts)
    _in_batches(with_text.filter(finished_at__lt=now - TEXTS_KEPT), _forget_texts)
    _in_batches(OutgoingMail.objects.filter(finished_at__lt=now - MAILS_KEPT), _delete_mails)
    _in_batches(ReplyToken.objects.filter(expires_at__lt=now), _delete_tokens)
    _remove_files(now=now)


def _in_batches(rows: QuerySet, change: Callable[[list[int]], None]) -> None:
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            change(ids)
            running.checkpoint({})  # gives up when another worker has the job by now


def _delete_lines(ids: list[int]) -> None:
    Notification.objects.filter(pk__in=ids).delete()


def _forget_texts(ids: list[int]) -> None:
    OutgoingMail.objects.filter(pk__in=ids).update(text="", html="")


def _delete_mails(ids: list[int]) -> None:
    OutgoingMail.objects.filter(pk__in=ids).delete()


def _delete_tokens(ids: list[int]) -> None:
    ReplyToken.objects.filter(pk__in=ids).delete()


def _remove_files(*, now: datetime) -> None:
    oldest = (now - TEXTS_KEPT).timestamp()
    for file in (hosting.current().folder / "mail").glob("*.eml"):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
