"""An account as a row of the list or of a file."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuna.base.registry import AccountAction, of
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import money, seeing, wording
from kizuna.success.customers.models import Account
from kizuna.success.customers.queries.lists import COLUMNS, ListFilter

SORTED_BY = {"amount": "amount", "renewal": "renewal", "notice": "notice", "touch": "touch"}


def labels() -> dict[str, str]:
    """Return the word of each column."""
    return {
        "owner": _("Account owner"), "state": _("State"), "amount": _("Amount a month"), "renewal": _("Term ends"),
        "notice": _("Notice deadline"), "touch": _("Last touch"), "fit": _("Fit"), "kind": _("Kind of customer"),
        "region": _("Region"), "industry": _("Industry"), "number": _("Customer number"), "since": _("Customer since"),
    }  # fmt: skip


def heads(wanted: ListFilter) -> list[dict[str, Any]]:
    """Return the heads of the columns, with the address that orders by one."""
    words = labels()
    return [
        {
            "name": name,
            "label": words[name],
            "url": f"?{urlencode(wanted.but(sort=SORTED_BY[name]).query())}" if name in SORTED_BY else "",
            "is_sorted": wanted.sort == SORTED_BY.get(name),
            "is_number": name == "amount",
        }
        for name in wanted.columns
    ]


def column_choices(viewer: Viewer, wanted: ListFilter) -> list[dict[str, Any]]:
    words, hidden = labels(), seeing.hidden_fields(viewer)
    return [
        {"name": name, "label": words[name], "is_shown": name in wanted.columns}
        for name in COLUMNS
        if name not in hidden
    ]


def bulk_deeds(viewer: Viewer) -> list[AccountAction]:
    """Return what other apps can begin for several customers at once."""
    return [item for item in of(AccountAction) if item.bulk_url and item.is_shown(viewer=viewer)]


def chips(wanted: ListFilter) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each with the address without it."""
    said: list[tuple[str, str, ListFilter]] = []
    if wanted.text:
        said.append((_("Search"), wanted.text, wanted.but(text="")))
    if wanted.owner:
        word = {"me": _("Me"), "none": pgettext("owner", "Nobody")}.get(wanted.owner, _("Chosen"))
        said.append((_("Account owner"), word, wanted.but(owner="")))
    if wanted.state:
        said.append((_("State"), str(wording.STATES[Account.State(wanted.state)]), wanted.but(state="")))
    if wanted.fit:
        said.append((_("Fit"), str(wording.FITS[Account.Fit(wanted.fit)]), wanted.but(fit="")))
    if wanted.kind:
        said.append((_("Kind of customer"), str(wording.KINDS[Account.Kind(wanted.kind)]), wanted.but(kind="")))
    for days, label, other in (
        (wanted.renews_within, _("Term ends"), wanted.but(renews_within=0)),
        (wanted.notice_within, _("Notice deadline"), wanted.but(notice_within=0)),
    ):
        if days:
            said.append((label, _("within %(n)d days") % {"n": days}, other))
    return [{"label": label, "value": value, "url": f"?{urlencode(other.query())}"} for label, value, other in said]


def export_names(viewer: Viewer) -> list[str]:
    """Return which columns a file has for the viewer."""
    hidden = seeing.hidden_fields(viewer)
    return [name for name in ("name", "kana", "corporate_number", *COLUMNS, "currency") if name not in hidden]


def export_heads(names: list[str]) -> list[str]:
    """Return the first line of a file."""
    words = {
        **labels(), "name": _("Name"), "kana": _("Reading"), "corporate_number": _("Corporate number"),
        "currency": _("Currency"),
    }  # fmt: skip
    return [words[name] for name in names]


def export_row(account: Account, names: list[str]) -> list[Any]:
    """Return an account as a line of a file: numbers bare, days in ISO form."""
    values = {
        "name": account.name,
        "kana": account.kana,
        "corporate_number": account.corporate_number,
        "currency": account.currency,
        "owner": account.owner.name if account.owner else "",
        "state": str(wording.STATES[Account.State(account.state)]),
        "amount": money.written(account.monthly_amount, account.currency),
        "renewal": account.renews_on or "",
        "notice": account.notice_by or "",
        "touch": account.last_touched_at.date() if account.last_touched_at else "",
        "fit": str(wording.FITS[Account.Fit(account.fit)]),
        "kind": str(wording.KINDS[Account.Kind(account.kind)]),
        "region": account.region,
        "industry": account.industry,
        "number": account.external_id,
        "since": account.customer_since or "",
    }
    return [values[name] for name in names]
