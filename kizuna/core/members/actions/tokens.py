"""Write API tokens. The secret is shown once and stored hashed."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.actions import log_manager_action
from kizuna.core.members import policies, queries
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import ApiToken, Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

PREFIX = "kz_"


@transaction.atomic
def make_token(
    *,
    viewer: Viewer,
    member: Member,
    name: str = "",
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token for `member` and return its row and its secret, which cannot be read again."""
    is_own = viewer.member_id == member.pk and policies.can_keep_tokens(viewer)
    require(is_own or _is_command(viewer), _("Tokens are made by their own member, in the browser."))
    wanted = list(dict.fromkeys(scopes))
    if unknown := set(wanted) - set(policies.SCOPES):
        raise Refused(_("There is no scope “%(scope)s”.") % {"scope": sorted(unknown)[0]}, field="scopes")
    if expires_at is not None and expires_at <= now:
        raise Refused(_("Please choose a day in the future."), field="expires_at")
    secret = PREFIX + secrets.token_urlsafe(24)
    token = ApiToken.objects.create(
        member=member,
        name=name[:80],
        key_hash=hashed(secret),
        prefix=secret[:9],
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    log_manager_action("token.made", member_id=viewer.member_id, subject=f"token:{token.pk}", after=wanted, now=now)
    return token, secret


@transaction.atomic
def revoke_token(*, viewer: Viewer, token_id: int, now: datetime) -> None:
    """End one of the viewer's own tokens."""
    require(policies.can_keep_tokens(viewer), _("Tokens are made by their own member, in the browser."))
    changed = ApiToken.objects.filter(pk=token_id, member_id=viewer.own_id, revoked_at__isnull=True).update(
        revoked_at=now
    )
    require(bool(changed), _("This token has ended already."))
    log_manager_action("token.revoked", member_id=viewer.member_id, subject=f"token:{token_id}", now=now)


def note_token_used(*, token: ApiToken, now: datetime) -> None:
    """Write when a token was last used."""
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _is_command(viewer: Viewer) -> bool:
    # Whoever runs commands on the machine acts as the system member, which no request can be.
    return viewer.member_id == queries.system_member().pk
