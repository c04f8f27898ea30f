"""Django's mail backend: whatever anybody sends by `django.core.mail` goes into the ledger and leaves from there.

A message with the header `Precedence: bulk` (invitations) waits behind those that a person is waiting for.
"""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from kizuna.core.notifications.actions.posting import write_letter

OURS = frozenset({"message-id", "date", "from", "to"})


class LedgerBackend(BaseEmailBackend):
    """Writes messages into the ledger, one row for each address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _check(message)
            headers = {name: str(value) for name, value in message.extra_headers.items() if name.lower() not in OURS}
            for address in message.recipients():
                write_letter(
                    address=address,
                    subject=str(message.subject),
                    text=str(message.body),
                    html=_html_of(message),
                    headers=headers,
                    is_awaited=headers.get("Precedence") != "bulk",
                    now=timezone.now(),
                )
        return len(email_messages)


def _check(message: EmailMessage) -> None:
    """Raise before anything is written: BadHeaderError for line breaks in a header, ValueError for what we cannot keep."""
    if message.attachments:
        raise ValueError("The ledger of mail keeps no attachments.")
    message.message()


def _html_of(message: EmailMessage) -> str:
    alternatives = getattr(message, "alternatives", None) or []
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
