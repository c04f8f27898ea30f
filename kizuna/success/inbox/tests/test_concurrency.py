"""Programs that send the same number at once: one inquiry, one answer, and a clear word to the others."""

import threading
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.members.policies import Refused
from kizuna.engagement.surveys import actions as surveys
from kizuna.engagement.surveys.models import Response
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(sakura):
    """Return a function that does the same act four times at the same time and returns what each was told."""

    def run(act) -> list:
        told, barrier = [], threading.Barrier(4)

        def one():
            with hosting.entered(sakura), closing(connection):
                barrier.wait(10)
                try:
                    act()
                except OperationalError:  # SQLite has one writer, and its queue an end
                    pass
                except Exception as error:
                    told.append(error)

        threads = [threading.Thread(target=one) for _turn in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return told

    return run


def test_an_inquiry_of_one_number_is_noted_once(at_once, desk):
    fields = {"title": "送料", "external_id": "Z-1"}
    told = at_once(lambda: actions.open_inquiry(viewer=desk, fields=fields, now=timezone.now()))
    assert Inquiry.objects.count() == 1
    assert [(type(error), error.field) for error in told] == [(Refused, "external_id")] * len(told)


def test_an_answer_of_one_number_is_noted_once(at_once, desk):
    survey = surveys.make_survey(viewer=desk, title="NPS", now=timezone.now())
    fields = {"score": 9, "external_id": "A-1"}
    told = at_once(lambda: surveys.note_response(viewer=desk, survey=survey, fields=fields, now=timezone.now()))
    assert Response.objects.count() == 1
    assert [(type(error), error.field) for error in told] == [(Refused, "external_id")] * len(told)
