"""Matching is measured: precise above all, complete enough, and linear in the rows."""

import time

import pytest

from kizuna.success.customers.matching.linking import linked
from kizuna.success.customers.tests.firms import bearers, rows


def measured(*, firms: int, count: int, seed: int) -> dict:
    """Return precision, recall and seconds; a fifth of the firms are not among the accounts, so their rows fit none."""
    everybody = bearers(firms, seed=seed)
    accounts = [bearer.firm(ref) for ref, bearer in enumerate(everybody) if ref % 5]
    sent = list(rows(everybody, count=count, seed=seed + 1))
    began = time.perf_counter()
    links = [link for link in linked(sent, accounts) if link.is_accepted]
    seconds = time.perf_counter() - began
    wrong = [link for link in links if link.row.ref != link.account.ref]
    findable = sum(1 for row in sent if row.ref % 5)
    right = len(links) - len(wrong)
    return {"precision": right / len(links), "recall": right / findable, "seconds": seconds, "wrong": wrong}


@pytest.mark.parametrize("seed", [11, 12])
def test_ninety_nine_of_a_hundred_matches_are_right_and_nine_of_ten_are_found(seed):
    found = measured(firms=4_000, count=4_000, seed=seed)
    assert found["precision"] >= 0.99, [(link.row.name, link.account.name, link.match) for link in found["wrong"][:10]]
    assert found["recall"] >= 0.9


@pytest.mark.slow
def test_a_hundred_thousand_names_are_matched_in_time_that_grows_with_their_number():
    small, large = (measured(firms=size, count=size, seed=7) for size in (20_000, 100_000))
    assert large["precision"] >= 0.99
    assert large["recall"] >= 0.9
    assert large["seconds"] < 8 * small["seconds"]
    assert large["seconds"] < 120
