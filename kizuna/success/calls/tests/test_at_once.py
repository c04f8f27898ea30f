"""Two at once are one: the same event twice, and several missed calls of one number."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from kizuna.success.calls import actions
from kizuna.success.calls.events import Event
from kizuna.success.calls.models import Call, CallEvent
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE = "090-5550-0142"


def taken(results: list) -> list:
    """Return what was taken; SQLite has one writer, and its queue an end. Anything else raised is a mistake."""
    for one in results:
        if isinstance(one, Exception) and not isinstance(one, OperationalError):
            raise one
    return [one for one in results if not isinstance(one, Exception)]


def test_the_same_event_at_once_is_one_call_and_one_inquiry(at_once, source):
    event = Event("e1", "missed", "c1", timezone.now(), number=MOBILE)
    told = taken(at_once([lambda: actions.take_event(source=source, event=event, now=timezone.now())] * 4))
    assert [one.is_new for one in told].count(True) == 1
    assert (Call.objects.count(), CallEvent.objects.count(), Inquiry.objects.count()) == (1, 1, 1)


def test_several_missed_calls_of_one_number_at_once_are_one_inquiry(at_once, source):
    at = timezone.now() - timedelta(minutes=1)
    events = [Event(f"e{number}", "missed", f"c{number}", at, number=MOBILE) for number in range(4)]
    told = taken(at_once([
        lambda event=event: actions.take_event(source=source, event=event, now=timezone.now()) for event in events
    ]))  # fmt: skip
    assert Call.objects.count() == len(told)
    inquiry = Inquiry.objects.get()
    assert inquiry.messages.count() == len(told)
