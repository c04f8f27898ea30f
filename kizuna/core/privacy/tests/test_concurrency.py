"""Two clicks, two tabs, two managers: one request, one copy, one erasure, one answer."""

import threading
from contextlib import closing

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.members.policies import Refused
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy, PersonErasure, PrivacyRequest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(sakura):
    """Return a function that does the same act four times at the same time and returns what each came to."""

    def run(act):
        results, barrier = [], threading.Barrier(4)

        def one():
            with hosting.entered(sakura), closing(connection):
                barrier.wait(10)
                try:
                    results.append(act())
                except (Refused, OperationalError) as error:
                    results.append(error)

        threads = [threading.Thread(target=one) for _turn in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    return run


@pytest.fixture
def asked(chie, viewer_of) -> PrivacyRequest:
    return actions.ask(viewer=viewer_of(chie), kind="erasure", text="", law="appi", now=timezone.now())


def test_four_clicks_ask_once(at_once, chie, viewer_of):
    viewer = viewer_of(chie)
    at_once(lambda: actions.ask(viewer=viewer, kind="access", text="", law="appi", now=timezone.now()))
    assert PrivacyRequest.objects.count() == 1


def test_four_clicks_make_one_copy(at_once, chie, viewer_of):
    viewer = viewer_of(chie)
    at_once(lambda: actions.ask_for_copy(viewer=viewer, member_id=chie.pk, now=timezone.now()))
    assert PersonCopy.objects.count() == 1


def test_four_managers_erase_once(at_once, asked, aoi, viewer_of):
    viewer = viewer_of(aoi)
    at_once(lambda: actions.carry_out_erasure(viewer=viewer, request=asked, now=timezone.now()))
    assert PersonErasure.objects.count() == 1
    assert asked.steps.filter(what="erased").count() == 1


def test_one_of_four_answers_stands(at_once, asked, aoi, viewer_of):
    viewer = viewer_of(aoi)
    at_once(lambda: actions.answer(viewer=viewer, request=asked, text="はい", is_refused=False, now=timezone.now()))
    assert asked.steps.filter(what="answered").count() == 1
