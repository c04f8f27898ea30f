"""Templates with what they do, and the facts that stand in them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from kizuna.core.community import queries as community
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.answering.models import Macro, MacroUse
from kizuna.success.customers.models import Contract
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.queries import plans_of
from kizuna.success.mailbox import composing
from kizuna.success.mailbox.models import ReplyTemplate
from kizuna.success.mailbox.queries import answer_address
from kizuna.success.mailbox.queries import templates_for as all_templates_for


def hidden_templates(*, viewer: Viewer) -> Any:
    """Return the ids of templates that are somebody else's own."""
    own = Q(member=None) | Q(member_id=viewer.own_id)
    return Macro.objects.exclude(own).values("template_id")


def templates_for(viewer: Viewer, *, text: str = "") -> QuerySet[ReplyTemplate]:
    """Return the templates in use that the viewer may use, most used first; `text` is looked for in name and words."""
    rows = all_templates_for(viewer)
    for word in text.replace("\x00", "").split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(body__icontains=word))
    return rows.order_by("-used_count", "name", "pk")


def macro_of(template: ReplyTemplate) -> Macro | None:
    return Macro.objects.select_related("owner", "member").filter(template=template).first()


def macros_for(templates: list[ReplyTemplate]) -> dict[int, Macro]:
    """Return {template: what it does} of those that do something or are somebody's own."""
    rows = Macro.objects.select_related("owner", "member").filter(template__in=templates)
    return {row.template_id: row for row in rows}


def used_in(viewer: Viewer, inquiry: Inquiry) -> MacroUse | None:
    """Return the template whose acts follow the answer that the viewer is writing."""
    rows = MacroUse.objects.select_related("template").filter(inquiry=inquiry, member_id=viewer.own_id)
    return rows.first()


def facts_of(viewer: Viewer, inquiry: Inquiry) -> dict[str, str]:
    """Return what the places of a template are filled with. Unknown ones are empty."""
    _address, name = answer_address(inquiry)
    person = inquiry.contact.name if inquiry.contact else inquiry.member.name if inquiry.member else name
    person, company = composing.one_line(person), composing.one_line(inquiry.account.name) if inquiry.account else ""
    language = inquiry.member.language if inquiry.member else "ja"
    addressed = composing.greeting(composing.Addressee(person, company), language=language)
    today = local_day(timezone.now())
    with override(language):
        shown = date_format(today, "DATE_FORMAT")
    contract = _contract(inquiry) if inquiry.account_id else None
    return {
        "customer": person,
        "company": company,
        "addressed": addressed if person or company else "",
        "title": inquiry.title,
        "number": str(inquiry.pk),
        "owner": viewer.name,
        "account_owner": inquiry.account.owner.name if inquiry.account and inquiry.account.owner else "",
        "plan": ", ".join(plans_of(inquiry.account_id, now=timezone.now())),
        "contract_end": date_format(contract.ends_on, "DATE_FORMAT") if contract and contract.ends_on else "",
        "community": community.name(viewer.language),
        "today": shown,
    }


def day_in_words(moment: datetime) -> str:
    """Return the day of a moment as people read it."""
    return date_format(local_day(moment), "DATE_FORMAT")


def _contract(inquiry: Inquiry) -> Contract | None:
    rows = Contract.objects.filter(account_id=inquiry.account_id or 0, ended_on=None).exclude(ends_on=None)
    return rows.order_by("ends_on", "pk").first()
