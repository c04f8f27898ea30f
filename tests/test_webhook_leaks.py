"""Everything in the small world is told to an owner's endpoint: no word of anybody leaves with it."""

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.models import Delivery
from kizuna.interfaces.webhooks.tests.receiver import receiving
from tests.world import COMMON, MARKS

pytestmark = pytest.mark.django_db


def test_no_mark_of_any_private_thing_leaves(world, settings):
    with receiving() as receiver:
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({f"127.0.0.1:{receiver.port}"})
        viewer = world.viewer("aoi")
        made, _secret = actions.make_endpoint(viewer=viewer, url=receiver.url, now=timezone.now())
        with transaction.atomic():
            for activity in Activity.objects.order_by("pk"):
                actions.tell_endpoints(activity=activity)
        run_waiting()
        run_waiting()
    bodies = "\n".join(item.body for item in receiver.received)
    assert len(receiver.received) > 30
    assert COMMON not in bodies
    assert not [mark for mark in MARKS if mark in bodies]
    assert Delivery.objects.filter(endpoint=made, state="done").count() == len(receiver.received)
    dropped = set(Delivery.objects.filter(endpoint=made, state="dropped").values_list("verb", flat=True))
    assert dropped, "the world holds things that are gone"
