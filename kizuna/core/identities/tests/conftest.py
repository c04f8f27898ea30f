"""What tests of company sign-in do over and over."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.identities import actions, reading
from kizuna.core.identities.models import Provider
from kizuna.core.identities.tests.provider import CLIENT_ID, SECRET, FakeProvider, running
from kizuna.core.members import queries, signin
from kizuna.core.members.tests.conftest import enter, last_code  # noqa: F401

FIELDS = {
    "label": {"ja": "社員ID", "en": "Example ID"}, "issuer": "", "client_id": CLIENT_ID, "scopes": "openid email profile",
    "joining": "community", "domains": [], "is_trusted_for_addresses": False, "asks_second_step": False,
}  # fmt: skip


@pytest.fixture
def owner(aoi):
    """Return the viewer of an owner in a browser."""
    return queries.viewer_of(aoi, sign_in_id=1)


@pytest.fixture
def serve(settings):
    """Return a function that starts a provider and lets it be asked."""
    started = []

    def start() -> FakeProvider:
        context = running()
        provider = context.__enter__()
        started.append(context)
        listed = urlsplit(provider.issuer).netloc
        settings.KIZUNA_OUTBOUND_ALLOWED = frozenset({*settings.KIZUNA_OUTBOUND_ALLOWED, listed})
        return provider

    yield start
    for context in started:
        context.__exit__(None, None, None)


@pytest.fixture
def set_up(owner, serve):
    """Return a function that starts a provider, sets it up here and switches it on: (ours, theirs)."""

    def add(slug: str = "example", **fields) -> tuple[Provider, FakeProvider]:
        fake, now = serve(), timezone.now()
        said = {**FIELDS, "issuer": fake.issuer, **fields}
        row = actions.add_provider(viewer=owner, kind="oidc", slug=slug, fields=said, secret=SECRET, now=now)
        reading.read_issuer(row, now=now)
        actions.switch(viewer=owner, provider=row, is_on=True, now=now)
        return Provider.objects.get(pk=row.pk), fake

    return add


@pytest.fixture
def prove(owner):
    """Return a function that proves a domain for a provider."""

    def proven(provider: Provider, domain: str = "example.com") -> None:
        row = actions.add_domain(viewer=owner, provider=provider, domain=domain, now=timezone.now())
        record = f"kizuna-domain-verification={row.token}"
        assert actions.note_checked(row=row, found=[record], now=timezone.now())

    return proven


@pytest.fixture
def come():
    """Return a function that goes to a provider as `person` and comes back; returns the last response."""

    def by(client, provider: Provider, fake: FakeProvider, *, next: str = "", changed: dict | None = None, **person):
        started = client.get(f"/signin/company/{provider.slug}/" + (f"?next={next}" if next else ""))
        back = {**fake.consent(started.headers["Location"], **person), **(changed or {})}
        return client.get(f"/signin/company/{provider.slug}/callback/", back)

    return by


@pytest.fixture
def joining(db):
    """Return a function that sets how one joins."""
    return lambda mode: community.change_setting(keys.JOINING, value=mode, member_id=None)


def is_signed_in(client) -> bool:
    return signin.COOKIE in client.cookies and bool(client.cookies[signin.COOKIE].value)
