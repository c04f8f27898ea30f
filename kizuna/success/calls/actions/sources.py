"""Set telephone systems up that may tell of calls. Secrets are sealed, ours are shown once, Twilio's is theirs."""

import base64
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting.sealing import Unopenable, seal, unseal
from kizuna.core.audit import actions as audit
from kizuna.core.community.actions import change_setting
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.calls import policies
from kizuna.success.calls.models import CallSource
from kizuna.success.calls.settings import RECORDING_DAYS

PURPOSE = "calls"
PREFIX = "whsec_"
MOST_SOURCES = 20
BOTH_COUNT = timedelta(hours=24)


@transaction.atomic
def make_source(*, viewer: Viewer, name: str, kind: str, token: str = "", now: datetime) -> tuple[CallSource, str]:
    """Let a telephone system tell of calls. Returns it with its secret, which is shown once; of Twilio the secret is `token`."""
    policies.require_keeper(viewer)
    if kind not in CallSource.Kind.values:
        raise Refused(_("Please choose from the list."), field="kind")
    if CallSource.objects.count() >= MOST_SOURCES:
        raise Refused(_("There are %(most)d already. Please remove one first.") % {"most": MOST_SOURCES})
    secret = _secret(kind, token)
    source = CallSource.objects.create(
        kind=kind,
        name=_name(name),
        key=secrets.token_urlsafe(16),
        sealed_secret=seal(secret, purpose=PURPOSE),
        made_by_id=viewer.member_id,
        created_at=now,
    )
    _note("call_source.made", viewer, source, now=now)
    return source, "" if kind == CallSource.Kind.TWILIO else secret


@transaction.atomic
def change_source(*, viewer: Viewer, source: CallSource, name: str, is_active: bool, now: datetime) -> CallSource:
    """Rename a telephone system, or let it tell nothing for now."""
    policies.require_keeper(viewer)
    row = _held(source)
    row.name, row.is_active = _name(name), is_active
    row.save(update_fields=["name", "is_active"])
    _note("call_source.changed", viewer, row, now=now)
    return row


@transaction.atomic
def rotate_secret(*, viewer: Viewer, source: CallSource, token: str = "", now: datetime) -> tuple[CallSource, str]:
    """Give a telephone system another secret. For a day what is signed with the one before counts as well."""
    policies.require_keeper(viewer)
    row = _held(source)
    secret = _secret(row.kind, token)
    row.sealed_before, row.before_until = row.sealed_secret, now + BOTH_COUNT
    row.sealed_secret = seal(secret, purpose=PURPOSE)
    row.save(update_fields=["sealed_secret", "sealed_before", "before_until"])
    _note("call_source.rotated", viewer, row, now=now)
    return row, "" if row.kind == CallSource.Kind.TWILIO else secret


@transaction.atomic
def remove_source(*, viewer: Viewer, source: CallSource, now: datetime) -> None:
    """Remove a telephone system; the calls it told of stay."""
    policies.require_keeper(viewer)
    row = _held(source)
    _note("call_source.removed", viewer, row, now=now)
    row.delete()


def set_recording_days(*, viewer: Viewer, days: int, now: datetime) -> None:
    """Say how long links to recordings are kept, for calls from now on."""
    policies.require_keeper(viewer)
    try:
        change_setting(RECORDING_DAYS, value=days, member_id=viewer.member_id, now=now)
    except ValueError:
        raise Refused(_("Please give a number of days from 1 to 3,650."), field="days") from None


def keys_of(source: CallSource, *, now: datetime) -> list[str]:
    """Return the secrets that count now; none when they cannot be opened here."""
    sealed = [source.sealed_secret]
    if source.before_until and source.before_until > now:
        sealed.append(source.sealed_before)
    try:
        return [unseal(item, purpose=PURPOSE) for item in sealed]
    except Unopenable:
        return []


def _secret(kind: str, token: str) -> str:
    if kind != CallSource.Kind.TWILIO:
        return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    token = token.strip()
    if not token.isascii() or not token.isalnum() or not 16 <= len(token) <= 64:
        raise Refused(
            _("Please give the auth token of Twilio: letters and digits as their console shows them."), field="token"
        )
    return token


def _name(name: str) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_("Please give it a name."), field="name")
    return name


def _held(source: CallSource) -> CallSource:
    row = CallSource.objects.select_for_update(of=("self",)).filter(pk=source.pk).first()
    if row is None:
        raise Refused(_("This telephone system was removed."))
    return row


def _note(action: str, viewer: Viewer, source: CallSource, *, now: datetime) -> None:
    subject, detail = ("call_source", source.pk), {"name": source.name}
    audit.note(action, actor_id=viewer.member_id, subject=subject, detail=detail, now=now)
