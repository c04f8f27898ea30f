"""Tables of contracts and purchases."""

from datetime import date

import pytest

from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.actions.contract_history import state_of
from kizuna.success.customers.models import Account, Contract, ContractChange, Purchase, Touchpoint
from kizuna.success.imports import queries

pytestmark = pytest.mark.django_db
CONTRACTS = """顧客コード,契約番号,契約名,契約開始日,契約終了日,支払方法,商品,プラン,席数,単価,自動更新
K-1,C-1,基本契約,令和6年4月1日,2027/3/31,月払い,みせばこ,プロ,8,"¥12,000",はい
K-1,C-1,,2024/4/1,,,オプション,,1,3000円,
K-2,C-2,年契約,2025年1月1日,,年払い,みせばこ,ライト,2,"57,600",いいえ
"""
PURCHASES = """顧客コード,注文番号,購入日,商品名,区分,金額
K-1,O-1,2025/4/1,珈琲豆,初回,"1,200円"
K-1,O-2,R7.5.1,珈琲豆,リピート,1200
"""


@pytest.fixture
def firms(emi, now):
    rows = [{"name": "青波堂", "external_id": "K-1"}, {"name": "高橋酒店", "external_id": "K-2"}]
    return customers.create_accounts(viewer=viewer_of(emi), rows=rows, now=now)


def test_contracts_come_in_with_their_lines_once(imported, firms):
    run = imported("contracts", CONTRACTS)
    assert run.counts == {"new": 3}
    first = Contract.objects.get(external_id="C-1")
    assert (first.starts_on, first.ends_on, first.is_auto_renewed) == (date(2024, 4, 1), date(2027, 3, 31), True)
    lines = list(first.lines.order_by("pk").values_list("product", "seats", "unit_price"))
    assert lines == [("みせばこ", 8, 12_000), ("オプション", 1, 3_000)]
    assert Account.objects.get(external_id="K-1").monthly_amount == 99_000
    assert Touchpoint.objects.filter(channel="contract").count() == 2
    assert imported("contracts", CONTRACTS).counts == {"unchanged": 3}


def test_a_change_of_seats_is_shown_and_begins_on_its_day(imported, rehearsed, undone, firms):
    imported("contracts", CONTRACTS)
    changed = "顧客コード,契約番号,契約開始日,商品,プラン,席数,単価,変更日\nK-2,C-2,2025/1/1,みせばこ,ライト,3,57600,2026/7/1\n"
    run = rehearsed("contracts", changed)
    shown = queries.samples_of(run, phase="rehearsal", outcome="changed")[0].changes
    assert shown == [["contract", "lines", "みせばこ ライト ¥57,600 × 2 (10%)", "みせばこ ライト ¥57,600 × 3 (10%)"]]
    run = imported("contracts", changed)
    contract = Contract.objects.get(external_id="C-2")
    assert list(contract.lines.order_by("starts_on").values_list("seats", "starts_on")) == [
        (2, date(2025, 1, 1)),
        (3, date(2026, 7, 1)),
    ]
    run = undone(run)
    assert run.undo_counts == {"back": 1, "kept": 0}
    assert list(contract.lines.values_list("seats", "ends_on")) == [(2, None)]


def test_a_notice_comes_in_by_its_days(imported, firms):
    imported("contracts", CONTRACTS)
    imported(
        "contracts",
        "顧客コード,契約番号,契約開始日,商品,プラン,席数,単価,解約日,解約理由\nK-2,C-2,2025/1/1,みせばこ,ライト,2,57600,2026/12/31,値段\n",
    )
    contract = Contract.objects.get(external_id="C-2")
    assert (contract.ended_on, contract.end_reason) == (date(2026, 12, 31), "値段")
    assert ContractChange.objects.filter(contract=contract, what="noticed").count() == 1


def test_contracts_of_unknown_customers_and_torn_ones_are_bad(imported, firms):
    torn = CONTRACTS + "K-9,C-9,,2025/1/1,,,x,,1,1,\nK-1,C-1,,2024/4/1,,,遅い行,,1,1,\n"
    run = imported("contracts", torn)
    assert run.counts == {"new": 3, "bad": 2}
    codes = [item.problems[0][2] for item in queries.samples_of(run, phase="run", outcome="bad")]
    assert codes == ["no_such_customer", "apart"]


