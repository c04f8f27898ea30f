"""Tables of cancellations: who left when and why; a row that names a contract ends it, and all of it goes back."""

from datetime import date

import pytest

from kizuna.core.members.queries import viewer_of
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Cancellation, Contract, Touchpoint
from kizuna.success.imports import queries

pytestmark = pytest.mark.django_db
TABLE = """解約番号,顧客コード,契約番号,解約日,解約理由,コメント
X-1,K-1,,2026/3/31,価格,他社に乗り換えました
X-2,,C-1,令和8年6月30日,機能,"=足りない"
"""


@pytest.fixture
def contract(emi, now):
    viewer = viewer_of(emi)
    account = customers.create_account(viewer=viewer, fields={"name": "青波堂", "external_id": "K-1"}, now=now)
    return customers.sign_contract(
        viewer=viewer,
        account=account,
        fields={"external_id": "C-1", "starts_on": date(2025, 4, 1)},
        lines=[{"product": "みせばこ", "unit_price": 1_000}],
        now=now,
    )


def touches() -> list[str]:
    rows = Touchpoint.objects.filter(source_type="cancellation").order_by("at")
    return list(rows.values_list("excerpt", flat=True))


def test_reasons_come_in_once_and_end_only_the_contract_that_is_named(imported, undone, contract):
    run = imported("cancellations", TABLE)
    assert run.counts == {"new": 2}
    first, second = Cancellation.objects.order_by("external_id")
    assert (first.account_id, first.contract_id, first.reason) == (contract.account_id, None, "価格")
    assert (second.account_id, second.contract_id) == (contract.account_id, contract.pk)
    assert touches() == ["価格 — 他社に乗り換えました", "機能 — =足りない"]
    contract.refresh_from_db()
    assert (contract.ended_on, contract.end_reason) == (date(2026, 6, 30), "機能")
    assert imported("cancellations", TABLE).counts == {"unchanged": 2}
    assert undone(run).undo_counts == {"back": 3, "kept": 0}
    contract.refresh_from_db()
    assert (contract.ended_on, contract.end_reason, touches()) == (None, "", [])
    assert not Cancellation.objects.exists()


def test_a_corrected_reason_is_shown_from_and_to_and_goes_back(imported, rehearsed, undone, contract):
    imported("cancellations", TABLE)
    corrected = TABLE.replace("価格", "予算")
    run = rehearsed("cancellations", corrected)
    assert run.rehearsal == {"changed": 1, "unchanged": 1}
    shown = queries.samples_of(run, phase="rehearsal", outcome="changed")[0].changes
    assert shown == [["cancellation", "reason", "価格", "予算"]]
    run = imported("cancellations", corrected)
    assert touches()[0] == "予算 — 他社に乗り換えました"
    undone(run)
    assert touches()[0] == "価格 — 他社に乗り換えました"


def test_without_a_number_the_same_row_is_known_again(imported, contract):
    table = "顧客コード,解約日,解約理由\nK-1,2026/3/31,価格\n"
    assert imported("cancellations", table).counts == {"new": 1}
    assert imported("cancellations", table).counts == {"unchanged": 1}


def test_what_cannot_be_is_bad_and_costs_itself_alone(imported, contract):
    rows = "X-3,K-9,,2026/3/31,,\nX-4,,C-9,2026/3/31,,\nX-5,K-1,C-1,2020/1/1,,\nX-6,,,2026/3/31,,\nX-1,K-1,,2026/4/1,,\nX-7,K-1,,,,\n"
    run = imported("cancellations", TABLE + rows)
    assert run.counts == {"new": 2, "bad": 6}
    codes = [item.problems[0][2] for item in queries.samples_of(run, phase="run", outcome="bad")]
    assert codes == [
        "no_such_customer", "no_such_contract", "This day lies before the contract.", "no_customer_named", "twice", "missing",
    ]  # fmt: skip
    assert Contract.objects.get().ended_on == date(2026, 6, 30)
