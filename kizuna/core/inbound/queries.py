"""Arrived mails, for managers and for the doors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404

from kizuna.base.hosting import links
from kizuna.base.registry import MailRoute, Target, by_name, of
from kizuna.base.web.numbers import whole
from kizuna.core.inbound.models import InboundMail, MailAccount
from kizuna.core.members.policies import can_manage
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.delivery import transport
from kizuna.core.notifications.queries import may_see

State = InboundMail.State
PAGE_SIZE = 50
LATE = timedelta(minutes=15)


@dataclass(frozen=True)
class Page:
    items: list[InboundMail]
    state: str
    after: str


def is_wanted(address: str) -> bool:
    """Tell whether mail to this address is taken here at all."""
    address = address.strip().lower()
    return is_report_address(address) or any(route.wants(address=address) for route in of(MailRoute))


def is_report_address(address: str) -> bool:
    """Tell whether an address is the one that our notices come from, to which bounces and complaints go."""
    try:
        return address.lower() == transport.sender_address().lower()
    except transport.BadMailURL:
        return False


def hosts() -> set[str]:
    """Return the host names at which the community entered takes mail, besides those of its pages."""
    found = {links.mail_host()}
    for route in of(MailRoute):
        if route.hosts is not None:
            found |= set(route.hosts())
    return found


def page(*, viewer: Viewer, state: str, after: str) -> Page:
    """Return one page of what arrived, newest first, of one state or all."""
    state = state if state in State.values else ""
    rows = mails_visible_to(viewer).order_by("-pk").defer("text")
    if state:
        rows = rows.filter(state=state)
    if last_id := whole(after):
        rows = rows.filter(pk__lt=last_id)
    found = list(rows[: PAGE_SIZE + 1])
    return Page(found[:PAGE_SIZE], state, str(found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else "")


def mails_visible_to(viewer: Viewer) -> Any:
    """Return the arrived mails that the viewer may look at: managers, all of them."""
    return InboundMail.objects.all() if can_manage(viewer) else InboundMail.objects.none()


def mail_for(viewer: Viewer, mail_id: int) -> InboundMail:
    """Return the mail or raise Http404."""
    mail = mails_visible_to(viewer).filter(pk=mail_id).first()
    if mail is None:
        raise Http404
    return mail


def late_count(*, now: datetime) -> int:
    """Return how many mails wait longer than they should."""
    return InboundMail.objects.filter(state=State.WAITING, received_at__lt=now - LATE).count()


def mail_of(*, target_type: str, target_id: int) -> InboundMail | None:
    """Return the mail that became this thing."""
    return InboundMail.objects.filter(target_type=target_type, target_id=target_id).order_by("pk").first()


def may_read(mail: InboundMail, *, viewer: Viewer) -> bool:
    """Say whether the viewer may read a mail's text: of one that became something, only if they may see that."""
    if not can_manage(viewer) or not (mail.text or mail.raw_key):
        return False
    if mail.state == State.REFUSED:  # written to people of the community, and never seen by them
        return False
    if mail.target_type and by_name(Target, mail.target_type) is not None:
        return may_see(viewer, target_type=mail.target_type, target_id=mail.target_id or 0) is not None
    return True


def broken_boxes() -> int:
    """Return how many mailboxes in use could not be read at the last look."""
    return MailAccount.objects.filter(is_active=True).exclude(error="").exclude(error__startswith="too_large").count()


def boxes_for(viewer: Viewer) -> Any:
    """Return the mailboxes that are looked into; managers set them up."""
    return MailAccount.objects.order_by("pk") if can_manage(viewer) else MailAccount.objects.none()


def box_for(viewer: Viewer, box_id: int) -> MailAccount:
    box = boxes_for(viewer).filter(pk=box_id).first()
    if box is None:
        raise Http404
    return box
