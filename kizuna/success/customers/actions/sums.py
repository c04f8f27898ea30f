"""What stands on an account so that lists need no join: its sum a month, next days, state. Kept here, by nothing else."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kizuna.base.rows import update_many
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import money
from kizuna.success.customers.actions.accounts import keep_states
from kizuna.success.customers.models import Account, Contract, ContractLine, Purchase

COLUMNS = ["monthly_amount", "currency", "customer_since", "renews_on", "notice_by", "state"]
LOOK_BACK = timedelta(days=8)  # a night's job may have been missed, a week of them was noticed


@transaction.atomic
def refresh_accounts(*, account_ids: Iterable[int], today: date, viewer: Viewer, now: datetime) -> int:
    """Work the columns of these accounts out again. Returns how many changed."""
    accounts = list(Account.objects.select_for_update(of=("self",)).filter(pk__in=set(account_ids)).order_by("pk"))
    contracts: dict[int, list[Contract]] = defaultdict(list)
    for contract in Contract.objects.filter(account__in=accounts).order_by("starts_on", "pk"):
        contracts[contract.account_id].append(contract)
    lines: dict[int, list[ContractLine]] = defaultdict(list)
    for item in ContractLine.objects.filter(contract__account__in=accounts):
        lines[item.contract_id].append(item)
    buyers = set(Purchase.objects.filter(account__in=accounts).values_list("account_id", flat=True))
    changed, moved = [], []
    for account in accounts:
        before = [getattr(account, name) for name in COLUMNS]
        _work_out(account, contracts[account.pk], lines, is_buyer=account.pk in buyers, today=today)
        if before != [getattr(account, name) for name in COLUMNS]:
            changed.append(account)
            if before[-1] != account.state:
                moved.append(account)
    update_many(changed, COLUMNS)
    keep_states(moved, fields=["state"], viewer=viewer, now=now)
    return len(changed)


def accounts_to_refresh(*, today: date) -> list[int]:
    """Return the accounts for which today is another day than yesterday: something began or ended."""
    since = today - LOOK_BACK
    began, ended = Q(starts_on__gt=since, starts_on__lte=today), Q(ends_on__gte=since, ends_on__lt=today)
    over = Q(ended_on__gte=since, ended_on__lt=today)
    found = set(Contract.objects.filter(began | ended | over).values_list("account_id", flat=True))
    found |= set(ContractLine.objects.filter(began | ended).values_list("contract__account_id", flat=True))
    return sorted(found)


def _work_out(
    account: Account, contracts: list[Contract], lines: dict[int, list[ContractLine]], *, is_buyer: bool, today: date
) -> None:
    holding = [contract for contract in contracts if contract.holds_on(today)]
    if holding:
        account.currency = holding[0].currency
    same = [contract for contract in holding if contract.currency == account.currency]
    account.monthly_amount = sum(money.monthly_amount(contract, lines[contract.pk], on=today) for contract in same)
    begun = [contract.starts_on for contract in contracts if contract.starts_on <= today]
    account.customer_since = min(begun, default=None)
    going_on = [contract for contract in holding if contract.ended_on is None]
    account.renews_on = min((item.ends_on for item in going_on if item.ends_on), default=None)
    account.notice_by = min((item.notice_by for item in going_on if item.notice_by), default=None)
    if account.state != Account.State.MERGED:
        account.state = _state(bool(holding), bool(begun), is_buyer)


def _state(is_holding: bool, has_begun: bool, is_buyer: bool) -> str:
    if is_holding or (is_buyer and not has_begun):
        return Account.State.ACTIVE
    return Account.State.ENDED if has_begun else Account.State.PROSPECT
