"""A customer on any past day: what was written down by then, and what held by its dates."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kizuna.core.audit import actions as audit
from kizuna.core.members.requests import Request
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import seeing, wording
from kizuna.success.customers.forms import SuccessForm
from kizuna.success.customers.models import Contract
from kizuna.success.customers.queries import past, visible
from kizuna.success.customers.views.account import head
from kizuna.success.customers.views.gates import readers

EARLIEST = date(1990, 1, 1)
LABELS = {
    "name": _("Name"), "kana": _("Reading"), "external_id": _("Customer number"), "corporate_number": _("Corporate number"),
    "state": _("State"), "industry": _("Industry"), "region": _("Region"), "phone": _("Telephone"),
    "employee_count": _("Employees"), "fit": _("Fit"), "fit_reason": _("Why"),
}  # fmt: skip


@readers
@require_GET
def past_day(request: Request, account_id: int) -> HttpResponse:
    """Show a customer as it was on the day asked for; without one, a month ago."""
    account, now = visible.account_for(request.viewer, account_id), timezone.now()
    audit.note_viewing(actor_id=request.viewer.member_id, page="past", subject=("account", account.pk), now=now)
    today = local_day(now)
    day = min(max(_asked(request) or today, EARLIEST), today)
    found = past.account_on(account, day=day)
    context = {
        **head(request, account, "past"),
        "day": day,
        "today": today,
        "known": found.known is not None,
        "facts": _facts(request, found),
        "owner": found.owner,
        "past_people": found.people,
        "contracts": [_contract(request, item) for item in found.contracts],
        "success": _success(found) if seeing.sees(request.viewer, seeing.JUDGEMENT) else [],
    }
    return render(request, "customers/past.html", context)


def _asked(request: Request) -> date | None:
    try:
        return parse_date(request.GET.get("on", ""))
    except ValueError:
        return None


def _facts(request: Request, found: past.PastAccount) -> list[dict[str, Any]]:
    """Return what was written down, and the manager's own fields, as far as the viewer sees them."""
    hidden, groups = seeing.hidden_fields(request.viewer), seeing.hidden_groups(request.viewer)
    words: dict[str, dict[Any, Any]] = {"state": dict(wording.STATES), "fit": dict(wording.FITS)}
    known = found.known or {}
    facts = [
        {"label": label, "value": words.get(name, {}).get(known[name], known[name])}
        for name, label in LABELS.items()
        if known.get(name) not in (None, "") and name not in hidden
    ]
    language = (get_language() or "ja")[:2]
    return facts + [
        {"label": item.attribute.label.get(language) or item.attribute.slug, "value": item.value}
        for item in found.values
        if item.attribute.field_group not in groups
    ]


def _success(found: past.PastAccount) -> list[dict[str, Any]]:
    """Return what had been agreed by that day, each part under the label it is asked by."""
    values = {name: getattr(found.success, name, None) for name in SuccessForm.base_fields}
    return [
        {"label": field.label, "value": date_format(value) if isinstance(value, date) else value}
        for name, field in SuccessForm.base_fields.items()
        if (value := values[name])
    ]


def _contract(request: Request, item: past.PastContract) -> dict[str, Any]:
    contract = item.contract
    return {
        "contract": contract,
        "billing": wording.BILLINGS[Contract.Billing(contract.billing)],
        "amount": wording.money_seen(request.viewer, item.amount, contract.currency),
        "lines": [
            {"line": line, "price": wording.money_seen(request.viewer, line.unit_price, contract.currency)}
            for line in item.lines
        ],
    }
