"""What is known about a recipient: stops, budget, and the key that stops a kind of mail."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kizuna.base import hosting
from kizuna.base.registry import ReplyPlace, of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.hashing import hashed
from kizuna.core.notifications.models import MailStop, OutgoingMail, Recipient, ReplyToken, UnsubscribeToken
from kizuna.core.notifications.settings import MAILS_A_DAY, REPLY_HOST

KEY_BYTES = 16  # 128 bits


def is_stopped(recipient: Recipient, *, kind: str) -> bool:
    """Say whether mail of this kind, or any mail, to the recipient has stopped."""
    return MailStop.objects.filter(Q(kind="") | Q(kind=kind), recipient_id=recipient.pk).exists()


def is_over_budget(recipient: Recipient, *, now: datetime | None = None) -> bool:
    """Say whether the recipient had all the mails that one day may bring."""
    return recipient.contacted_on == local_day(now or timezone.now()) and recipient.contact_count >= community.setting(
        MAILS_A_DAY
    )


def local_day(now: datetime) -> date:
    """Return the day in the community's time zone."""
    return now.astimezone(ZoneInfo(community.setting(keys.TIME_ZONE))).date()


def unsubscribe_key(recipient: Recipient, *, kind: str) -> str:
    """Return the key of this recipient's unsubscribe links for a kind: derived from the secret, so never stored."""
    return _derived(f"unsubscribe:{hosting.current().slug}:{recipient.pk}:{kind}")


def reply_key(recipient: Recipient, *, place: tuple[str, int]) -> str:
    """Return the key of the address at which this recipient answers at a place; derived, so never stored."""
    return _derived(f"reply:{hosting.current().slug}:{recipient.pk}:{place[0]}:{place[1]}")


def reply_place(mail: OutgoingMail) -> tuple[str, int] | None:
    """Return where an answer to a notice goes, None where it cannot be answered by mail."""
    if not community.setting(REPLY_HOST) or mail.target_id is None:
        return None
    found = (
        declared.place(kind=mail.kind, target_type=mail.target_type, target_id=mail.target_id)
        for declared in of(ReplyPlace)
    )
    return next((place for place in found if place is not None), None)


def reply_token(key: str, *, now: datetime) -> ReplyToken | None:
    """Return the token that a key opens now, or None."""
    tokens = ReplyToken.objects.select_related("recipient__member").filter(expires_at__gt=now)
    return tokens.filter(token_hash=hashed(key)).first()


def _derived(words: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).digest()[:KEY_BYTES].hex()


def token_for(key: str) -> UnsubscribeToken | None:
    """Return the token that a link's key opens, or None."""
    return UnsubscribeToken.objects.select_related("recipient").filter(token_hash=hashed(key)).first()


def stops_of(addresses: Iterable[str]) -> dict[str, MailStop]:
    """Return why no mail at all goes to these addresses: {address as compared: the latest reason from outside}."""
    reasons = (MailStop.Reason.BOUNCE, MailStop.Reason.COMPLAINT)
    stops = MailStop.objects.select_related("recipient").filter(
        recipient__address_key__in=list(addresses), kind="", reason__in=reasons
    )
    return {stop.recipient.address_key: stop for stop in stops.order_by("at", "pk")}


def own_stop(member_id: int) -> MailStop | None:
    """Return why no mail goes to a member, as other servers told."""
    reasons = (MailStop.Reason.BOUNCE, MailStop.Reason.COMPLAINT)
    return MailStop.objects.filter(recipient__member_id=member_id, kind="", reason__in=reasons).order_by("-at").first()
