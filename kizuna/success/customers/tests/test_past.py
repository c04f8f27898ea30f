"""Any past day of a customer, as a page and in the API: what was written down by then, and what held by its dates."""

from datetime import date, timedelta

import pytest

from kizuna.success.customers import actions
from kizuna.success.customers.tests.test_api import api  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved_on(account, contract, person, desk, now):
    """The account got another name, seats and a person less, ten days later."""
    later = now + timedelta(days=10)
    actions.change_account(viewer=desk, account=account, fields={"name": "株式会社ミナモ"}, now=later)
    line = {"product": "みせばこ", "plan": "プロ", "seats": 9, "unit_price": 12_000, "tax_percent": 10}
    actions.change_lines(viewer=desk, contract=contract, lines=[line], from_on=later.date(), now=later)
    actions.end_employment(viewer=desk, contact=person, account=account, now=later)
    return later


def past_of(call, account, day):
    return call("GET", f"/accounts/{account.pk}/past?on={day}").json()


def test_each_day_is_read_as_it_was(api, emi, account, person, moved_on, now):  # noqa: F811
    call = api(emi)
    before, after = past_of(call, account, now.date()), past_of(call, account, moved_on.date())
    assert (before["known"]["name"], after["known"]["name"]) == ("株式会社青波堂", "株式会社ミナモ")
    assert [row["name"] for row in before["people"]] == ["三浦 香織"]
    assert after["people"] == []
    assert [line["seats"] for line in before["contracts"][0]["lines"]] == [4]
    assert [line["seats"] for line in after["contracts"][0]["lines"]] == [9]
    assert (before["contracts"][0]["monthly_amount"], after["contracts"][0]["monthly_amount"]) == (48_000, 108_000)


def test_before_it_was_known_nothing_was_written_down_but_contracts_held(api, emi, account, contract):  # noqa: F811
    earlier = past_of(api(emi), account, date(2026, 3, 1))
    assert (earlier["known"], earlier["people"], earlier["owner"]) == (None, [], "")
    assert [item["external_id"] for item in earlier["contracts"]] == ["K-1"]
    assert past_of(api(emi), account, date(2026, 1, 31))["contracts"] == []


@pytest.mark.parametrize("day", ["", "yesterday", "0000-00-00", "9999-12-31", "2026-02-30"])
def test_what_is_no_day_is_refused(api, emi, account, day):  # noqa: F811
    assert api(emi)("GET", f"/accounts/{account.pk}/past?on={day}").status_code == 422


def test_the_page_shows_the_day_that_is_asked_for(client_of, emi, viewer_of, account, contract, person, moved_on, now):
    desk = client_of(emi)
    page = desk.get(f"/desk/customers/{account.pk}/past/?on={now.date()}").content.decode()
    assert "<dd>株式会社青波堂</dd>" in page
    assert "三浦 香織" in page
    assert "× 4" in page
    earlier = desk.get(f"/desk/customers/{account.pk}/past/?on=2026-03-01").content.decode()
    assert "この日には、まだ登録されていませんでした。" in earlier
    agreed = {"problem": "在庫が合わない", "contribution": "設定を代行", "agreed_on": date(2026, 11, 1)}
    actions.define_success(viewer=viewer_of(emi), account=account, fields=agreed, now=now)
    later = desk.get(f"/desk/customers/{account.pk}/past/?on={now.date()}").content.decode()
    assert all(words in later for words in ("在庫が合わない", "設定を代行", "2026年11月1日", "合意した日"))
    for day in ("x", "9999-12-31", "0001-01-01", "2026-02-30"):
        assert desk.get(f"/desk/customers/{account.pk}/past/?on={day}").status_code == 200


def test_members_find_no_past(client_of, chie, account):
    assert client_of(chie).get(f"/desk/customers/{account.pk}/past/").status_code == 404
