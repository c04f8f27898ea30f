"""What is known about a recipient: stops, budget, and the key that stops a kind of mail."""

import hashlib
import hmac
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.notifications.models import MailStop, Recipient, UnsubscribeToken
from kizuna.core.notifications.settings import MAILS_A_DAY

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
    words = f"unsubscribe:{hosting.current().slug}:{recipient.pk}:{kind}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).digest()[:KEY_BYTES].hex()


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def token_for(key: str) -> UnsubscribeToken | None:
    """Return the token that a link's key opens, or None."""
    return UnsubscribeToken.objects.select_related("recipient").filter(token_hash=hashed(key)).first()
