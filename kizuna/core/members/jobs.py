"""The worker's doors to members."""

from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from kizuna.base.hosting import links
from kizuna.base.jobs import job
from kizuna.core.members import actions, mails, policies
from kizuna.core.members.models import Audience, Invitation


# Mail goes into the ledger of mail, which is in the database: the row and the note that it was written are one.
@job("members.send_invitation")
def send_invitation(*, invitation: int, number: int) -> None:
    """Send an invitation's mail for the `number`-th time, unless it was used or cancelled meanwhile."""
    row = Invitation.objects.select_related("invited_by").filter(pk=invitation).first()
    if row is None or not row.is_open or row.sent_count >= number or not policies.is_backed(row):
        return
    mails.send_in_bulk(
        "invitation",
        to=row.email,
        language=row.language,
        name=row.name,
        inviter=row.invited_by,
        expires_at=row.expires_at,
        button_url=links.absolute_url(reverse("members:invitation", args=[actions.token_of(row)])),
    )
    actions.note_sent(invitation=row, number=number, now=timezone.now())


@job("members.send_invitations")
def send_invitations(*, invitations: list[int]) -> None:
    """Send the mails of some invitations of a file."""
    for invitation in invitations:
        send_invitation(invitation=invitation, number=1)


@job("members.invite_batch", effects="outside")
def invite_batch(*, batch: int) -> None:
    """Invite the rows of a file, some at a time; each part stands by itself, so a stopped run goes on where it was."""
    while actions.work_on_batch(batch_id=batch, now=timezone.now()):
        pass


@job("members.fill_audience", effects="outside")
def fill_audience(*, audience: int) -> None:
    """Let in the rest of those whom an audience's rule picks, some at a time."""
    row = Audience.objects.filter(pk=audience).first()
    if row is not None:
        actions.evaluate_audience(audience=row, now=timezone.now())


@job("members.refresh_audiences", effects="outside")
def refresh_audiences() -> None:
    """Bring audiences by rule up to date with what members did since the last time."""
    actions.refresh_stale(now=timezone.now())


@job("members.refresh_clocked_audiences", effects="outside")
def refresh_clocked_audiences() -> None:
    """Bring audiences up to date whose rule time alone changes."""
    actions.refresh_clocked(now=timezone.now())


@job("members.forget")
def forget() -> None:
    """Remove what is no longer needed: flows that ran out, counts of attempts, sign-ins that ended long ago."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    actions.forget_old_attempts(now=now)
    actions.forget_old_sign_ins(now=now)
