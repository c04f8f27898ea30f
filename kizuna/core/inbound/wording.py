"""Words of arrived mail."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.inbound.models import InboundMail

State = InboundMail.State
STATES = {
    State.WAITING: pgettext_lazy("arrived mail", "Waiting"),
    State.TAKEN: pgettext_lazy("arrived mail", "Taken"),
    State.REFUSED: pgettext_lazy("arrived mail", "Refused"),
    State.ASIDE: pgettext_lazy("arrived mail", "Set aside"),
    State.REPORT: pgettext_lazy("arrived mail", "Report"),
    State.UNREADABLE: pgettext_lazy("arrived mail", "Unreadable"),
    State.NOBODY: pgettext_lazy("arrived mail", "Not addressed"),
}
TONES = {State.WAITING: "warn", State.TAKEN: "good", State.REFUSED: "bad", State.UNREADABLE: "bad"}
WHY = {
    "auto_reply": _("An automatic answer, such as “I am away”. Nobody answers it."),
    "no_return": _("Its sender takes no answers (empty return path). Nobody answers it."),
    "mass": _("Mass mail: a newsletter or a mailing list."),
    "own_mail": _("One of our own mails that came back. It goes no further."),
    "too_many_hops": _("It went through too many servers: it is running in a circle."),
    "unreadable": _("It could not be taken apart. The original is kept."),
    "bytes_lost": _("Its file is missing."),
    "report_address": _("It came to the address that our notices are sent from, and is no report."),
    "no_route": _("Nobody takes mail to this address any more."),
    "unknown_report": _("A report that names no mail of ours. Nothing follows from it."),
    "bounce": _("A mail of ours did not arrive. What can never arrive is not sent again."),
    "complaint": _("The reader called a mail of ours unwanted. No more is sent to them."),
    "token": _("The address for the answer has expired or is none of ours."),
    "other_sender": _("It came from another address than the member's own. Nothing was posted."),
    "unproven": _("It could not be proven who sent it. Nothing was posted."),
    "not_member": _("The member may not write at the moment."),
    "gone": _("What it answers cannot be seen by the member any more."),
    "empty": _("Nothing was written above the quotation."),
}
DOORS = {
    "lmtp": _("Mail server (LMTP)"),
    "smtp": _("Mail server (SMTP)"),
    "imap": _("Mailbox (IMAP)"),
}
PROOFS: dict[str, Any] = {
    "": _("not looked at"),
    "none": pgettext_lazy("signature of a mail", "none"),
    "pass": pgettext_lazy("signature of a mail", "right"),
    "fail": pgettext_lazy("signature of a mail", "wrong"),
    "unknown": pgettext_lazy("signature of a mail", "could not be asked"),
}

BOX_ERRORS = {
    "login": _("The mailbox did not accept name and password."),
    "folder": _("There is no such folder in the mailbox."),
    "connection": _("The connection failed."),
    "name": _("There is no server by this name."),
    "not_allowed": _(
        "This server may not be connected to: only public addresses at the ports 993 and 143, with encryption."
    ),
    "too_large": _("Mails larger than 30 MB stay in the mailbox, unread. Their numbers:"),
    "refused": _("The server refused."),
    "secret": _("The password cannot be read any more. Please give it again."),
    "kept_waiting": _("The mail waits in the mailbox: it cannot be kept at the moment."),
}


def box_error(error: str) -> tuple[Any, str]:
    """Return what went wrong with a mailbox, in words, and what the server said."""
    code, _colon, detail = error.partition(": ")
    return BOX_ERRORS.get(code, code), detail


def why(mail: InboundMail) -> Any:
    """Return why a mail is in its state, in words."""
    return WHY.get(mail.why, mail.why)


def no_such_state() -> Any:
    """Return the words for a state that mail cannot be in."""
    return _("Please choose from the list.")
