"""Set LINE accounts up. Secret and token are sealed and shown no more."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting.sealing import seal
from kizuna.core.audit import actions as audit
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.chat import policies
from kizuna.interfaces.chat.models import LineChannel
from kizuna.interfaces.chat.queries import PURPOSE

MOST = 20


@transaction.atomic
def make_channel(*, viewer: Viewer, name: str, secret: str, token: str, now: datetime) -> LineChannel:
    """Take what is written to a LINE account into the inbox."""
    policies.require_keeper(viewer)
    if LineChannel.objects.count() >= MOST:
        raise Refused(_("There are %(most)d already. Please remove one first.") % {"most": MOST})
    channel = LineChannel.objects.create(
        name=_name(name),
        key=secrets.token_urlsafe(16),
        sealed_secret=seal(_secret(secret), purpose=PURPOSE),
        sealed_token=seal(_token(token), purpose=PURPOSE),
        made_by_id=viewer.member_id,
        created_at=now,
    )
    _note("line_channel.made", viewer, channel, now=now)
    return channel


@transaction.atomic
def change_channel(
    *,
    viewer: Viewer,
    channel: LineChannel,
    name: str,
    is_active: bool,
    secret: str = "",
    token: str = "",
    now: datetime,
) -> LineChannel:
    """Rename a LINE account, take it out of use, or give it another secret or token; empty ones stay as they are."""
    policies.require_keeper(viewer)
    row = LineChannel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    row.name, row.is_active = _name(name), is_active
    if secret.strip():
        row.sealed_secret = seal(_secret(secret), purpose=PURPOSE)
    if token.strip():
        row.sealed_token = seal(_token(token), purpose=PURPOSE)
    row.save(update_fields=["name", "is_active", "sealed_secret", "sealed_token"])
    _note("line_channel.changed", viewer, row, now=now)
    return row


@transaction.atomic
def remove_channel(*, viewer: Viewer, channel: LineChannel, now: datetime) -> None:
    """Remove a LINE account with who wrote to it; the inquiries stay."""
    policies.require_keeper(viewer)
    _note("line_channel.removed", viewer, channel, now=now)
    LineChannel.objects.filter(pk=channel.pk).delete()


def _name(name: str) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_("Please give it a name."), field="name")
    return name


def _secret(secret: str) -> str:
    secret = secret.strip()
    if len(secret) != 32 or not all(letter in "0123456789abcdef" for letter in secret):
        raise Refused(_("The channel secret has 32 letters and digits, as LINE Developers shows them."), field="secret")
    return secret


def _token(token: str) -> str:
    token = token.strip()
    if not 20 <= len(token) <= 500 or not token.isascii() or any(letter <= " " for letter in token):
        raise Refused(_("Please give the whole channel access token, as LINE Developers shows it."), field="token")
    return token


def _note(action: str, viewer: Viewer, channel: LineChannel, *, now: datetime) -> None:
    subject, detail = ("line_channel", channel.pk), {"name": channel.name}
    audit.note(action, actor_id=viewer.member_id, subject=subject, detail=detail, now=now)
