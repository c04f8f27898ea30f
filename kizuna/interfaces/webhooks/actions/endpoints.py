"""Make and change endpoints. Whoever sets an address answers for it: the endpoint sees what they may see."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting.sealing import Unopenable, seal, unseal
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.outbound import is_fetchable
from kizuna.core.audit import actions as audit
from kizuna.core.members.policies import Refused, require, require_manager
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.webhooks import chat, queries
from kizuna.interfaces.webhooks.models import LONGEST_URL, Delivery, Endpoint
from kizuna.interfaces.webhooks.signing import PURPOSE, new_secret

MOST_ENDPOINTS = 20
BOTH_SIGN = timedelta(hours=24)


@transaction.atomic
def make_endpoint(
    *, viewer: Viewer, url: str, description: str = "", verbs: Iterable[str] = (), now: datetime
) -> tuple[Endpoint, str]:
    """Make an endpoint and return it with its secret, which cannot be read again."""
    require_manager(viewer)
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise Refused(_("There are %(most)d endpoints already. Please remove one first.") % {"most": MOST_ENDPOINTS})
    secret = new_secret()
    endpoint = Endpoint.objects.create(
        url=_checked_url(url),
        description=description.strip()[:200],
        verbs=_checked_verbs(verbs),
        state_at=now,
        sealed_secret=seal(secret, purpose=PURPOSE),
        made_by_id=viewer.member_id,
        created_at=now,
    )
    _note("webhook.made", viewer, endpoint, now=now)
    return endpoint, secret


@transaction.atomic
def make_chat(
    *,
    viewer: Viewer,
    kind: str,
    address: str,
    token: str = "",
    description: str = "",
    verbs: Iterable[str] = (),
    when: str = Endpoint.When.ALWAYS,
    urgent_at_once: bool = True,
    signing: str = "",
    now: datetime,
) -> Endpoint:
    """Let a chat of the team hear alerts. Its address (of Chatwork: the token) is sealed and shown no more.

    With the signing secret of a Slack app, `signing`, its alerts have buttons that are answered.
    """
    require_manager(viewer)
    if kind not in Endpoint.Kind.values or kind == chat.STANDARD:
        raise Refused(_("Please choose from the list."), field="kind")
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise Refused(_("There are %(most)d endpoints already. Please remove one first.") % {"most": MOST_ENDPOINTS})
    shown, secret = _chat_address(kind, address.strip(), token.strip())
    wanted = [verb for verb in _checked_verbs(verbs) if verb in chat.ALERTS]
    endpoint = Endpoint.objects.create(
        kind=kind,
        when=_checked_when(when),
        urgent_at_once=urgent_at_once,
        key=secrets.token_urlsafe(16),
        sealed_signing=_sealed_signing(kind, signing),
        url=shown,
        description=description.strip()[:200],
        verbs=wanted,
        state_at=now,
        sealed_secret=seal(secret, purpose=PURPOSE),
        made_by_id=viewer.member_id,
        created_at=now,
    )
    _note("webhook.made", viewer, endpoint, now=now)
    return endpoint


def _chat_address(kind: str, address: str, token: str) -> tuple[str, str]:
    """Return what may be shown of an address, and the secret."""
    if kind != chat.CHATWORK:
        parts = urlsplit(_checked_url(address, field="address"))
        return f"{parts.scheme}://{parts.netloc}/…", address
    room = address.rpartition("rid")[2] if "rid" in address else address
    url = chat.CHATWORK_ROOM.format(room=room) if room.isascii() and room.isdigit() else address
    if not token or not token.isascii() or not token.isalnum():
        raise Refused(_("Please give the API token of Chatwork."), field="token")
    return _checked_url(url, field="address"), token


@transaction.atomic
def change_endpoint(*, viewer: Viewer, endpoint: Endpoint, fields: dict[str, Any], now: datetime) -> Endpoint:
    """Change what is given of url, description and verbs. Another address makes the viewer the one who answers for it."""
    require_manager(viewer)
    row = _held(endpoint)
    if row.is_chat:  # another address is another chat
        fields = {name: value for name, value in fields.items() if name != "url"}
    if "url" in fields and (url := _checked_url(fields["url"])) != row.url:
        row.url = url
        _answer_for(row, viewer)
    if "description" in fields:
        row.description = fields["description"].strip()[:200]
    if "verbs" in fields:
        wanted = _checked_verbs(fields["verbs"])
        row.verbs = [verb for verb in wanted if verb in chat.ALERTS] if row.is_chat else wanted
    if row.is_chat:
        _change_chat(row, fields)
    row.save(
        update_fields=[
            "url", "description", "verbs", "made_by", "failing_since", "failures_in_row", "rest_until", "when",
            "urgent_at_once", "key", "sealed_signing",
        ]
    )  # fmt: skip
    _note("webhook.changed", viewer, row, now=now)
    return row


@transaction.atomic
def rotate_secret(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret and return it. The one before signs as well for a day."""
    require_manager(viewer)
    row, secret = _held(endpoint), new_secret()
    require(not row.is_chat, _("A chat has no secret of this kind."))
    row.sealed_before, row.before_until = row.sealed_secret, now + BOTH_SIGN
    if row.why == Endpoint.Why.SECRET:  # what cannot be opened here cannot sign
        row.sealed_before, row.before_until = "", None
    row.sealed_secret = seal(secret, purpose=PURPOSE)
    row.save(update_fields=["sealed_secret", "sealed_before", "before_until"])
    _note("webhook.rotated", viewer, row, now=now)
    return row, secret


