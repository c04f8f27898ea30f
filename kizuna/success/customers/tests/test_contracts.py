"""Contracts: sums a month, terms, notice, and any day of the past."""

from datetime import date, timedelta

import pytest

from kizuna.core.members.actions import system_viewer
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions, money
from kizuna.success.customers.models import Account, Touchpoint
from kizuna.success.customers.queries import past
from kizuna.success.customers.tests.conftest import LINE

pytestmark = pytest.mark.django_db


def test_a_contract_puts_its_sum_and_days_on_the_account(account, contract):
    account.refresh_from_db()
    assert (account.monthly_amount, account.currency, account.state) == (48_000, "JPY", Account.State.ACTIVE)
    assert (account.renews_on, account.notice_by) == (date(2027, 1, 31), date(2026, 12, 31))
    assert account.customer_since == date(2026, 2, 1)


def test_a_year_in_advance_counts_a_twelfth_a_month_rounded_half_up(account, desk, now):
    fields = {"starts_on": date(2026, 4, 1), "billing": "yearly", "ends_on": date(2027, 3, 31)}
    line = LINE | {"seats": 1, "unit_price": 100_006}
    actions.sign_contract(viewer=desk, account=account, fields=fields, lines=[line], now=now)
    account.refresh_from_db()
    assert account.monthly_amount == 8_334


def test_more_seats_from_a_day_leave_the_days_before_as_they_were(account, contract, desk, now):
    lines = [LINE | {"seats": 6}]
    actions.change_lines(viewer=desk, contract=contract, lines=lines, from_on=date(2026, 11, 1), now=now)
    assert past.monthly_amount_on(account, day=date(2026, 10, 31)) == 48_000
    assert past.monthly_amount_on(account, day=date(2026, 11, 1)) == 72_000
    assert past.monthly_amount_on(account, day=date(2026, 1, 31)) == 0
    account.refresh_from_db()
    assert account.monthly_amount == 72_000


def test_what_was_known_of_a_contract_stays_readable(contract, desk, now):
    later = now + timedelta(days=2)
    lines = [LINE | {"seats": 1}]
    actions.change_lines(viewer=desk, contract=contract, lines=lines, from_on=later.date(), now=later)
    before, after = (past.contract_as_of(contract, at=at) for at in (now, later))
    assert [item["seats"] for item in before["lines"]] == [4]
    assert [item["seats"] for item in after["lines"]] == [4, 1]
    assert past.contract_as_of(contract, at=now - timedelta(days=1)) is None


def test_notice_is_given_and_taken_back(account, contract, desk, now):
    day = now.date()
    actions.give_notice(
        viewer=desk, contract=contract, noticed_on=day, ended_on=date(2027, 1, 31), reason="店を閉じる", now=now
    )
    account.refresh_from_db()
    assert (account.state, account.renews_on) == (Account.State.ACTIVE, None)
    assert past.monthly_amount_on(account, day=date(2027, 1, 31)) == 48_000
    assert past.monthly_amount_on(account, day=date(2027, 2, 1)) == 0
    actions.revoke_notice(viewer=desk, contract=contract, now=now)
    assert past.monthly_amount_on(account, day=date(2027, 2, 1)) == 48_000
    assert list(contract.changes.order_by("pk").values_list("what", flat=True)) == ["signed", "noticed", "revoked"]


def test_a_term_that_is_over_goes_on_by_itself_once(account, contract):
    viewer, today = system_viewer(), date(2027, 2, 1)
    from tests.cast import NOW

    later = NOW + timedelta(days=71)
    assert actions.renew_due(viewer=viewer, today=today, now=later) == 1
    assert actions.renew_due(viewer=viewer, today=today, now=later) == 0
    contract.refresh_from_db()
    assert (contract.ends_on, contract.notice_by) == (date(2028, 1, 31), date(2027, 12, 31))


