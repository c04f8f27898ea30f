"""Programs that send the same number at once: one inquiry, one answer, and a clear word to the others."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.engagement.surveys import actions as surveys
from kizuna.engagement.surveys.models import Response
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results: list) -> list[Exception]:
    """Return what was raised; SQLite has one writer, and its queue an end."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, OperationalError)]


def test_an_inquiry_of_one_number_is_noted_once(at_once, desk):
    fields = {"title": "送料", "external_id": "Z-1"}
    told = refusals(at_once([lambda: actions.open_inquiry(viewer=desk, fields=fields, now=timezone.now())] * 4))
    assert Inquiry.objects.count() == 1
    assert [(type(error), error.field) for error in told] == [(Refused, "external_id")] * len(told)


def test_an_answer_of_one_number_is_noted_once(at_once, desk):
    survey = surveys.make_survey(viewer=desk, title="NPS", now=timezone.now())
    fields = {"score": 9, "external_id": "A-1"}
    told = refusals(
        at_once([lambda: surveys.note_response(viewer=desk, survey=survey, fields=fields, now=timezone.now())] * 4)
    )
    assert Response.objects.count() == 1
    assert [(type(error), error.field) for error in told] == [(Refused, "external_id")] * len(told)
