"""Telephone systems that sign what they tell."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from kizuna.base.hosting.links import base_url
from kizuna.interfaces.hooks.tests.twilio import signed_form
from kizuna.success.calls import actions
from kizuna.success.customers.tests.conftest import account, desk, ken, make_account, person  # noqa: F401

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def source(aoi, viewer_of):
    made, secret = actions.make_source(viewer=viewer_of(aoi), name="代表電話", kind="standard", now=timezone.now())
    made.secret = secret
    return made


@pytest.fixture
def told(source):
    """Return a function that sends one signed message and returns the answer."""

    def send(kind="call.missed", *, data=None, event="", at=None, secret="", body=None, client=None, **headers):
        moment = at or datetime.now(UTC)
        event = event or f"msg_{uuid.uuid4().hex}"
        message = {"type": kind, "timestamp": timezone.now().isoformat(), "data": data or {}}
        text = body if body is not None else json.dumps(message)
        signed = Webhook(secret or source.secret).sign(event, moment, text)
        heads = {"webhook-id": event, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": signed}
        return (client or Client()).post(
            f"/hooks/calls/{source.key}/", text, content_type="application/json", headers={**heads, **headers}
        )

    return send


@pytest.fixture
def twilio(aoi, viewer_of):
    """Return a function that sends a form as Twilio does, signed for the public address, which is not the one asked here."""
    made, _secret = actions.make_source(
        viewer=viewer_of(aoi), name="Twilio", kind="twilio", token=TOKEN, now=timezone.now()
    )

    def send(params, *, token=TOKEN, host="", query="", sent=None):
        path = f"/hooks/calls/twilio/{made.key}/{query}"
        body, signature = signed_form(f"{host or base_url()}{path}", params, token=token)
        return Client().post(
            path, sent if sent is not None else body, content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature},
        )  # fmt: skip

    return send
