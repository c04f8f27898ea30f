"""Which inquiries somebody may see: all, for those with the desk; one's own, for members."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from kizuna.base.api.paging import cursor, read_cursor
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import ContractLine
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage

OWN_PAGE = 30
OWN_CHANNELS = (Inquiry.Channel.FORM, Inquiry.Channel.WIDGET)
MOST = 200


def inquiries_visible_to(viewer: Viewer) -> QuerySet[Inquiry]:
    """Return the inquiries the viewer may see: all, for those with the desk."""
    return Inquiry.objects.all() if can_use_desk(viewer) else Inquiry.objects.none()


def own_inquiries(viewer: Viewer) -> QuerySet[Inquiry]:
    """Return what the viewer asked by the form or the widget: their own page. What the team took from elsewhere is not."""
    rows = Inquiry.objects.filter(member_id=viewer.own_id, channel__in=OWN_CHANNELS)
    return rows if viewer.is_member else rows.none()


def own_inquiry_for(viewer: Viewer, inquiry_id: int) -> Inquiry:
    """Return one's own inquiry, or Http404."""
    inquiry = own_inquiries(viewer).filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Http404
    return inquiry


def own_page(viewer: Viewer, *, after: str = "") -> tuple[list[Inquiry], str]:
    """Return a page of one's own inquiries, the latest first, and where the next one begins."""
    rows = own_inquiries(viewer)
    if after:
        rows = rows.filter(pk__lt=read_cursor(after, types=[int])[0])
    found = list(rows.order_by("-pk")[: OWN_PAGE + 1])
    return found[:OWN_PAGE], cursor([found[OWN_PAGE - 1].pk]) if len(found) > OWN_PAGE else ""


def messages_visible_to(viewer: Viewer) -> QuerySet[InquiryMessage]:
    """Return the messages the viewer may see: all, for those with the desk; of one's own inquiries what passed."""
    if can_use_desk(viewer):
        return InquiryMessage.objects.all()
    return InquiryMessage.objects.filter(_passed(), inquiry__in=own_inquiries(viewer))


def _passed() -> Q:
    """Return what passed between the asker and us: no notes, and no answer that is not out."""
    return Q(direction=InquiryMessage.Direction.IN) | Q(
        Q(delivery=None) | Q(delivery__state=Delivery.State.SENT), direction=InquiryMessage.Direction.OUT
    )


def own_messages(inquiry: Inquiry) -> list[InquiryMessage]:
    """Return what passed between the asker and us."""
    messages = inquiry.messages.filter(_passed()).select_related("author")
    return list(messages.order_by("-at", "-pk")[:MOST])[::-1]


def inquiry_for(viewer: Viewer, inquiry_id: int) -> Inquiry:
    """Return an inquiry, or Http404."""
    rows = inquiries_visible_to(viewer).select_related("account", "contact", "owner", "member")
    rows = rows.select_related("department", "same_as")
    inquiry = rows.filter(pk=inquiry_id).first()
    if inquiry is None:
        raise Http404
    return inquiry


def plans_of(account_id: int | None, *, now: datetime) -> list[str]:
    """Return the plans that a customer has in force."""
    if account_id is None:
        return []
    today = local_day(now)
    lines = ContractLine.objects.filter(contract__account_id=account_id, starts_on__lte=today).exclude(plan="")
    held = lines.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    held = held.filter(Q(contract__ended_on=None) | Q(contract__ended_on__gte=today))
    return sorted(set(held.values_list("plan", flat=True)))
