"""The ledger of mail, for managers and for whoever looks after the machine."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kizuna.base.registry import NotificationText, by_name
from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import can_own
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.delivery import transport
from kizuna.core.notifications.models import OutgoingMail
from kizuna.core.notifications.queries.notices import visible_targets
from kizuna.core.notifications.queries.readers import may_see

State = OutgoingMail.State
Return = OutgoingMail.Return
PAGE_SIZE = 50
LATE = timedelta(minutes=15)
RECENTLY = timedelta(days=1)

STATES = {
    State.WAITING: pgettext_lazy("state of a mail", "Waiting"),
    State.SENT: pgettext_lazy("state of a mail", "Sent"),
    State.STOPPED: pgettext_lazy("state of a mail", "Not sent"),
    State.FAILED: pgettext_lazy("state of a mail", "Failed"),
}
TONES = {State.WAITING: "warn", State.SENT: "good", State.STOPPED: "", State.FAILED: "bad"}
# Why a mail was stopped on purpose (delivery.composing.NotWanted).
REASONS = {
    "reader": gettext_lazy("The reader is not an active member any more, or has no address."),
    "preference": gettext_lazy("The reader chose to get no mail about this."),
    "stopped": gettext_lazy("Mail to this address has stopped: it bounced, or its owner stopped it."),
    "budget": gettext_lazy("The reader had all the mails that one day may bring."),
    "audience": gettext_lazy("The reader may not see it any more."),
    "copied": gettext_lazy("This community was restored from a copy, and the mail may have been sent before."),
    "kind": gettext_lazy("Mail of this kind is not sent any more."),
}
# What other servers told of a mail after it was sent.
RETURNS = {
    Return.BOUNCED: pgettext_lazy("mail", "It came back."),
    Return.COMPLAINED: pgettext_lazy("mail", "Its reader called it unwanted."),
}
KINDS = {
    OutgoingMail.CORRESPONDENCE: gettext_lazy("Answers to inquiries"),
    OutgoingMail.ACCOUNT: gettext_lazy("Sign-in and account"),
    OutgoingMail.LETTER: gettext_lazy("Invitations and letters"),
}


@dataclass(frozen=True)
class MailPage:
    items: list[dict[str, Any]]
    state: str
    after: str


def mail_page(*, viewer: Viewer, state: str, after: str) -> MailPage:
    """Return one page of the ledger, newest first, of one state or all; a subject is told to who may see its target."""
    state = state if state in State.values else ""
    rows = OutgoingMail.objects.order_by("-pk").defer("text", "html", "headers")
    if state:
        rows = rows.filter(state=state)
    if last_id := whole(after):
        rows = rows.filter(pk__lt=last_id)
    found = list(rows[: PAGE_SIZE + 1])
    after = str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else ""
    page = found[:PAGE_SIZE]
    seen = visible_targets(((mail.target_type, mail.target_id or 0) for mail in page if mail.is_notice), viewer=viewer)
    return MailPage([described_mail(mail, is_told=_is_told(mail, seen)) for mail in page], state, after)


def state_filters(*, here: str, current: str) -> list[dict[str, Any]]:
    """Return the links that choose a state."""
    everything = [{"label": pgettext_lazy("mails", "All"), "url": here, "is_current": not current}]
    return everything + [
        {"label": label, "url": f"{here}?state={state}", "is_current": state == current}
        for state, label in STATES.items()
    ]


def mail_with_id(mail_id: int) -> OutgoingMail | None:
    return OutgoingMail.objects.select_related("recipient").filter(pk=mail_id).first()


def may_read(mail: OutgoingMail, *, viewer: Viewer) -> bool:
    """Say whether the viewer may read a mail's text: a notice with its target, a code only as owner of a trial folder.

    Running a community does not open what its members share among themselves, nor their sign-in codes.
    """
    if not (mail.text or mail.html):
        return False
    if mail.is_notice:
        return may_see(viewer, target_type=mail.target_type, target_id=mail.target_id or 0) is not None
    return transport.goes_to_a_folder() and can_own(viewer)


def label_of(kind: str) -> Any:
    """Return the words for a kind of mail."""
    text = by_name(NotificationText, kind)
    return text.label if text else KINDS.get(kind, kind)


def mail_folder() -> Path | None:
    """Return the folder that mail goes to, when it goes to one."""
    return transport.destination().folder if transport.goes_to_a_folder() else None


def failed_count(*, now: datetime) -> int:
    """Return how many mails failed within a day."""
    return OutgoingMail.objects.filter(state=State.FAILED, finished_at__gte=now - RECENTLY).count()


def is_mail_late() -> bool:
    """Tell whether a mail that was tried still waits: the mail server is away or refuses for now."""
    return OutgoingMail.objects.filter(state=State.WAITING).exclude(error="").exists()


def mail_problems(*, now: datetime | None = None) -> list[str]:
    """Return a sentence for each thing that is wrong with mail here; `kizuna doctor` and Studio show them."""
    now = now or timezone.now()
    found = []
    try:
        place = transport.destination()
        if place.folder is None and transport.sender_address().endswith("@localhost"):
            found.append(
                _("Mail has no sender's address: set KIZUNA_BASE_URL, or write ?from=ADDRESS behind KIZUNA_MAIL_URL.")
            )
    except transport.BadMailURL as error:
        found.append(_("KIZUNA_MAIL_URL cannot be used: %(error)s") % {"error": error})
    late = OutgoingMail.objects.filter(state=State.WAITING, created_at__lt=now - LATE).order_by("pk")
    if number := late.count():
        said = ngettext(
            "%(number)d mail has been waiting for more than 15 minutes. The last answer was: %(answer)s",
            "%(number)d mails have been waiting for more than 15 minutes. The last answer was: %(answer)s",
            number,
        )
        answer = late.exclude(error="").values_list("error", flat=True).last() or _(
            "none, the worker has not come to it"
        )
        found.append(said % {"number": number, "answer": answer})
    if failed := failed_count(now=now):
        said = ngettext("%(number)d mail failed within a day.", "%(number)d mails failed within a day.", failed)
        found.append(said % {"number": failed})
    return found


def described_mail(mail: OutgoingMail, *, is_told: bool) -> dict[str, Any]:
    """Return a mail with the words for its kind, its state and why it was not sent, and its subject if it is told."""
    kind = label_of(mail.kind)
    return {
        "mail": mail,
        "heading": (mail.subject if is_told else "") or kind,
        "kind": kind,
        "state": STATES[State(mail.state)],
        "tone": TONES[State(mail.state)],
        "reason": REASONS.get(mail.error, mail.error),
        "returned": RETURNS.get(Return(mail.returned_as)) if mail.returned_as else "",
    }


def _is_told(mail: OutgoingMail, seen: Collection[tuple[str, int]]) -> bool:
    return not mail.is_notice or (mail.target_type, mail.target_id or 0) in seen
