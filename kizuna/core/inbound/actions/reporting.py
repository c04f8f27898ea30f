"""Hand what other servers report of our mail to notifications."""

from datetime import datetime

from kizuna.core.inbound.arrivals import State, Taken
from kizuna.core.inbound.parsing import Report
from kizuna.core.inbound.parsing.reports import COMPLAINT
from kizuna.core.notifications import actions as notifications


def note_report(report: Report, *, now: datetime) -> Taken:
    """Take down a bounce or a complaint; one that names no mail of ours says nothing."""
    if report.kind == COMPLAINT:
        mail = notifications.note_complaint(
            message_ids=report.message_ids, recipients=report.recipients, detail=report.detail, now=now
        )
    else:
        mail = notifications.note_bounce(
            message_ids=report.message_ids,
            recipients=report.recipients,
            is_final=report.is_final,
            detail=report.detail,
            now=now,
        )
    if mail is None:
        return Taken(State.REPORT, "unknown_report")
    return Taken(State.REPORT, report.kind, target_type="mail", target_id=mail.pk)
