"""That mail to somebody has stopped, said where the team looks: beside the person, and in the log of an inquiry."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.models import MailStop
from kizuna.core.notifications.queries.recipients import stops_of
from kizuna.success.customers.models import Contact
from kizuna.success.inbox.models import Inquiry
from kizuna.success.mailbox import queries


def marks(*, viewer: Viewer, account: Any, contacts: list[Contact]) -> dict[int, tuple[str, str]]:
    """Return a word for each contact to whom mail does not go any more."""
    people = {contact.pk: contact.email_key for contact in contacts if contact.email_key}
    stops = stops_of(people.values())
    return {pk: (_word(stops[key]), "bad") for pk, key in people.items() if key in stops}


def lines_of(*, inquiry: Inquiry) -> list[tuple[datetime, str]]:
    """Return that mail to whoever is answered has stopped."""
    address = normalised_email(queries.answer_address(inquiry)[0])
    stop = stops_of([address]).get(address) if address else None
    return [(stop.at, _word(stop))] if stop else []


def _word(stop: MailStop) -> str:
    if stop.reason == MailStop.Reason.COMPLAINT:
        return _("Mail stopped: reported as unwanted")
    return _("Mail stopped: it came back")