def test_a_contract_with_one_bad_line_is_not_taken_at_all(imported, firms):
    run = imported("contracts", CONTRACTS.replace("3000円", "応相談"))
    assert run.counts == {"bad": 2, "new": 1}
    assert not Contract.objects.filter(external_id="C-1").exists()


def test_undo_removes_contracts_nobody_touched_and_keeps_the_others(imported, undone, firms, emi, now):
    run = imported("contracts", CONTRACTS)
    customers.change_contract(
        viewer=viewer_of(emi), contract=Contract.objects.get(external_id="C-2"), fields={"title": "別の名前"}, now=now
    )
    run = undone(run)
    assert run.undo_counts == {"back": 1, "kept": 1}
    assert Contract.objects.get().external_id == "C-2"
    assert Account.objects.get(external_id="K-1").monthly_amount == 0


def test_purchases_come_in_once_and_go_again(imported, undone, firms):
    run = imported("purchases", PURCHASES)
    assert run.counts == {"new": 2}
    assert list(Purchase.objects.order_by("pk").values_list("kind", "amount", "purchased_on")) == [
        ("first", 1200, date(2025, 4, 1)),
        ("repeat", 1200, date(2025, 5, 1)),
    ]
    assert imported("purchases", PURCHASES).counts == {"unchanged": 2}
    assert imported("purchases", PURCHASES.replace("珈琲豆,初回", "紅茶,初回")).counts == {"bad": 1, "unchanged": 1}
    undone(run)
    assert not Purchase.objects.exists()
    assert not Touchpoint.objects.filter(channel="purchase").exists()


@pytest.mark.parametrize("header", ["区分", "種類", "購入の種類"])
def test_what_kind_of_purchase_it_was_is_read_under_any_of_its_usual_names(imported, firms, header):
    table = PURCHASES.replace("区分", header) + "K-1,O-3,2025/6/1,珈琲豆,休止,0\nK-1,O-4,2025/7/1,珈琲豆,スキップ,0\n"
    imported("purchases", table + "K-1,O-5,2025/8/1,珈琲豆,返品,-1200\n")
    kinds = list(Purchase.objects.order_by("purchased_on").values_list("kind", flat=True))
    assert kinds == ["first", "repeat", "pause", "skip", "return"]


CHANGED = """顧客コード,契約番号,契約名,契約開始日,商品,プラン,席数,単価,変更日,解約申出日,解約日,解約理由
K-1,C-1,改定契約,2024/4/1,みせばこ,プロ,9,12000,2026/7/1,2026/8/1,2026/12/31,値段
K-1,C-1,,2024/4/1,オプション,,1,3000,2026/7/1,,,
K-2,C-2,,2025/1/1,みせばこ,ライト,4,57600,2026/7/1,,,
"""


def whole(number: str) -> tuple:
    """Return a contract with its lines, history and touchpoints, without ids and moments."""
    contract = Contract.objects.get(external_id=number)
    changes = list(contract.changes.order_by("pk").values_list("what", "state"))
    touches = Touchpoint.objects.filter(source_type="contract", source_id=contract.pk).order_by("pk")
    sums = (contract.account.monthly_amount, contract.account.state, contract.account.renews_on)
    return state_of(contract), changes, list(touches.values_list("kind", "title", "excerpt")), sums


def test_many_contracts_change_as_they_would_one_by_one(imported, undone, firms):
    imported("contracts", CONTRACTS)
    before = [whole(number) for number in ("C-1", "C-2")]
    run = imported("contracts", CHANGED)
    assert run.counts == {"changed": 3} or run.counts == {"changed": 2, "unchanged": 1}
    together = [whole(number) for number in ("C-1", "C-2")]
    assert [what for what, _state in together[0][1]] == ["signed", "changed", "changed", "noticed"]
    assert [what for what, _state in together[1][1]] == ["signed", "changed"]
    assert together[0][1][1][1]["lines"] == before[0][0]["lines"]
    assert undone(run).undo_counts == {"back": 2, "kept": 0}
    assert [whole(number)[0] for number in ("C-1", "C-2")] == [state for state, *_rest in before]
    header, first, option, second = CHANGED.splitlines()
    imported("contracts", "\n".join([header, first, option]))
    imported("contracts", "\n".join([header, second]))
    alone = [whole(number) for number in ("C-1", "C-2")]
    assert [(state, sums) for state, _changes, _touches, sums in alone] == [(one[0], one[3]) for one in together]
    assert [changes[-len(one[1]) + 1 :] for (_state, changes, *_rest), one in zip(alone, together, strict=True)] == [
        one[1][1:] for one in together
    ]


