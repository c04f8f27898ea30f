"""A caller of the API."""

import json
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.core.members import actions as members
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions.models import Space


@pytest.fixture
def api(db):
    """Return a function from a member (or None) to a caller with that member's token."""

    def make(member=None, scopes=(), **headers):
        if member is not None:
            _row, secret = members.make_token(
                viewer=members.system_viewer(), member=member, scopes=scopes, now=timezone.now()
            )
            headers["Authorization"] = f"Bearer {secret}"
        client = Client(raise_request_exception=False)

        def call(method, path, body=None, **extra):
            sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
            sent = {**sent, **extra}
            given = {**headers, **sent.pop("headers", {})}
            return client.generic(method, f"/api/v1{path}", headers=given, **sent)

        def get(path):
            return call("GET", path)

        def post(path, body, **headers):
            return call("POST", path, body, headers={name.replace("_", "-"): value for name, value in headers.items()})

        return SimpleNamespace(call=call, get=get, post=post)

    return make


@pytest.fixture
def spaces(db):
    """Return a question space for everybody, one for members and one for staff."""

    def make(slug, kind, audience_id):
        names = {"ja": slug, "en": slug}
        return Space.objects.create(
            slug=slug, kind=kind, audience_id=audience_id, name=names, created_at=timezone.now(), position=5
        )

    return SimpleNamespace(
        qa=make("qa", "question", PUBLIC),
        talk=make("talk", "discussion", MEMBERS),
        desk=make("desk", "discussion", STAFF),
    )
