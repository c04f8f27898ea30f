"""Receivers that the operator lets in, and endpoints for them."""

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.tests.receiver import receiving


@pytest.fixture
def receiver(settings):
    with receiving() as made:
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({f"127.0.0.1:{made.port}"})
        yield made


@pytest.fixture
def endpoint(receiver, aoi, viewer_of):
    """An endpoint of Aoi's for everything; its secret is `endpoint.secret`."""
    made, secret = actions.make_endpoint(viewer=viewer_of(aoi), url=receiver.url, now=timezone.now())
    made.secret = secret
    return made


@pytest.fixture
def work():
    """Return a function that does everything that waits, here and now; then what the schedule would find."""

    def done() -> None:
        run_waiting()
        actions.hand_out(now=timezone.now())
        run_waiting()

    return done