@transaction.atomic
def pause(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> None:
    """Tell an endpoint nothing for now. What happens meanwhile is not told later; what waits goes on waiting."""
    require_manager(viewer)
    row = _held(endpoint)
    if row.state == Endpoint.State.ACTIVE:
        set_state(row, Endpoint.State.PAUSED, why=Endpoint.Why.PERSON, now=now)
        _note("webhook.paused", viewer, row, now=now)


@transaction.atomic
def resume(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> None:
    """Tell a paused or disabled endpoint again; what waits is sent. Whoever lets it speak again answers for it if nobody else may."""
    require_manager(viewer)
    row = _held(endpoint)
    if row.state == Endpoint.State.ACTIVE:
        return
    if row.why in (Endpoint.Why.MAKER, Endpoint.Why.COPIED):
        _answer_for(row, viewer)
    row.failing_since, row.failures_in_row, row.rest_until = None, 0, None
    row.save(update_fields=["made_by", "failing_since", "failures_in_row", "rest_until"])
    set_state(row, Endpoint.State.ACTIVE, why=Endpoint.Why.NONE, now=now)
    _note("webhook.resumed", viewer, row, now=now)
    enqueue("webhooks.deliver", key="now")


@transaction.atomic
def remove_endpoint(*, viewer: Viewer, endpoint: Endpoint, now: datetime) -> None:
    """Remove an endpoint with everything that was and would be told there."""
    require_manager(viewer)
    row = _held(endpoint)
    _note("webhook.removed", viewer, row, now=now)
    row.delete()


def set_state(endpoint: Endpoint, state: str, *, why: str, now: datetime) -> None:
    """Write an endpoint's state and the reason."""
    Endpoint.objects.filter(pk=endpoint.pk).update(state=state, why=why, state_at=now)
    endpoint.state, endpoint.why, endpoint.state_at = state, why, now


def signing_of(endpoint: Endpoint) -> str:
    """Return by what Slack signs, "" when there is nothing or it cannot be opened here."""
    try:
        return unseal(endpoint.sealed_signing, purpose=PURPOSE) if endpoint.sealed_signing else ""
    except Unopenable:
        return ""


def _change_chat(row: Endpoint, fields: dict[str, Any]) -> None:
    if "when" in fields:
        row.when = _checked_when(fields["when"])
    if "urgent_at_once" in fields:
        row.urgent_at_once = bool(fields["urgent_at_once"])
    if fields.get("signing", "").strip():
        row.sealed_signing = _sealed_signing(row.kind, fields["signing"])
        row.key = row.key or secrets.token_urlsafe(16)


def _checked_when(when: str) -> str:
    if when not in Endpoint.When.values:
        raise Refused(_("Please choose from the list."), field="when")
    return when


def _sealed_signing(kind: str, signing: str) -> str:
    signing = signing.strip()
    if not signing:
        return ""
    if kind != chat.SLACK or len(signing) != 32 or not signing.isascii() or not signing.isalnum():
        raise Refused(_("The signing secret of a Slack app has 32 letters and digits."), field="signing")
    return seal(signing, purpose=PURPOSE)


def _answer_for(endpoint: Endpoint, viewer: Viewer) -> None:
    """Make the viewer the one whose sight counts. What waits is told as they may see it."""
    if endpoint.made_by_id != viewer.member_id:
        endpoint.made_by_id = viewer.member_id
        Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING, activity__isnull=False).update(body="")
    endpoint.failing_since, endpoint.failures_in_row, endpoint.rest_until = None, 0, None


def _held(endpoint: Endpoint) -> Endpoint:
    row = Endpoint.objects.select_for_update().filter(pk=endpoint.pk).first()
    if row is None:
        raise Refused(_("This endpoint was removed."))
    return row


def _checked_url(url: str, *, field: str = "url") -> str:
    url = url.strip()
    if not url or len(url) > LONGEST_URL or not is_fetchable(url) or urlsplit(url).fragment:
        raise Refused(
            _("Please give a whole address that begins with https://, without a name or a password."),
            field=field,
        )
    return url


def _checked_verbs(verbs: Iterable[str]) -> list[str]:
    wanted = sorted(set(verbs))
    if unknown := set(wanted) - queries.known_verbs():
        raise Refused(_("There is no activity “%(verb)s”.") % {"verb": sorted(unknown)[0][:60]}, field="verbs")
    return wanted


def _note(action: str, viewer: Viewer, endpoint: Endpoint, *, now: datetime) -> None:
    detail = {"name": urlsplit(endpoint.url).netloc}
    audit.note(action, actor_id=viewer.member_id, subject=("webhook_endpoint", endpoint.pk), detail=detail, now=now)
