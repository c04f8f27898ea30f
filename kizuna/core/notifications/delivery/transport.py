"""Where mail goes: KIZUNA_MAIL_URL, or the folder `mail` of the community's bundle when it is empty.

`smtp://USER:PASSWORD@HOST:587?tls=1` (STARTTLS), `smtps://…:465`, `file:///folder`, or a provider by its API
(`anymail+postmark://TOKEN@`, docs/mail.md); `?from=ADDRESS` sets the sender.
"""

import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.core.notifications.delivery.provider import PROVIDERS, Provider, ProviderTransport, provider_of
from kizuna.core.notifications.delivery.refusals import NotAccepted

TIMEOUT_SECONDS = 10


class BadMailURL(ValueError):
    """KIZUNA_MAIL_URL is neither smtp(s)://… nor file:///folder nor a provider that is known."""


class Transport(Protocol):
    """Takes mails over, one by one; `send` returns when the mail is safe on the other side, else raises NotAccepted."""

    is_folder: bool

    def send(self, message: EmailMessage) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Destination:
    """What KIZUNA_MAIL_URL says."""

    folder: Path | None
    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    is_tls: bool = False
    is_starttls: bool = False
    sender: str = ""
    provider: Provider | None = None


def destination() -> Destination:
    """Return where this community's mail goes. Raises BadMailURL."""
    url = settings.KIZUNA_MAIL_URL
    if not url:
        return Destination(folder=hosting.current().folder / "mail")
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        port = parts.port
    except ValueError as error:
        raise BadMailURL(str(error)) from None
    sender = options.get("from", "")
    if parts.scheme == "file" and parts.path:
        return Destination(folder=Path(unquote(parts.path)), sender=sender)
    if parts.scheme.startswith("anymail+"):
        secrets = (unquote(parts.username or ""), unquote(parts.password or ""))
        provider = provider_of(parts.scheme, secrets=secrets, options=options)
        if provider is None:
            raise BadMailURL(f"Expected anymail+NAME://KEY@ with NAME one of {', '.join(PROVIDERS)}.")
        return Destination(folder=None, sender=sender, provider=provider)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadMailURL("Expected smtp://HOST:PORT, smtps://HOST:PORT or file:///FOLDER.")
    return Destination(
        folder=None,
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        is_starttls=options.get("tls") == "1",
        sender=sender,
    )


def sender_address() -> str:
    """Return the address that mail comes from."""
    return destination().sender or f"no-reply@{links.mail_host()}"


def goes_to_a_folder() -> bool:
    try:
        return destination().folder is not None
    except BadMailURL:
        return False


def open_transport() -> Transport:
    """Return a transport; nothing is connected before the first mail. Raises BadMailURL."""
    place = destination()
    if place.provider is not None:
        return ProviderTransport(place.provider)
    return _Folder(place.folder) if place.folder else _SMTP(place)


class _Folder:
    """Writes each mail as a file named for its Message-ID, so that a mail sent twice is one file."""

    is_folder = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        name = re.sub(r"[^\w.@-]", "", str(message.extra_headers["Message-ID"]))
        raw: Any = message.message()  # ours to ask for CRLF, which typeshed does not know of
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".{name}.new"
            with temporary.open("wb") as out:
                out.write(raw.as_bytes(linesep="\r\n"))
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise NotAccepted(f"{self.folder}: {error.strerror or error}") from error

    def close(self) -> None:
        """Nothing is held open."""


class _SMTP:
    is_folder = False

    def __init__(self, place: Destination) -> None:
        self.backend = SMTPBackend(
            host=place.host,
            port=place.port,
            username=place.user,
            password=place.password,
            use_tls=place.is_starttls,
            use_ssl=place.is_tls,
            timeout=TIMEOUT_SECONDS,
            fail_silently=False,
        )
        self.is_away: NotAccepted | None = None

    def send(self, message: EmailMessage) -> None:
        if self.is_away is not None:  # the batch does not wait for one timeout per mail
            raise self.is_away
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            self.close()
            self.is_away = NotAccepted(_words(error))
            raise self.is_away from error
        try:
            self.backend.send_messages([message])
        except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
            self.close()
            raise _judged(error) from error

    def close(self) -> None:
        self.backend.close()


def _judged(error: Exception) -> NotAccepted:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()), (450, b""))
        return NotAccepted(_answer(code, answer), is_final=code >= 500, is_bounce=code >= 500)
    if isinstance(error, smtplib.SMTPResponseException):
        return NotAccepted(_answer(error.smtp_code, error.smtp_error), is_final=error.smtp_code >= 500)
    return NotAccepted(_words(error))


def _answer(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"[:500]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return (str(error) or type(error).__name__)[:500]
