"""A customer with a telephone, and a telephone system that tells of calls."""

from datetime import timedelta

import pytest

from kizuna.success.calls import actions
from kizuna.success.calls.events import Event
from kizuna.success.customers import actions as customers
from kizuna.success.customers.tests.conftest import account, desk, ken, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
from kizuna.success.customers.tests.test_opened import again, opened  # noqa: F401
from kizuna.success.customers.tests.test_seeing import hide  # noqa: F401

MOBILE, OFFICE = "090-5550-0142", "03-5550-0142"


@pytest.fixture
def source(aoi, viewer_of, now):
    made, secret = actions.make_source(viewer=viewer_of(aoi), name="代表電話", kind="standard", now=now)
    made.secret = secret
    return made


@pytest.fixture
def kaori(person, desk, now):  # noqa: F811
    """The person, reached by a mobile telephone."""
    return customers.change_contact(viewer=desk, contact=person, fields={"phone": MOBILE}, now=now)


@pytest.fixture
def tell(source, now):
    """Return a function that lets the system tell one thing of a call."""

    def told(kind, call_id="c1", *, event_id="", after=0, at=None, **said):
        moment = now + timedelta(seconds=after)
        event = Event(event_id or f"{call_id}-{kind}-{after}", kind, call_id, at or moment, **said)
        return actions.take_event(source=source, event=event, now=moment).call

    return told
