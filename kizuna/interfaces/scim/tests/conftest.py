"""A directory's side: its token, and a client of scim2-client that asks by Django's test client."""

import json
from urllib.parse import urlsplit
from wsgiref.headers import Headers

import pytest
from django.test import Client
from django.utils import timezone
from scim2_client.engines.inprocess import InProcessResponse
from scim2_client.engines.wsgi import WSGISCIMClient

from kizuna.core.members.actions import make_token, system_viewer


class DirectoryClient(WSGISCIMClient):
    """Asks the service inside the test's own transaction."""

    def request(self, method: str, url: str, **kwargs) -> InProcessResponse:
        from scim2_client.engines.inprocess import _prepare_request

        asked = _prepare_request(self.base_url, self.headers, method, url, **kwargs)
        parts = asked.url if hasattr(asked.url, "path") else urlsplit(asked.url)
        heads = dict(asked.headers)
        kind = next((value for name, value in heads.items() if name.lower() == "content-type"), "application/scim+json")
        response = Client().generic(
            method,
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            data=asked.body,
            content_type=kind,
            headers=heads,
        )
        return InProcessResponse(
            status_code=response.status_code, headers=Headers(list(response.headers.items())), content=response.content
        )


@pytest.fixture
def token(aoi):
    """Return a token of the directory."""
    return make_token(viewer=system_viewer(), member=aoi, scopes=["scim"], now=timezone.now())[1]


@pytest.fixture
def directory_client(token):
    return DirectoryClient(None, base_url="http://testserver/scim/v2", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def ask(token):
    """Return a function that asks the service plainly: (status, body)."""

    def asking(method: str, path: str, body=None, *, bearer: str | None = None, kind: str = "application/scim+json"):
        secret = token if bearer is None else bearer
        response = Client().generic(
            method, f"/scim/v2{path}", data="" if body is None else json.dumps(body), content_type=kind,
            headers={"Authorization": f"Bearer {secret}"} if secret else {},
        )  # fmt: skip
        return response.status_code, json.loads(response.content) if response.content else None

    return asking
