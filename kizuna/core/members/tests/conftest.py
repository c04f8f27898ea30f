"""What tests of signing in and joining do over and over."""

import re

import pytest
from django.core import mail


@pytest.fixture
def last_code():
    """Return a function that reads the six digits of the newest mail."""

    def read() -> str:
        return re.search(r"\b(\d{6})\b", mail.outbox[-1].body).group(1)

    return read


@pytest.fixture
def enter(last_code):
    """Return a function that enters by e-mail code and returns the last response."""

    def by_code(client, email, **options):
        client.post("/signin/", {"email": email, "password": "", **options})
        return client.post("/signin/code/", {"code": last_code()})

    return by_code


@pytest.fixture
def joining(db):
    """Return a function that sets how one joins."""
    from kizuna.core.community import actions
    from kizuna.core.community import settings as keys

    return lambda mode: actions.change_setting(keys.JOINING, value=mode, member_id=None)


@pytest.fixture
def time_machine_at():
    """Return a context manager that moves the clock."""
    import time_machine

    return lambda moment: time_machine.travel(moment, tick=False)
