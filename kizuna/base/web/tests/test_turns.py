"""Pages are drawn in turn, and nobody waits for a slow one."""

import threading

import pytest
from django.db import connection

from kizuna.base import hosting
from kizuna.base.web.turns import AT_ONCE, InTurn

pytestmark = pytest.mark.django_db


def begin(application, number, community):
    """Ask for pages of a community, each in a thread of its own."""

    def ask():
        with hosting.entered(community):
            application({}, None)

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    return threads


def end(threads):
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_as_many_as_may_are_inside_at_once(sakura):
    inside, most, lock = 0, 0, threading.Lock()

    def page(environ, start_response):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1
        return []

    end(begin(InTurn(page, patience=30), 6, sakura))
    assert 1 <= most <= AT_ONCE[connection.vendor]


def test_a_slow_page_holds_nobody_up(sakura):
    going_on, arrived = threading.Event(), threading.Semaphore(0)

    def page(environ, start_response):
        arrived.release()
        going_on.wait(30)
        return []

    application = InTurn(page, patience=0.01)
    threads = begin(application, 4, sakura)
    # All four are inside although none has come out.
    assert all(arrived.acquire(timeout=30) for _ in threads)
    going_on.set()
    end(threads)
    # And every turn was given back once.
    assert application({}, None) == []


def test_a_page_that_fails_gives_its_turn_back():
    def page(environ, start_response):
        raise ValueError

    application = InTurn(page, patience=30)
    for _ in range(5):
        with pytest.raises(ValueError):
            application({}, None)
