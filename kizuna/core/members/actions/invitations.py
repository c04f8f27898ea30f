"""Invite people: one by one and by file. A link is good once, for one address and role, while its inviter may invite."""

import base64
import csv
import hmac
import io
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members import policies, queries
from kizuna.core.members.activities import MEMBER_INVITED
from kizuna.core.members.hashing import hashed
from kizuna.core.members.models import Invitation, InvitationBatch, Member, RoleGrant
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

VALID_FOR = timedelta(days=30)
SEND_JOB = "members.send_invitation"
BATCH_JOB = "members.invite_batch"
MAX_ROWS = 20_000
MAX_BYTES = 4_000_000
CHUNK = 200


@transaction.atomic
def invite(
    *, viewer: Viewer, email: str, role: str = "", name: str = "", language: str = "ja", now: datetime
) -> Invitation:
    """Invite one address and send the mail by a job. Raises Refused naming the field at fault."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    require(policies.can_grant(viewer, role), _("You may not invite to this role."))
    invitation = _invite(viewer.member_id, email=email, role=role, name=name, language=language, batch=None, now=now)
    log_manager_action(
        "member.invited",
        member_id=viewer.member_id,
        subject=f"invitation:{invitation.pk}",
        after={"role": role},
        now=now,
    )
    return invitation


@transaction.atomic
def send_invitation_again(*, viewer: Viewer, invitation_id: int, now: datetime) -> None:
    """Send the mail once more with the same link, valid for another term."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    invitation = _open(invitation_id)
    require(policies.can_grant(viewer, invitation.role), _("You may not invite to this role."))
    Invitation.objects.filter(pk=invitation_id).update(expires_at=now + VALID_FOR, invited_by_id=viewer.member_id)
    enqueue(SEND_JOB, args={"invitation": invitation_id, "number": invitation.sent_count + 1})


@transaction.atomic
def cancel_invitation(*, viewer: Viewer, invitation_id: int, now: datetime) -> None:
    """Make a link worthless."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    _open(invitation_id)
    Invitation.objects.filter(pk=invitation_id).update(cancelled_at=now)
    log_manager_action(
        "invitation.cancelled", member_id=viewer.member_id, subject=f"invitation:{invitation_id}", now=now
    )


def open_invitation_for(*, email: str, now: datetime) -> Invitation | None:
    """Return the invitation that the owner of an address may use: open, not expired, its inviter still in the right."""
    invitation = (
        Invitation.objects.filter(
            email_key=normalised_email(email), accepted_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=now
        )
        .select_related("invited_by")
        .first()
    )
    return invitation if invitation and policies.is_backed(invitation) else None


def accept_invitation(*, invitation: Invitation, member: Member, now: datetime) -> None:
    """Use an invitation up and give its role. Called inside the transaction of joining; of two at once one is refused."""
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, cancelled_at__isnull=True).update(
        accepted_at=now, accepted_by=member
    )
    require(bool(used), _("This invitation has been used already."))
    if invitation.role:
        RoleGrant.objects.get_or_create(
            member=member,
            role=invitation.role,
            defaults={"granted_by_id": invitation.invited_by_id, "granted_at": now},
        )


@transaction.atomic
def start_batch(*, viewer: Viewer, file_name: str, content: bytes, role: str, now: datetime) -> InvitationBatch:
    """Take a CSV of addresses (column 1, or `email`; optional `name`, `language`) and invite them by a job."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    require(policies.can_grant(viewer, role), _("You may not invite to this role."))
    if len(content) > MAX_BYTES:
        raise Refused(_("This file is too large: at most 4 MB."), field="file")
    source = _decoded(content)
    row_count = len(_rows(source))
    if not row_count:
        raise Refused(_("This file holds no addresses."), field="file")
    if row_count > MAX_ROWS:
        raise Refused(_("This file holds more than 20,000 rows. Please send it in parts."), field="file")
    batch = InvitationBatch.objects.create(
        file_name=file_name[:200],
        source=source,
        role=role,
        created_by_id=viewer.member_id,
        created_at=now,
        row_count=row_count,
    )
    enqueue(BATCH_JOB, args={"batch": batch.pk}, key=f"batch:{batch.pk}")
    log_manager_action(
        "member.invited_by_file", member_id=viewer.member_id, subject=f"batch:{batch.pk}", after=row_count, now=now
    )
    return batch


