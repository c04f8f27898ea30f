"""Two clicks, two tabs, two managers: one request, one copy, one erasure, one answer."""

import pytest
from django.utils import timezone

from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PersonCopy, PersonErasure, PrivacyRequest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(chie, viewer_of) -> PrivacyRequest:
    return actions.ask(viewer=viewer_of(chie), kind="erasure", text="", law="appi", now=timezone.now())


def test_four_clicks_ask_once(at_once, chie, viewer_of):
    viewer = viewer_of(chie)
    at_once([lambda: actions.ask(viewer=viewer, kind="access", text="", law="appi", now=timezone.now())] * 4)
    assert PrivacyRequest.objects.count() == 1


def test_four_clicks_make_one_copy(at_once, chie, viewer_of):
    viewer = viewer_of(chie)
    at_once([lambda: actions.ask_for_copy(viewer=viewer, member_id=chie.pk, now=timezone.now())] * 4)
    assert PersonCopy.objects.count() == 1


def test_four_managers_erase_once(at_once, asked, aoi, viewer_of):
    viewer = viewer_of(aoi)
    at_once([lambda: actions.carry_out_erasure(viewer=viewer, request=asked, now=timezone.now())] * 4)
    assert PersonErasure.objects.count() == 1
    assert asked.steps.filter(what="erased").count() == 1


def test_one_of_four_answers_stands(at_once, asked, aoi, viewer_of):
    viewer = viewer_of(aoi)
    at_once(
        [lambda: actions.answer(viewer=viewer, request=asked, text="はい", is_refused=False, now=timezone.now())] * 4
    )
    assert asked.steps.filter(what="answered").count() == 1
