"""From a row of the ledger to a message. Headers pass through Django's EmailMessage only, which refuses line breaks."""

import re
from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.files import storage
from kizuna.core.files.models import File
from kizuna.core.notifications.delivery import events, transport
from kizuna.core.notifications.models import OutgoingMail

# Stands in the stored texts instead of the unsubscribe key: what is at rest opens nothing.
KEY_PLACE = "KIZUNA-UNSUBSCRIBE-KEY"
REPLY_PLACE = "KIZUNA-REPLY-KEY"
OWN_MARK = "X-Kizuna"  # what comes back with it is our own (core.inbound)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def message_of(
    mail: OutgoingMail, *, language: str, unsubscribe_key: str, reply_key: str = ""
) -> EmailMultiAlternatives:
    """Return the mail as a message to its one address."""
    headers = {
        name: value.replace(KEY_PLACE, unsubscribe_key).replace(REPLY_PLACE, reply_key)
        for name, value in mail.headers.items()
    }
    name = mail.sender_name or community.name(language)
    message = MarkedMessage(
        subject=one_line(mail.subject),
        body=mail.text.replace(KEY_PLACE, unsubscribe_key),
        from_email=formataddr((one_line(name), mail.sender_address or transport.sender_address())),
        to=[mail.address],
        headers={**headers, OWN_MARK: own_mark(), "Message-ID": mail.message_id},
    )
    message.metadata = {events.MARK: events.mark_of(mail.pk)}
    for file in File.objects.filter(key__in=mail.file_keys, is_removed=False).order_by("pk"):
        message.attach(file.name, storage.read(file.key), file.content_type.partition(";")[0])
    if mail.html:
        message.attach_alternative(mail.html.replace(KEY_PLACE, unsubscribe_key), "text/html")
    return message


class MarkedMessage(EmailMultiAlternatives):
    """A message with what goes with it through a provider and back in what the provider tells of it."""

    metadata: dict[str, str]


def own_mark() -> str:
    """Return what stands on everything that this community sends."""
    return f"{hosting.current().slug}@{links.mail_host()}"


def reply_headers(host: str) -> dict[str, str]:
    """Return the header that lets a notice be answered, with a place for the key."""
    return {"Reply-To": f"reply+{REPLY_PLACE}@{host}"}


def thread_headers(group_key: str) -> dict[str, str]:
    """Return the headers that put all mails of a group under one root, which was never sent."""
    name = re.sub(r"[^a-z0-9]+", ".", group_key.lower()).strip(".")
    root = f"<kizuna.{hosting.current().slug}.{name}@{links.mail_host()}>"
    return {"In-Reply-To": root, "References": root}


def list_headers(*, has_key: bool) -> dict[str, str]:
    """Return the headers of mail that nobody asked for one by one: whose list, by a machine, how to leave."""
    headers = {
        "List-Id": f"<{hosting.current().slug}.{links.mail_host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if has_key:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url()}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def unsubscribe_url() -> str:
    return links.absolute_url(f"/u/{KEY_PLACE}/")


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters."""
    return _CONTROL.sub(" ", text).strip()