@transaction.atomic
def work_on_batch(*, batch_id: int, now: datetime) -> bool:
    """Invite the next rows of a file and return whether rows are left. Stopped in the middle, it goes on with the next."""
    batch = InvitationBatch.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=batch_id)
    if batch.state == InvitationBatch.State.DONE:
        return False
    rows = _rows(batch.source)
    errors, invited = list(batch.errors), 0
    may_invite = batch.created_by is not None and policies.can_grant(queries.viewer_of(batch.created_by), batch.role)
    upto = min(batch.next_row + CHUNK, len(rows))
    for line, row in rows[batch.next_row : upto]:
        reason = _invite_row(batch, row, now=now) if may_invite else "not_allowed"
        if reason:
            errors.append({"line": line, "email": row["email"][:254], "reason": reason})
        else:
            invited += 1
    is_done = upto == len(rows)
    InvitationBatch.objects.filter(pk=batch_id).update(
        state=InvitationBatch.State.DONE if is_done else InvitationBatch.State.RUNNING,
        next_row=upto,
        invited_count=F("invited_count") + invited,
        skipped_count=len(errors),
        errors=errors,
        finished_at=now if is_done else None,
        source="" if is_done else batch.source,
    )
    return not is_done


def note_sent(*, invitation: Invitation, number: int, now: datetime) -> None:
    """Write that the mail left."""
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=now, sent_count=number)


def token_of(invitation: Invitation) -> str:
    """Return the secret of an invitation's link: 128 bits worked out of its nonce and the installation's secret."""
    seed = f"kizuna.invitation.{invitation.nonce}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), seed, sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _invite(
    inviter_id: int | None,
    *,
    email: str,
    role: str,
    name: str,
    language: str,
    batch: InvitationBatch | None,
    now: datetime,
) -> Invitation:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("This is not a complete address."), field="email", code="bad_address") from None
    still_open = Invitation.objects.filter(email_key=normalised_email(email), accepted_at=None, cancelled_at=None)
    still_open.filter(expires_at__lte=now).update(cancelled_at=now)
    member = queries.member_by_email(email)
    if member is not None and not member.is_imported:
        raise Refused(_("This person is a member already."), field="email", code="already_member")
    invitation = Invitation(
        email=email,
        email_key=normalised_email(email),
        name=name.strip()[:80],
        role=role,
        language=language if language in ("ja", "en") else "ja",
        nonce=secrets.token_hex(16),
        invited_by_id=inviter_id,
        batch=batch,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    invitation.key_hash = hashed(token_of(invitation))
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise Refused(_("This address has an open invitation."), field="email", code="already_invited") from None
    props = {"invitation": invitation.pk, "role": role, "batch": batch.pk if batch else None}
    record(MEMBER_INVITED, actor_id=inviter_id, object_type="invitation", object_id=invitation.pk, at=now, props=props)
    enqueue(SEND_JOB, args={"invitation": invitation.pk, "number": 1}, priority=-1 if batch else 5)
    return invitation


def _invite_row(batch: InvitationBatch, row: dict[str, str], *, now: datetime) -> str:
    try:
        _invite(
            batch.created_by_id,
            email=row["email"],
            role=batch.role,
            name=row["name"],
            language=row["language"],
            batch=batch,
            now=now,
        )
    except Refused as refused:
        return refused.code
    return ""


def _open(invitation_id: int) -> Invitation:
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open:
        raise Refused(_("This invitation has been used or cancelled."))
    return invitation


def _decoded(content: bytes) -> str:
    """Read the encodings that spreadsheets in Japan write."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\x00", "")
    raise Refused(_("This file is neither UTF-8 nor Shift_JIS text."), field="file")


def _rows(source: str) -> list[tuple[int, dict[str, str]]]:
    """Return (line number, row) of every line that says anything; a heading is recognised by its lack of an address."""
    reader = csv.reader(io.StringIO(source, newline=""))
    lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    lines = [(line, cells) for line, cells in lines if any(cells)]
    columns = ["email", "name", "language"]
    if lines and not any("@" in cell for cell in lines[0][1]):
        columns = [_COLUMNS.get(cell.lower(), "") for cell in lines.pop(0)[1]]
        if "email" not in columns:
            raise Refused(_("The heading names no column “email”."), field="file")
    empty = {"email": "", "name": "", "language": ""}
    return [(line, {**empty, **dict(zip(columns, cells, strict=False))}) for line, cells in lines]


_COLUMNS = {
    "email": "email", "e-mail": "email", "mail": "email", "address": "email", "メール": "email",
    "メールアドレス": "email", "アドレス": "email", "name": "name", "名前": "name", "氏名": "name", "お名前": "name",
    "language": "language", "lang": "language", "言語": "language",
}  # fmt: skip
