"""Limits on attempts hold across processes and cache flushes."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from kizuna.core.members.actions import Limit, TooManyAttempts, attempt, forget_old_attempts, forgive
from kizuna.core.members.models import AttemptCount

LIMIT = Limit("test", 3, timedelta(minutes=10))
NOW = timezone.now()


def tries(count, *, key="a", now=NOW):
    for _time in range(count):
        attempt(LIMIT, key=key, now=now)


def test_the_fourth_attempt_is_refused_even_after_a_cache_flush(db, sakura):
    tries(3)
    cache.clear()
    sakura.caches.clear()
    with pytest.raises(TooManyAttempts):
        tries(1)


def test_other_keys_are_not_touched(db):
    tries(3)
    tries(3, key="b")


def test_attempts_are_forgotten_after_the_window(db):
    tries(3)
    tries(1, now=NOW + timedelta(minutes=11))


def test_a_boundary_between_windows_lets_no_second_burst_through(db):
    boundary = NOW.replace(minute=5, second=0, microsecond=0)
    tries(3, now=boundary - timedelta(seconds=1))
    with pytest.raises(TooManyAttempts):
        tries(1, now=boundary)


def test_success_forgives(db):
    tries(3)
    forgive(LIMIT, key="a")
    tries(3)


def test_no_address_or_login_is_stored_in_clear(db):
    attempt(LIMIT, key="chie@example.com", now=NOW)
    assert "chie" not in str(AttemptCount.objects.values().get())


def test_old_counts_are_removed(db):
    tries(1, now=NOW - timedelta(days=3))
    tries(1)
    assert forget_old_attempts(now=NOW) == 1