def test_a_notice_after_the_last_day_is_bad_and_costs_itself_alone(imported, firms):
    imported("contracts", CONTRACTS)
    run = imported("contracts", CHANGED.replace("2026/8/1", "2027/8/1"))
    assert run.counts == {"bad": 2, "changed": 1}
    assert Contract.objects.get(external_id="C-1").ended_on is None


HEAD = "顧客コード,契約番号,契約開始日,商品,単価,通貨\n"


def prices() -> list[tuple]:
    rows = Contract.objects.order_by("external_id").values_list("currency", "lines__unit_price")
    return list(rows)


@pytest.mark.parametrize(
    ("price", "currency", "stored"),
    [
        ("12.50", "USD", ("USD", 1_250)), ("2786", "usd", ("USD", 278_600)), ("$2,786.05", "", ("USD", 278_605)),
        ("€9", "", ("EUR", 900)),
        ("12,000円", "", ("JPY", 12_000)), ("￥１２，０００", "JPY", ("JPY", 12_000)), ("$10", "CAD", ("CAD", 1_000)),
        ("1.2万円", "", ("JPY", 12_000)),
    ],
)  # fmt: skip
def test_amounts_are_kept_in_the_smallest_units_of_their_currency(imported, firms, price, currency, stored):
    table = f'{HEAD}K-1,C-1,2025/4/1,みせばこ,"{price}",{currency}\n'
    assert imported("contracts", table).counts == {"new": 1}
    assert prices() == [stored]
    assert imported("contracts", table).counts == {"unchanged": 1}


@pytest.mark.parametrize(
    ("price", "currency", "code"),
    [("12.50", "", "part_of_a_unit"), ("12.505", "USD", "part_of_a_unit"), ("$12", "JPY", "other_currency"),
     ("12円", "USD", "other_currency")],
)  # fmt: skip
def test_amounts_that_do_not_fit_their_currency_are_bad(imported, firms, price, currency, code):
    run = imported("contracts", f"{HEAD}K-1,C-1,2025/4/1,みせばこ,{price},{currency}\n")
    assert run.counts == {"bad": 1}
    assert queries.samples_of(run, phase="run", outcome="bad")[0].problems[0][2] == code


def test_a_known_contract_keeps_its_currency_where_the_table_says_none(imported, rehearsed, firms):
    imported("contracts", HEAD + "K-1,C-1,2025/4/1,みせばこ,10,USD\n")
    run = rehearsed("contracts", HEAD + "K-1,C-1,2025/4/1,みせばこ,12.5,\n")
    shown = queries.samples_of(run, phase="rehearsal", outcome="changed")[0].changes
    assert shown == [["contract", "lines", "みせばこ $10.00 × 1 (10%)", "みせばこ $12.50 × 1 (10%)"]]


def test_orders_have_currencies_as_well(imported, firms):
    table = "顧客コード,注文番号,購入日,商品名,金額,通貨\nK-1,O-1,2025/4/1,珈琲豆,12.50,USD\nK-1,O-2,2025/4/1,珈琲豆,1200,\n"
    assert imported("purchases", table).counts == {"new": 2}
    assert list(Purchase.objects.order_by("pk").values_list("amount", "currency")) == [(1_250, "USD"), (1_200, "JPY")]
    assert imported("purchases", table).counts == {"unchanged": 2}


def test_imports_that_followed_one_another_are_undone_one_after_another(imported, undone, firms):
    first = imported("contracts", CONTRACTS)
    second = imported("contracts", CHANGED)
    third = imported("cancellations", "解約番号,契約番号,解約日\nX-1,C-2,2026/8/31\n")
    for run, back in ((third, 2), (second, 2), (first, 2)):
        assert undone(run).undo_counts == {"back": back, "kept": 0}
    assert not Contract.objects.exists()
