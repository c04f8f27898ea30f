"""Mailboxes elsewhere: set up by managers, looked into every minute."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.hosting.sealing import Unopenable, seal, unseal
from kizuna.base.jobs.ledger import enqueue
from kizuna.core.community.actions import log_manager_action
from kizuna.core.inbound.actions.keeping import NotTaken, keep
from kizuna.core.inbound.doors import imap
from kizuna.core.inbound.models import MailAccount
from kizuna.core.inbound.parsing.headers import is_address
from kizuna.core.inbound.settings import LOOK, PURPOSE
from kizuna.core.members.policies import Refused, require_manager
from kizuna.core.members.viewer import Viewer

PLAIN = ("address", "host", "port", "security", "username", "folder", "is_active")


@transaction.atomic
def save_box(
    *, viewer: Viewer, box: MailAccount | None, fields: dict[str, Any], password: str, now: datetime
) -> MailAccount:
    """Add a mailbox or change one. An empty password leaves the one that is there."""
    require_manager(viewer)
    if not is_address(fields["address"]):
        raise Refused(_("This is no address."), field="address")
    if any(ord(letter) < 32 or letter in '"\\' for letter in f"{fields['username']}{fields['folder']}"):
        raise Refused(_("Quotation marks and control characters cannot be used here."), field="folder")
    if box is None and not password:
        raise Refused(_("Please give the password."), field="password")
    row = box or MailAccount(created_at=now)
    is_other = any(getattr(row, name) != fields[name] for name in ("host", "port", "security", "username"))
    if box is not None and is_other and not password:
        # The password was given for that place: whoever changes where it goes must know it.
        raise Refused(_("Please give the password again when you change where it is used."), field="password")
    if is_other or row.folder != fields["folder"]:
        row.uid_validity = row.last_uid = 0
    for name in PLAIN:
        setattr(row, name, fields[name])
    row.address, row.changed_at, row.error = fields["address"].strip().lower(), now, ""
    if password:
        row.sealed_password = seal(password, purpose=PURPOSE)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("This mailbox is there already."), field="username") from None
    log_manager_action("mail_account.saved", member_id=viewer.member_id, subject=f"mail_account:{row.pk}", now=now)
    if row.is_active:
        enqueue(LOOK, args={"box": row.pk}, key=f"box:{row.pk}")
    return row


@transaction.atomic
def remove_box(*, viewer: Viewer, box: MailAccount, now: datetime) -> None:
    """Look into a mailbox no more and forget how."""
    require_manager(viewer)
    log_manager_action("mail_account.removed", member_id=viewer.member_id, subject=f"mail_account:{box.pk}", now=now)
    MailAccount.objects.filter(pk=box.pk).delete()


def poll() -> None:
    """Have every mailbox in use looked into."""
    for pk in MailAccount.objects.filter(is_active=True).values_list("pk", flat=True):
        enqueue(LOOK, args={"box": pk}, key=f"box:{pk}")


def look(*, box_id: int, now: datetime) -> None:
    """Read what is new in one mailbox. What went wrong is written down; the next look tries again."""
    box = MailAccount.objects.filter(pk=box_id, is_active=True).first()
    if box is None:
        return
    try:
        place = imap.Place(
            box.host, box.port, box.security, box.username, unseal(box.sealed_password, purpose=PURPOSE), box.folder
        )
        with imap.opened(place) as mailbox:
            left = _read(box, mailbox, now=now)
    except Unopenable:
        _note(box, "secret", now=now)
    except imap.Failed as failed:
        _note(box, f"{failed.code}: {failed.detail}" if failed.detail else failed.code, now=now)
    except NotTaken as why:
        _note(box, f"kept_waiting: {why.reason}", now=now)
    else:
        _note(box, f"too_large: {', '.join(map(str, left))}" if left else "", now=now)


def _read(box: MailAccount, mailbox: imap.Mailbox, *, now: datetime) -> list[int]:
    """Keep what is new; return the numbers of mails that stay there, unseen, because they are too large."""
    left = []
    if mailbox.validity != box.uid_validity:  # numbered anew: what was read before is recognised and not taken twice
        box.uid_validity, box.last_uid = mailbox.validity, 0
    for uid in mailbox.newer_than(box.last_uid):
        found = mailbox.fetch(uid)
        if found is not None and found.raw is not None:
            try:
                keep(raw=found.raw, recipient=box.address, envelope_from=found.envelope_from, door="imap", now=now)
            except NotTaken as why:
                if not why.is_final:
                    raise
            mailbox.mark_seen(uid)
        elif found is not None:
            left.append(uid)
        box.last_uid = uid
        MailAccount.objects.filter(pk=box.pk).update(uid_validity=box.uid_validity, last_uid=uid)
    return left


def _note(box: MailAccount, error: str, *, now: datetime) -> None:
    MailAccount.objects.filter(pk=box.pk).update(looked_at=now, error=error[:300])
