"""One effect for one key, however many send it at once."""

import threading
from contextlib import closing

import pytest
from django.db import connection

from kizuna.base import hosting
from kizuna.engagement.discussions.models import Topic
from kizuna.interfaces.api.models import IdempotencyKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_sent_eight_times_at_once_has_one_effect(api, aoi, spaces, sakura):
    caller = api(aoi)
    answers = []

    def send():
        with hosting.entered(sakura), closing(connection):
            sent = {"space": "qa", "title": "同時", "body": "同時"}
            answers.append(caller.post("/topics", sent, Idempotency_Key="k1"))

    threads = [threading.Thread(target=send) for _turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # The database was busy for too long for some, who may send it again; nobody gets another answer.
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Topic.objects.count() == IdempotencyKey.objects.count() == 1
