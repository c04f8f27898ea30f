"""What a provider tells of our mail by its webhook: proven by a secret in its address, read by django-anymail.

Each mail carries a mark of ours through the provider and back: its number and 128 bits that nobody else can make.
"""

import hashlib
import hmac
import re
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from django.conf import settings
from django.http import HttpRequest

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.core.community import queries as community
from kizuna.core.notifications.delivery import transport
from kizuna.core.notifications.settings import EVENTS_VERSION

USER = "kizuna"
LARGEST = 2_000_000
MOST_EVENTS = 2_000
MARK = "kizuna"  # the name of the mark among a mail's metadata
VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
BOUNCED, COMPLAINED, REJECTED = "bounced", "complained", "rejected"
# What a provider calls a bounce that may pass; django-anymail does not tell these apart.
_PASSING = frozenset({"softbounce", "soft_bounce", "soft", "transient", "undetermined"})
_SOFT_CLASSES = frozenset({"20", "21", "22", "23", "24", "40", "70"})  # SparkPost's
_FOR_GOOD = frozenset({"", "invalid", "bounced"})


class NotProven(Exception):
    """Whoever calls does not know the secret."""


class Unreadable(Exception):
    """What was sent is nothing that this provider sends."""


@dataclass(frozen=True)
class Event:
    """What became of one mail: bounced or complained."""

    what: str
    mail_id: int
    recipient: str
    is_final: bool
    detail: str


def mark_of(mail_id: int) -> str:
    """Return the mark that goes with a mail."""
    return f"{mail_id}.{_derived(f'mail-mark:{mail_id}')}"


def mail_marked(mark: Any) -> int | None:
    """Return which mail of ours a mark names, None for one that we did not make."""
    found = re.fullmatch(r"(\d{1,18})\.[0-9a-f]{32}", mark) if isinstance(mark, str) else None
    if found is None or not hmac.compare_digest(mark, mark_of(int(found[1]))):
        return None
    return int(found[1])


def secret() -> str:
    """Return what stands in the address that the provider calls; derived, so never stored."""
    return _derived(f"mail-events:{community.setting(EVENTS_VERSION)}")


def address() -> str:
    """Return the address to enter at the provider, "" where no provider is set."""
    name = provider_name()
    if not name:
        return ""
    scheme, _colon, rest = links.absolute_url(f"/mail/events/{name}/").partition("://")
    return f"{scheme}://{USER}:{secret()}@{rest}"


def provider_name() -> str:
    """Return the provider by which mail goes, "" for none."""
    try:
        provider = transport.destination().provider
    except transport.BadMailURL:
        return ""
    return provider.name if provider else ""


def read(request: HttpRequest) -> list[Event]:
    """Return what a provider tells, as far as it matters. Raises NotProven or Unreadable."""
    name = provider_name()
    view = _view(name)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        raise NotProven from None
    except Exception as error:  # whatever the parser makes of a stranger's bytes
        raise Unreadable(type(error).__name__) from None
    try:
        told = [event for event in view.parse_events(request)[:MOST_EVENTS] if event is not None]
        return [found for event in told if (found := _understood(event)) is not None]
    except Exception as error:
        raise Unreadable(type(error).__name__) from None


def _view(name: str) -> Any:
    module = import_module(f"anymail.webhooks.{name}")
    place = transport.destination().provider
    given = {"webhook_secret": f"{USER}:{secret()}"}
    if place and name == "mailgun":  # these two sign as well
        given["webhook_signing_key"] = place.webhook_key or dict(place.options).get("api_key", "")
    if place and name == "sendgrid" and place.webhook_key:
        given["tracking_webhook_verification_key"] = place.webhook_key
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of providers that are no more tried against their service
        return getattr(module, VIEWS[name])(**given)


def _understood(event: Any) -> Event | None:
    kind, reason = str(event.event_type or ""), str(event.reject_reason or "")
    mail_id = mail_marked((event.metadata or {}).get(MARK))
    if mail_id is None or not event.recipient:
        return None
    said = str(event.mta_response or event.description or reason or kind).replace("\x00", "")
    detail = " ".join(said.split())[:400]
    address = str(event.recipient)
    if kind == COMPLAINED or (kind == REJECTED and reason == "spam"):
        return Event(COMPLAINED, mail_id, address, is_final=True, detail=detail)
    if kind in (BOUNCED, REJECTED):  # rejected: by the provider itself, which knows the address
        return Event(BOUNCED, mail_id, address, is_final=_is_final(event.esp_event, reason), detail=detail)
    return None


def _is_final(said: Any, reason: str) -> bool:
    """Tell whether nothing will ever arrive there, by the provider's own words and then by what anymail makes of them."""
    parts = [said, _in(said, "data", "bounce"), _in(said, "msys", "message_event")] if isinstance(said, dict) else []
    words = {str(part.get(name)).lower() for part in parts for name in ("Type", "type", "event")}
    is_soft = any(str(part.get("bounce_class")) in _SOFT_CLASSES or part.get("hard_bounce") is False for part in parts)
    if is_soft or words & _PASSING:
        return False
    return reason in _FOR_GOOD or "permanent" in words


def _in(said: dict[str, Any], *names: str) -> dict[str, Any]:
    value: Any = said
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _derived(words: str) -> str:
    text = f"{hosting.current().slug}:{words}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()[:16].hex()
