"""The REST API: similar ones, clues, templates that act, answers to many; clear answers to what is wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuna.success.answering import actions
from kizuna.success.answering.models import AnswerBatch, SimilarLink
from kizuna.success.mailbox.models import ReplyTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(api, emi):
    """Return a function that asks as Emi."""
    return api(emi)


def test_similar_ones_with_their_numbers(call, holidays):
    found = call("get", f"/inquiries/{holidays[0].pk}/similar").json()
    assert (found["count"], found["accounts"], found["unknown"], found["waiting"]) == (4, 3, 1, 4)
    assert {item["id"] for item in found["items"]} == {row.pk for row in holidays}
    assert call("get", f"/inquiries/{holidays[0].pk}/similar?days=5").status_code == 422
    assert call("get", "/inquiries/999999/similar").status_code == 404
    assert call("delete", f"/inquiries/{holidays[0].pk}/similar/{holidays[1].pk}").status_code == 204
    assert SimilarLink.objects.filter(is_removed=True).count() == 2
    assert call("get", f"/inquiries/{holidays[0].pk}/similar").json()["count"] == 3


def test_answers_to_many_are_one_batch_and_can_be_taken_back(call, holidays):
    sent = {"common": "出せます。", "key": "k", "items": [{"inquiry_id": row.pk, "line": "一文"} for row in holidays]}
    path = f"/inquiries/{holidays[0].pk}/answer-batches"
    first, again = call("post", path, sent), call("post", path, sent)
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 201, again.json()["id"])
    assert {item["state"] for item in first.json()["items"]} == {"held"}
    back = call("delete", f"/answer-batches/{first.json()['id']}").json()
    assert {item["state"] for item in back["items"]} == {"taken_back"}
    assert call("delete", f"/answer-batches/{back['id']}").status_code in (403, 409, 422)
    assert AnswerBatch.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"common": ""},
        {"common": "{{email}}"},
        {"items": []},
        {"items": [{"inquiry_id": 999_999}]},
        {"items": [{"inquiry_id": -1}]},
        {"items": [{"inquiry_id": 10**30}]},
        {"items": "x"},
        {"key": ""},
        {"key": "あ" * 65},
        {"common": "\x00"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(call, holidays, wrong):
    sent = {"common": "出せます。", "key": "k", "items": [{"inquiry_id": holidays[0].pk}], **wrong}
    answer = call("post", f"/inquiries/{holidays[0].pk}/answer-batches", sent)
    assert 400 <= answer.status_code < 500, answer.content
    assert not AnswerBatch.objects.exists()


def test_templates_with_what_they_do(call, holidays):
    sent = {"name": "案内", "body": "{{addressed}}", "next_state": "snoozed", "snooze_days": 3, "is_own": True}
    made = call("post", "/reply-templates", sent)
    assert made.status_code == 201
    said = made.json()
    assert (said["is_own"], said["snooze_days"], said["next_state"]) == (True, 3, "snoozed")
    assert call("get", "/reply-templates").json()["items"] == [said]
    for wrong in (
        {"snooze_days": None},
        {"next_state": "x"},
        {"priority": "x"},
        {"owner": "nobody"},
        {"body": "{{x}}"},
    ):
        assert call("post", "/reply-templates", {**sent, "name": "別", **wrong}).status_code == 422, wrong
    one = f"/reply-templates/{said['id']}"
    assert call("get", one).json() == said
    changed = call("patch", one, {"body": "{{company}} 御中"}).json()
    assert (changed["body"], changed["snooze_days"], changed["is_own"]) == ("{{company}} 御中", 3, True), (
        "the rest stays"
    )
    changed = call("patch", one, {"next_state": "", "is_own": False, "owner": "emi"}).json()
    assert (changed["next_state"], changed["snooze_days"], changed["is_own"], changed["owner"]) == (
        "",
        None,
        False,
        "emi",
    )
    assert call("patch", one, {"body": "{{password}}"}).status_code == 422
    assert call("post", "/reply-templates", {"name": "案内", "body": "x"}).status_code == 422, (
        "there is one of this name"
    )
    assert call("delete", one).status_code == 204
    assert call("get", one).status_code == 404
    assert call("get", "/reply-templates").json()["items"] == []


def test_templates_are_listed_with_as_many_statements_however_many_there_are(call, desk, aoi):
    def make(count):
        for _one in range(count):
            fields = {"name": f"案内{ReplyTemplate.objects.count()}", "body": "箱", "owner_id": aoi.pk}
            actions.save_macro(viewer=desk, template=None, fields=fields, now=timezone.now())

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert len(call("get", "/reply-templates").json()["items"]) == ReplyTemplate.objects.count()
        return len(seen)

    make(2)
    statements()  # what is read once a process
    few = statements()
    make(12)
    assert statements() == few


def test_clues_say_what_may_be_used(call, holidays):
    assert call("get", f"/inquiries/{holidays[0].pk}/clues").json() == {"items": []}
