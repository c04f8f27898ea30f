"""What became of an answer's mail is told to the inquiry, in the transaction that notes it."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from kizuna.base.registry import MailFate
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.notifications.models import OutgoingMail
from kizuna.success.inbox import actions as inbox
from kizuna.success.mailbox import actions
from kizuna.success.mailbox.actions.acknowledging import KEY as ACKNOWLEDGEMENT
from kizuna.success.mailbox.sending import KEY


def tell(*, mail: OutgoingMail, fate: str, detail: str, now: datetime) -> None:
    """Note that an answer is out, cannot be sent, came back or was called unwanted."""
    kind, _colon, number = (mail.key or "").partition(":")
    if kind == ACKNOWLEDGEMENT and number.isdecimal():
        actions.settle_acknowledgement(inquiry_id=int(number), fate=fate, detail=detail, now=now)
        return
    if kind != KEY or not number.isdecimal():
        return
    delivery_id = int(number)
    with translation.override(community.setting(keys.DEFAULT_LANGUAGE)):
        if fate == OutgoingMail.State.SENT:
            inbox.note_sent(delivery_id=delivery_id, now=now)
        elif fate in (OutgoingMail.State.FAILED, OutgoingMail.State.STOPPED):
            inbox.give_up(delivery_id=delivery_id, reason=detail, now=now)
        elif fate == OutgoingMail.Return.BOUNCED:
            reason = _("The mail came back: %(detail)s") % {"detail": detail}
            inbox.note_returned(delivery_id=delivery_id, reason=reason, now=now)
        else:
            reason = _("The customer called this mail unwanted.")
            inbox.note_returned(delivery_id=delivery_id, reason=reason, now=now)


FATE = MailFate("mailbox", OutgoingMail.CORRESPONDENCE, tell)
