"""Invite people by file: thousands of rows, some at a time, each fault told by its line."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import log_manager_action
from kizuna.core.members import policies, queries
from kizuna.core.members.actions.invitations import built, end_expired, is_address
from kizuna.core.members.activities import INVITED_BY_FILE
from kizuna.core.members.models import Invitation, InvitationBatch, Member, Role
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

BATCH_JOB = "members.invite_batch"
SEND_JOB = "members.send_invitations"
MAX_ROWS = 20_000
MAX_BYTES = 4_000_000
CHUNK = 100  # a transaction stays short: SQLite has one writer
MAILS_A_JOB = 10
COLUMNS = {
    "email": "email", "e-mail": "email", "mail": "email", "address": "email", "メール": "email",
    "メールアドレス": "email", "アドレス": "email", "name": "name", "名前": "name", "氏名": "name", "お名前": "name",
    "language": "language", "lang": "language", "言語": "language",
}  # fmt: skip
Row = dict[str, str]


@transaction.atomic
def start_batch(*, viewer: Viewer, file_name: str, content: bytes, role: str, now: datetime) -> InvitationBatch:
    """Take a CSV of addresses (column 1, or `email`; optional `name`, `language`) and invite them by a job."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    if role and role not in Role.values:
        raise Refused(_("There is no such role."), field="role", code="role")
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
    record(
        INVITED_BY_FILE,
        actor_id=viewer.member_id,
        object_type="invitation_batch",
        object_id=batch.pk,
        at=now,
        props={"role": role, "rows": row_count},
    )
    log_manager_action(
        "member.invited_by_file", member_id=viewer.member_id, subject=f"batch:{batch.pk}", after=row_count, now=now
    )
    return batch


def start_batch_of_rows(
    *, viewer: Viewer, rows: Sequence[Mapping[str, str]], role: str, name: str, now: datetime
) -> InvitationBatch:
    """Take rows (email, perhaps name and language) as a file with a heading: row n of them is its line n + 1."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("email", "name", "language"))
    for row in rows:
        # One row is one line, or the lines of the faults would say nothing.
        writer.writerow([" ".join(row.get(column, "").split()) for column in ("email", "name", "language")])
    return start_batch(viewer=viewer, file_name=name, content=out.getvalue().encode(), role=role, now=now)


def work_on_batch(*, batch_id: int, now: datetime) -> bool:
    """Invite the next rows of a file and return whether rows are left. Stopped in the middle, it goes on with the next."""
    rows = _rows(InvitationBatch.objects.values_list("source", flat=True).get(pk=batch_id))
    with transaction.atomic():
        batch = InvitationBatch.objects.select_for_update(of=("self",)).select_related("created_by").get(pk=batch_id)
        if batch.state == InvitationBatch.State.DONE:
            return False
        upto = min(batch.next_row + CHUNK, len(rows))
        invited, faults = _invite_rows(batch, rows[batch.next_row : upto], now=now)
        is_done = upto == len(rows)
        batch.state = InvitationBatch.State.DONE if is_done else InvitationBatch.State.RUNNING
        batch.next_row, batch.errors = upto, batch.errors + faults
        batch.skipped_count, batch.finished_at = len(batch.errors), now if is_done else None
        batch.invited_count = F("invited_count") + invited
        changed = ["state", "next_row", "errors", "skipped_count", "finished_at", "invited_count"]
        if is_done:  # the addresses are not kept twice
            batch.source = ""
            changed.append("source")
        batch.save(update_fields=changed)
    return not is_done


def _invite_rows(batch: InvitationBatch, rows: list[tuple[int, Row]], *, now: datetime) -> tuple[int, list[dict]]:
    """Write the invitations of some rows and the jobs that send them; return how many, and the faults of the others."""
    keys = [normalised_email(row["email"]) for _line, row in rows]
    end_expired(email_keys=keys, now=now)
    members = set(Member.objects.filter(email_key__in=keys, is_imported=False).values_list("email_key", flat=True))
    waiting = Invitation.objects.filter(email_key__in=keys, accepted_at=None, cancelled_at=None)
    taken = set(waiting.values_list("email_key", flat=True))
    may_invite = batch.created_by is not None and policies.can_grant(queries.viewer_of(batch.created_by), batch.role)
    found, faults = [], []
    for (line, row), key in zip(rows, keys, strict=True):
        fault = _fault_of(row, key, may_invite=may_invite, members=members, taken=taken)
        if fault:
            faults.append({"line": line, "email": row["email"][:254], "reason": fault})
            continue
        taken.add(key)
        found.append(built(inviter_id=batch.created_by_id, role=batch.role, batch_id=batch.pk, now=now, **row))
    Invitation.objects.bulk_create(found)
    ids = [invitation.pk for invitation in found]
    for first in range(0, len(ids), MAILS_A_JOB):
        enqueue(SEND_JOB, args={"invitations": ids[first : first + MAILS_A_JOB]}, priority=-1)
    return len(found), faults


def _fault_of(row: Row, key: str, *, may_invite: bool, members: set[str], taken: set[str]) -> str:
    if not may_invite:
        return "not_allowed"
    if not is_address(row["email"]):
        return "bad_address"
    if key in members:
        return "already_member"
    return "already_invited" if key in taken else ""


def _decoded(content: bytes) -> str:
    """Read the encodings that spreadsheets in Japan write."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\x00", "")
    raise Refused(_("This file is neither UTF-8 nor Shift_JIS text."), field="file")


def _rows(source: str) -> list[tuple[int, Row]]:
    """Return (line number, row) of every line that says anything; a heading is recognised by its lack of an address."""
    reader = csv.reader(io.StringIO(source, newline=""))
    lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    lines = [(line, cells) for line, cells in lines if any(cells)]
    columns = ["email", "name", "language"]
    if lines and not any("@" in cell for cell in lines[0][1]):
        columns = [COLUMNS.get(cell.lower(), "") for cell in lines.pop(0)[1]]
        if "email" not in columns:
            raise Refused(_("The heading names no column “email”."), field="file")
    return [(line, _row(columns, cells)) for line, cells in lines]


def _row(columns: list[str], cells: list[str]) -> Row:
    said = dict(zip(columns, cells, strict=False))
    return {name: said.get(name, "") for name in ("email", "name", "language")}
