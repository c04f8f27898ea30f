"""Mail by a provider's API instead of SMTP, through django-anymail: `anymail+postmark://TOKEN@` and its like.

What a provider says is turned into the same refusals as an SMTP server's. The provider is the operator's own choice.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMessage

from kizuna.core.notifications.delivery.refusals import NotAccepted

TIMEOUT_SECONDS = 10
# Which of a provider's settings the user name and the password of the URL are.
PROVIDERS = {
    "brevo": ("api_key",),
    "mailgun": ("api_key",),
    "mailjet": ("api_key", "secret_key"),
    "postmark": ("server_token",),
    "resend": ("api_key",),
    "sendgrid": ("api_key",),
    "sparkpost": ("api_key",),
}
OPTIONS = frozenset({"api_url", "sender_domain", "message_stream", "subaccount"})
# May pass: the key may be mended, the load go down.
TAKEN = frozenset({"sent", "queued"})
PASSING = frozenset({401, 403, 408, 425, 429})


@dataclass(frozen=True)
class Provider:
    """Which provider, and how it knows us."""

    name: str
    options: tuple[tuple[str, str], ...] = ()
    webhook_key: str = ""  # with which it signs what it tells us, where it does


def provider_of(scheme: str, *, secrets: tuple[str, str], options: dict[str, str]) -> Provider | None:
    """Return the provider that a URL names, None when it names none that is known or a secret is missing."""
    name = scheme.removeprefix("anymail+")
    keys = PROVIDERS.get(name)
    if keys is None or not all(secrets[: len(keys)]):
        return None
    given = {**dict(zip(keys, secrets, strict=False)), **{key: options[key] for key in OPTIONS & options.keys()}}
    return Provider(name, tuple(sorted(given.items())), options.get("webhook_key", ""))


class ProviderTransport:
    """Hands mails to a provider, one by one."""

    is_folder = False

    def __init__(self, provider: Provider) -> None:
        module = import_module(f"anymail.backends.{provider.name}")
        self.backend: Any = module.EmailBackend(timeout=TIMEOUT_SECONDS, **dict(provider.options))
        self.is_away: NotAccepted | None = None

    def send(self, message: EmailMessage) -> None:
        if self.is_away is not None:  # the batch does not wait for one timeout per mail
            raise self.is_away
        # Postmark gives mails a number of its own unless it is told to keep ours.
        message.extra_headers["X-PM-KeepID"] = "true"
        try:
            self.backend.open()
            self.backend.send_messages([message])
        except AnymailRecipientsRefused as refused:
            raise NotAccepted(_words(refused), is_final=True, is_bounce=True) from refused
        except AnymailRequestsAPIError as error:
            raise self._judged(error) from error
        except (AnymailError, OSError) as error:  # this provider cannot send such a mail
            raise NotAccepted(_words(error), is_final=isinstance(error, AnymailError)) from error
        _require_taken(message)

    def close(self) -> None:
        self.backend.close()

    def _judged(self, error: AnymailRequestsAPIError) -> NotAccepted:
        status = getattr(error, "status_code", None)
        if status is None:
            self.is_away = NotAccepted(_words(error))
            return self.is_away
        return NotAccepted(_words(error), is_final=400 <= status < 500 and status not in PASSING)


def _require_taken(message: Any) -> None:
    """Refuse to call a mail sent that the provider did not say it took."""
    said = set(getattr(message.anymail_status, "status", None) or ())
    if said and said <= TAKEN:
        return
    is_refused = bool(said & {"rejected", "invalid"})
    raise NotAccepted(f"status {', '.join(map(str, said)) or 'unknown'}", is_final=True, is_bounce=is_refused)


def _words(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:500]