def test_a_contract_that_does_not_renew_ends_with_its_term(account, contract, desk, now):
    actions.change_contract(viewer=desk, contract=contract, fields={"is_auto_renewed": False}, now=now)
    over = date(2027, 2, 1)
    assert account.pk in actions.accounts_to_refresh(today=over)
    actions.refresh_accounts(account_ids=[account.pk], today=over, viewer=desk, now=now)
    account.refresh_from_db()
    assert (account.state, account.monthly_amount) == (Account.State.ENDED, 0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 2, 28), 12, date(2027, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2026, 3, 15), 12, date(2027, 3, 15)),
        (date(2026, 8, 30), 6, date(2027, 2, 28)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last(day, months, expected):
    assert money.later(day, months=months) == expected


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"notice_by": date(2027, 2, 1)}, "notice_by"),
        ({"currency": "yen!"}, "currency"),
        ({"starts_on": None}, "starts_on"),
        ({"term_months": 0}, "term_months"),
        ({"external_id": "K-1"}, "external_id"),
    ],
)
def test_wrong_terms_are_told_at_their_field(account, contract, desk, now, fields, at_fault):
    whole = {"starts_on": date(2026, 2, 1), "ends_on": date(2027, 1, 31), **fields}
    with pytest.raises(Refused) as refused:
        actions.sign_contract(viewer=desk, account=account, fields=whole, lines=[LINE], now=now)
    assert refused.value.field == at_fault


def test_a_reseller_may_be_billed(account, make_account, desk, now):
    reseller = make_account("株式会社代理")
    fields = {"starts_on": date(2026, 2, 1), "billing_account_id": reseller.pk}
    contract = actions.sign_contract(viewer=desk, account=account, fields=fields, lines=[LINE], now=now)
    assert contract.billing_account_id == reseller.pk
    reseller.refresh_from_db()
    assert reseller.monthly_amount == 0


def test_contracts_stand_on_the_timeline_once(account, contract):
    touch = Touchpoint.objects.get(account=account)
    assert (touch.channel, touch.kind, touch.is_internal) == ("contract", "contract.signed", True)
    account.refresh_from_db()
    assert account.last_touched_at == touch.at


def test_purchases_count_once_and_a_return_counts_against(make_account, desk, now):
    buyer = make_account("佐藤 花子", kind="person")
    row = {"account_id": buyer.pk, "product": "お茶", "amount": 3_000, "purchased_on": date(2026, 11, 1)}
    rows = [row | {"external_id": "P-1", "kind": "first"}, row | {"external_id": "P-2", "kind": "return"}]
    assert len(actions.note_purchases(viewer=desk, rows=rows, now=now)) == 2
    assert actions.note_purchases(viewer=desk, rows=rows, now=now) == []
    assert sum(buyer.purchases.values_list("amount", flat=True)) == 0
    buyer.refresh_from_db()
    assert buyer.state == Account.State.ACTIVE


def test_a_reseller_is_named_on_the_form_and_seen_on_both_pages(client_of, emi, account, contract, make_account):
    client, reseller = client_of(emi), make_account("株式会社リセラー", external_id="R-1")
    terms = {
        "title": "みせばこ",
        "billing": "monthly",
        "currency": "JPY",
        "starts_on": "2026-02-01",
        "term_months": "12",
    }
    edit = f"/desk/contracts/{contract.pk}/edit/"
    assert client.post(edit, terms | {"billing_account_id": "R-9"}).status_code == 422
    assert client.post(edit, terms | {"billing_account_id": "R-1"}).status_code == 302
    contract.refresh_from_db()
    assert contract.billing_account_id == reseller.pk
    assert 'value="R-1"' in client.get(edit).content.decode()
    assert "株式会社リセラー" in client.get(f"/desk/customers/{account.pk}/").content.decode()
    assert account.name in client.get(f"/desk/customers/{reseller.pk}/").content.decode()
    line = {
        "product": "箱",
        "seats": "1",
        "unit_price": "1",
        "tax_percent": "10",
        "billing_account_id": f"#{reseller.pk}",
    }
    assert client.post(f"/desk/customers/{account.pk}/contracts/new/", terms | line).status_code == 302
    assert reseller.billed_contracts.count() == 2
    assert client.post(edit, terms).status_code == 302
    assert reseller.billed_contracts.count() == 1
