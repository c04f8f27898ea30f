"""Two workers at once: one message is sent by one of them."""

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.actions import sending
from kizuna.interfaces.webhooks.actions.noting import Outcome, note
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_never_send_one_message_at_the_same_time(endpoint, receiver, aoi, viewer_of, at_once):
    receiver.delay = 0.1
    for _ in range(5):
        actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    results = at_once([lambda: sending.hand_out(now=timezone.now())] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert len(receiver.received) == 5
    assert receiver.most_at_once == 1
    assert len({item.event for item in receiver.received}) == 5


def test_whoever_lost_the_lease_notes_nothing_and_stops(endpoint, receiver, aoi, viewer_of):
    delivery = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    Endpoint.objects.update(held_by="another", held_until=timezone.now())
    assert note(delivery, "me", Outcome(5, 204), now=timezone.now()) is False
    assert not sending._send_next(endpoint.pk, "me")
    assert Delivery.objects.get().state == "waiting"
    assert not Attempt.objects.exists()
    assert not receiver.received


def test_nothing_is_sent_inside_a_transaction(endpoint, receiver, aoi, viewer_of, monkeypatch):
    seen = []
    real = sending.fetch

    def watching(*args, **kwargs):
        seen.append(transaction.get_connection().in_atomic_block)
        return real(*args, **kwargs)

    monkeypatch.setattr(sending, "fetch", watching)
    actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    sending.hand_out(now=timezone.now())
    assert seen == [False]


def test_paused_while_it_is_being_sent_the_rest_waits(endpoint, receiver, aoi, viewer_of, monkeypatch):
    real = sending.fetch

    def pausing(*args, **kwargs):
        answer = real(*args, **kwargs)
        actions.pause(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
        return answer

    monkeypatch.setattr(sending, "fetch", pausing)
    for _ in range(3):
        actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    sending.hand_out(now=timezone.now())
    assert len(receiver.received) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["done", "waiting", "waiting"]


def test_removed_while_it_is_being_sent_is_no_error(endpoint, receiver, aoi, viewer_of, monkeypatch):
    real = sending.fetch

    def removing(*args, **kwargs):
        answer = real(*args, **kwargs)
        actions.remove_endpoint(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
        return answer

    monkeypatch.setattr(sending, "fetch", removing)
    actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    sending.hand_out(now=timezone.now())
    assert not Delivery.objects.exists()
