"""Tell who wrote a mail what became of it, and take down what other servers report of it later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import MailFate, of
from kizuna.core.community import queries as community
from kizuna.core.community.actions import change_setting
from kizuna.core.members import policies
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.actions.choosing import stop_mail
from kizuna.core.notifications.delivery.events import COMPLAINED, Event
from kizuna.core.notifications.models import MailStop, OutgoingMail, Recipient
from kizuna.core.notifications.settings import EVENTS_VERSION

Return = OutgoingMail.Return
FROM_OUTSIDE = (MailStop.Reason.BOUNCE, MailStop.Reason.COMPLAINT)


def tell_fate(mail: OutgoingMail, *, fate: str, detail: str, now: datetime) -> None:
    """Tell whoever declared to care for mails of this kind, in the transaction at hand."""
    for declared in of(MailFate):
        if declared.kind == mail.kind:
            declared.tell(mail=mail, fate=fate, detail=detail, now=now)


@transaction.atomic
def note_bounce(
    *, message_ids: Iterable[str], recipients: Iterable[str], is_final: bool, detail: str, now: datetime
) -> OutgoingMail | None:
    """Take down that a mail of ours came back; when nothing will ever arrive there, send no more to that address.

    It counts only when it names one of our Message-IDs, which nobody can guess, and nobody but its recipient.
    """
    mail = _mail_of(message_ids, recipients)
    if mail is None:
        return None
    _return(mail, as_=Return.BOUNCED, detail=detail, now=now)
    if is_final:
        stop_mail(recipient=recipient_of(mail, now=now), reason=MailStop.Reason.BOUNCE, detail=detail, now=now)
    return mail


@transaction.atomic
def note_complaint(
    *, message_ids: Iterable[str], recipients: Iterable[str], detail: str, now: datetime
) -> OutgoingMail | None:
    """Take down that the reader called a mail of ours unwanted, and send no more."""
    mail = _mail_of(message_ids, recipients)
    if mail is None:
        return None
    _return(mail, as_=Return.COMPLAINED, detail=detail, now=now)
    stop_mail(recipient=recipient_of(mail, now=now), reason=MailStop.Reason.COMPLAINT, detail=detail, now=now)
    return mail


def note_event(*, event: Event, now: datetime) -> OutgoingMail | None:
    """Take down what a provider told of a mail; told again, nothing more happens."""
    mail = OutgoingMail.objects.filter(pk=event.mail_id).only("message_id").first()
    if mail is None:
        return None
    named: dict[str, Any] = {
        "message_ids": [mail.message_id],
        "recipients": [event.recipient],
        "detail": event.detail,
        "now": now,
    }
    if event.what == COMPLAINED:
        return note_complaint(**named)
    return note_bounce(is_final=event.is_final, **named)


@transaction.atomic
def resume_mail(*, viewer: Viewer, now: datetime) -> int:
    """Let mail go to the viewer again after it came back or was called unwanted: they say that they want it."""
    policies.require(policies.can_act(viewer), _("Please sign in first."))
    stops = MailStop.objects.filter(recipient__member_id=viewer.own_id, kind="", reason__in=FROM_OUTSIDE)
    return stops.delete()[0]


def renew_events_secret(*, viewer: Viewer, now: datetime) -> None:
    """Make a new secret for the address that the mail provider calls; the one before is good for nothing."""
    policies.require(policies.can_own(viewer), _("Only owners may do this."))
    version = community.setting(EVENTS_VERSION) + 1
    change_setting(EVENTS_VERSION, value=version, member_id=viewer.member_id, now=now)


def recipient_of(mail: OutgoingMail, *, now: datetime) -> Recipient:
    """Return whom a mail addressed, as a recipient on whom stops can hang."""
    if mail.recipient is not None:
        return mail.recipient
    found, _is_new = Recipient.objects.get_or_create(
        address_key=normalised_email(mail.address), defaults={"address": mail.address, "created_at": now}
    )
    return found


def _mail_of(message_ids: Iterable[str], recipients: Iterable[str]) -> OutgoingMail | None:
    found = OutgoingMail.objects.select_for_update(of=("self",)).select_related("recipient")
    mail = found.filter(message_id__in=list(message_ids)).order_by("pk").first()
    named = {normalised_email(address) for address in recipients}
    if mail is None or (named and normalised_email(mail.address) not in named):
        return None
    return mail


def _return(mail: OutgoingMail, *, as_: Return, detail: str, now: datetime) -> None:
    if mail.returned_as:
        return
    OutgoingMail.objects.filter(pk=mail.pk).update(returned_as=as_, returned_at=now, error=detail[:500])
    tell_fate(mail, fate=str(as_), detail=detail, now=now)
