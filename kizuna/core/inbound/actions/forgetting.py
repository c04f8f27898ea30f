"""Let arrived mails go: their bytes first, their rows later, a person's at once."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from kizuna.base.registry import Erased, Person
from kizuna.core.community import queries as community
from kizuna.core.inbound import storage
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.settings import RAW_DAYS, ROWS_KEPT

State = InboundMail.State
BATCH = 200
ORPHANED = timedelta(days=1)


def prune(*, now: datetime) -> None:
    """Remove the bytes and texts of old mails, very old rows, and files that no row knows (a process died between the two)."""
    old = InboundMail.objects.exclude(state=State.WAITING)
    raw = old.exclude(raw_key="").filter(received_at__lt=now - timedelta(days=community.setting(RAW_DAYS)))
    while batch := list(raw[:BATCH]):
        _remove_bytes(batch)
        InboundMail.objects.filter(pk__in=[mail.pk for mail in batch]).update(raw_key="", text="")
    gone = old.filter(received_at__lt=now - ROWS_KEPT)
    while batch := list(gone[:BATCH]):
        _remove_bytes(batch)
        InboundMail.objects.filter(pk__in=[mail.pk for mail in batch]).delete()
    _remove_orphans(now=now)


def forget_person(*, person: Person, now: datetime) -> Erased:
    """Remove what arrived from the person's addresses, bytes first: cut off between them, it finds the row again."""
    mails = list(mails_of(person))
    _remove_bytes(mails)
    InboundMail.objects.filter(pk__in=[mail.pk for mail in mails]).delete()
    return Erased(removed=len(mails))


def mails_of(person: Person) -> QuerySet[InboundMail]:
    """Return what arrived from the person's addresses."""
    return InboundMail.objects.filter(from_address__in=[address.lower() for address in person.addresses if address])


def _remove_bytes(mails: list[InboundMail]) -> None:
    for mail in mails:
        storage.remove(mail.raw_key)


def _remove_orphans(*, now: datetime) -> None:
    oldest = (now - ORPHANED).timestamp()
    old = [key for key, written_at in storage.kept() if written_at < oldest]
    for start in range(0, len(old), BATCH):
        keys = old[start : start + BATCH]
        known = set(InboundMail.objects.filter(raw_key__in=keys).values_list("raw_key", flat=True))
        for key in keys:
            if key not in known:
                storage.remove(key)
