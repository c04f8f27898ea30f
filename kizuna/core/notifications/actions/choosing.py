"""What people choose to receive, and why mail to them stops."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.core.members import policies
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import MailPreference, MailStop, Recipient, UnsubscribeToken
from kizuna.core.notifications.queries.readers import text_of

Level = MailPreference.Level


@transaction.atomic
def choose_levels(*, viewer: Viewer, levels: Mapping[str, str], now: datetime | None = None) -> None:
    """Keep the viewer's choice for each kind of `levels`."""
    policies.require(policies.can_act(viewer), _("Please sign in first."))
    assert viewer.member_id is not None
    for kind, level in levels.items():
        _choose(member_id=viewer.member_id, kind=kind, level=level, now=now or timezone.now())


@transaction.atomic
def unsubscribe(*, token: UnsubscribeToken, now: datetime | None = None) -> None:
    """Stop mail of the token's kind to its recipient. Asked twice, it stays stopped."""
    now = now or timezone.now()
    recipient = token.recipient
    if recipient.member_id is not None:
        _choose(member_id=recipient.member_id, kind=token.kind, level=Level.IN_APP, now=now)
    else:
        stop_mail(recipient=recipient, kind=token.kind, reason=MailStop.Reason.UNSUBSCRIBED, now=now)
    UnsubscribeToken.objects.filter(pk=token.pk, used_at__isnull=True).update(used_at=now)


def stop_mail(
    *, recipient: Recipient, reason: str, kind: str = "", detail: str = "", now: datetime | None = None
) -> None:
    """Send no more mail to the recipient: of one kind, or of any."""
    MailStop.objects.get_or_create(
        recipient=recipient,
        kind=kind,
        reason=reason,
        defaults={"detail": detail[:500], "at": now or timezone.now()},
    )


def _choose(*, member_id: int, kind: str, level: str, now: datetime) -> None:
    text = text_of(kind)
    if level not in Level.values or (level == Level.MAIL and text.mail is None):
        raise ValueError(f"{kind!r} cannot be had as {level!r}.")
    MailPreference.objects.update_or_create(
        member_id=member_id, kind=kind, defaults={"level": level, "changed_at": now}
    )
