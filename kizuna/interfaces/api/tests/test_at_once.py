"""Two programs that send the same number at once: one is taken, the other is told so, and nobody meets a failure."""

import pytest

from kizuna.success.customers.models import Account

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_of_one_number_is_made_once(api, emi, at_once):
    caller = api(emi)
    sent = {"name": "同時商店", "external_id": "K-1"}
    answers = at_once([lambda: caller.post("/accounts", sent)] * 4)
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    # Busy for too long (503), seen in time (422), or at the same moment (409).
    assert set(codes[1:]) <= {409, 422, 503}
    assert Account.objects.filter(external_id="K-1").count() == 1


def test_one_that_comes_at_the_same_moment_is_told_to_come_again(api, emi, monkeypatch):
    """The check has seen nobody with this number, as at the same moment."""
    caller = api(emi)
    assert caller.post("/accounts", {"name": "一番商店", "external_id": "K-2"}).status_code == 201
    monkeypatch.setattr("kizuna.success.customers.actions.accounts.require_new_ids", lambda *_, **__: None)
    answer = caller.post("/accounts", {"name": "二番商店", "external_id": "K-2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "at_once")
    assert Account.objects.count() == 1
