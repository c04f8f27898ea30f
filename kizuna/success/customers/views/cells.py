"""The rows of the list as HTML. A page draws three hundred cells: by templates that took three times as long as all the rest."""

from collections.abc import Callable
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuna.base.components import leaves
from kizuna.success.customers import wording
from kizuna.success.customers.models import Account

NOTHING = format_html('<span class="muted">{}</span>', "–")


def rows_of(
    accounts: list[Account], columns: tuple[str, ...], *, today: date, now: datetime, may_choose: bool
) -> list[SafeString]:
    """Return each account as a row of the table, with a box to choose it where the viewer may change customers."""
    drawing = {name: CELLS[name] for name in columns}
    address, choose = reverse("customers:list"), _("Choose %(name)s")
    return [
        format_html(
            '<tr>{}<td class="minw-10" data-item><a class="co link" href="{}{}/">{}</a>{}</td>{}</tr>',
            _box(account, choose) if may_choose else "",
            address,
            account.pk,
            account.name,
            _below(account),
            format_html_join("", "{}", ((draw(account, today, now),) for draw in drawing.values())),
        )
        for account in accounts
    ]


def _box(account: Account, choose: str) -> SafeString:
    said = choose % {"name": account.name}
    return format_html(
        '<td class="nowrap"><input type="checkbox" name="id" value="{}" aria-label="{}"></td>', account.pk, said
    )


def _below(account: Account) -> SafeString | str:
    text = "・".join(text for text in (account.region, account.industry) if text)
    return format_html("<small>{}</small>", text) if text else ""


def _short(inside: object) -> SafeString:
    return format_html('<td class="nowrap">{}</td>', inside)


def _owner(account: Account, today: date, now: datetime) -> SafeString:
    owner = account.owner
    if owner is None:
        return _short(leaves.chip(_("No owner"), tone="warn"))
    picture = leaves.avatar(name=owner.name, hue=owner.hue, size="xs")
    return _short(
        format_html('<span class="row gap-tight">{}<span class="nowrap">{}</span></span>', picture, owner.name)
    )


def _state(account: Account, today: date, now: datetime) -> SafeString:
    state = Account.State(account.state)
    return _short(leaves.chip(str(wording.STATES[state]), tone=wording.STATE_TONES.get(state, "line")))


def _amount(account: Account, today: date, now: datetime) -> SafeString:
    said = wording.money_text(account.monthly_amount, account.currency) if account.monthly_amount else "–"
    return format_html('<td class="r num">{}</td>', said)


def _renewal(account: Account, today: date, now: datetime) -> SafeString:
    left = wording.days_left(account.renews_on, today=today)
    if left is None:
        return _short(NOTHING)
    return _short(format_html("{}<small>{}</small>", _day(left["day"]), left["word"]))


def _notice(account: Account, today: date, now: datetime) -> SafeString:
    left = wording.days_left(account.notice_by, today=today)
    if left is None:
        return _short(NOTHING)
    word = leaves.chip(left["word"], tone=left["tone"])
    return _short(format_html("{}<small>{}</small>", word, _day(left["day"])))


def _touch(account: Account, today: date, now: datetime) -> SafeString:
    at = account.last_touched_at
    return _short(leaves.moment(at, now=now) if at else NOTHING)


def _since(account: Account, today: date, now: datetime) -> SafeString:
    return _short(_day(account.customer_since) if account.customer_since else "–")


def _text(read: Callable[[Account], object]) -> Callable[[Account, date, datetime], SafeString]:
    return lambda account, today, now: _short(read(account) or "–")


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


CELLS: dict[str, Callable[[Account, date, datetime], SafeString]] = {
    "owner": _owner,
    "state": _state,
    "amount": _amount,
    "renewal": _renewal,
    "notice": _notice,
    "touch": _touch,
    "fit": _text(lambda account: wording.FITS[Account.Fit(account.fit)]),
    "kind": _text(lambda account: wording.KINDS[Account.Kind(account.kind)]),
    "region": _text(lambda account: account.region),
    "industry": _text(lambda account: account.industry),
    "number": _text(lambda account: account.external_id),
    "since": _since,
}
