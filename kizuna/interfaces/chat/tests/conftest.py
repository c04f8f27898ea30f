"""A LINE account served by a stand-in, and somebody who writes to it."""

import base64
import hashlib
import hmac
import itertools
import json

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.interfaces.chat import actions, line
from kizuna.interfaces.chat.tests.stand_in import standing_in
from kizuna.success.customers.tests.conftest import account, desk, ken, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_seeing import hide  # noqa: F401

SECRET = "0123456789abcdef0123456789abcdef"
KAORI = "U" + "4af4980629" * 3 + "ab"


@pytest.fixture
def outside(settings, monkeypatch):
    with standing_in() as made:
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({f"127.0.0.1:{made.port}"})
        monkeypatch.setattr(line, "API", made.url)
        monkeypatch.setattr(line, "CONTENT", made.url)
        yield made


@pytest.fixture
def channel(outside, aoi, viewer_of):
    return actions.make_channel(
        viewer=viewer_of(aoi), name="みせばこ公式", secret=SECRET, token=outside.token, now=timezone.now()
    )


@pytest.fixture
def knock(channel):
    """Return a function that sends events as LINE does, signed over the raw body."""
    numbers = itertools.count(1)

    def send(*events, secret=SECRET, signature="", body=None, key=""):
        told = [
            {
                "mode": "active", "timestamp": int(timezone.now().timestamp() * 1000) - 60_000 + next(numbers),
                "source": {"type": "user", "userId": KAORI}, "webhookEventId": f"01H{next(numbers):022d}",
                "deliveryContext": {"isRedelivery": False}, **event,
            }
            for event in events
        ]  # fmt: skip
        raw = body if body is not None else json.dumps({"destination": "Uffff", "events": told}).encode()
        right = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        return Client().post(
            f"/hooks/line/{key or channel.key}/", raw, content_type="application/json",
            headers={"X-Line-Signature": signature or right},
        )  # fmt: skip

    return send


@pytest.fixture
def write(knock):
    """Return a function that lets Kaori write a text, which is then taken in."""
    numbers = itertools.count(1)

    def say(text="注文の数を変えられますか？", **more):
        message = {"id": str(4680 + next(numbers)), "type": "text", "text": text}
        answer = knock({"type": "message", "message": message, **more})
        run_waiting()
        return answer

    return say
