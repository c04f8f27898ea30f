"""Write sign-ins: begun, seen, confirmed, revoked."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.core.activity.actions import record
from kizuna.core.members import signin
from kizuna.core.members.activities import SIGNED_IN
from kizuna.core.members.hashing import hashed, random_key
from kizuna.core.members.models import Member, SignIn
from kizuna.core.members.policies import Refused, require_sign_in
from kizuna.core.members.viewer import Viewer


def start_sign_in(
    *, member: Member, method: str, now: datetime, user_agent: str = "", address: str | None = None
) -> str:
    """Write the row of a sign-in and return the cookie's value for it."""
    key = random_key()
    row = SignIn.objects.create(
        member=member,
        key_hash=hashed(key),
        method=method,
        created_at=now,
        last_seen_at=now,
        confirmed_at=now,
        expires_at=now + signin.LIFETIME,
        epoch=member.epoch,
        user_agent=user_agent[:200],
        address=address,
    )
    return signin.cookie_for(row, key=key)


@transaction.atomic
def finish_sign_in(*, member: Member, method: str, now: datetime, user_agent: str, address: str | None) -> str:
    """Write a sign-in that passed every step, and that it happened. Return the cookie's value."""
    Member.objects.filter(pk=member.pk).update(last_seen_on=timezone.localdate(now))
    record(SIGNED_IN, actor_id=member.pk, object_type="member", object_id=member.pk, at=now, props={"method": method})
    return start_sign_in(member=member, method=method, now=now, user_agent=user_agent, address=address)


def note_seen(*, viewer: Viewer, now: datetime, today: date) -> None:
    """Write when the device and its member were last seen. Called at most every few minutes per sign-in."""
    SignIn.objects.filter(pk=viewer.sign_in_id or 0).update(last_seen_at=now)
    Member.objects.filter(pk=viewer.own_id).exclude(last_seen_on=today).update(last_seen_on=today)
    signin.forget(viewer.sign_in_id or 0)


def confirm_sign_in(*, viewer: Viewer, now: datetime) -> None:
    """Write that the person just proved who they are again."""
    SignIn.objects.filter(pk=viewer.sign_in_id or 0, member_id=viewer.own_id).update(confirmed_at=now)
    signin.forget(viewer.sign_in_id or 0)


def revoke_sign_in(*, viewer: Viewer, sign_in_id: int, now: datetime) -> None:
    """End one of the viewer's own sign-ins: this device or another one."""
    require_sign_in(viewer)
    changed = SignIn.objects.filter(pk=sign_in_id, member_id=viewer.own_id, revoked_at__isnull=True).update(
        revoked_at=now
    )
    if not changed:
        raise Refused(_("This sign-in has ended already."))
    signin.forget(sign_in_id)


def revoke_sign_ins(*, sign_in_ids: list[int], now: datetime) -> int:
    """End sign-ins that whoever vouched for them ended; return how many were open."""
    ended = SignIn.objects.filter(pk__in=sign_in_ids, revoked_at__isnull=True).update(revoked_at=now)
    for sign_in_id in sign_in_ids:
        signin.forget(sign_in_id)
    return ended


@transaction.atomic
def sign_out_everywhere(*, member_id: int, now: datetime) -> None:
    """End every sign-in of a member, on every device."""
    Member.objects.filter(pk=member_id).update(epoch=F("epoch") + 1)
    SignIn.objects.filter(member_id=member_id, revoked_at__isnull=True).update(revoked_at=now)
    signin.forget_member(member_id)


def forget_old_sign_ins(*, now: datetime) -> int:
    """Remove sign-ins that ended more than 90 days ago and return how many."""
    ended = now - timedelta(days=90)
    removed, _ = SignIn.objects.filter(expires_at__lt=ended).delete()
    revoked, _ = SignIn.objects.filter(revoked_at__lt=ended).delete()
    return removed + revoked
