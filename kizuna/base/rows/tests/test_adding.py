"""Rows are made or added to, whichever is right, on both databases."""

from datetime import timedelta

import pytest

from kizuna.base.rows import add_up
from kizuna.core.members.models import AttemptCount

pytestmark = pytest.mark.django_db


def test_rows_are_made_and_added_to(now):
    for _time in range(2):
        rows = [("signin", key, now, count) for key, count in (("a", 2), ("b", 5), ("a", 3))]
        add_up(AttemptCount, rows, unique=("action", "key_hash", "window_start"), sums=("count",))
    assert dict(AttemptCount.objects.values_list("key_hash", "count")) == {"a": 10, "b": 10}
    assert AttemptCount.objects.get(key_hash="a").window_start == now


def test_the_earlier_first_and_the_later_last_stand(now):
    early, late = now - timedelta(microseconds=1), now + timedelta(days=1)
    for moment in (now, early, late):
        add_up(AttemptCount, [("signin", "a", now, 1)], unique=("action", "key_hash", "window_start"), sums=("count",))
        add_up(
            AttemptCount,
            [("x", "b", now, moment.day)],
            unique=("action", "key_hash", "window_start"),
            firsts=("count",),
        )
        add_up(
            AttemptCount, [("x", "c", now, moment.day)], unique=("action", "key_hash", "window_start"), lasts=("count",)
        )
    found = dict(AttemptCount.objects.values_list("key_hash", "count"))
    assert found == {"a": 3, "b": min(now.day, early.day), "c": late.day}
