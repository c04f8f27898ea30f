"""The people of the tests."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 12:00 in Tokyo, a Sunday before a holiday


@pytest.fixture
def now() -> datetime:
    return NOW


def make_member(handle: str, *roles: str, **fields):
    """Return a new active member holding `roles`."""
    from kizuna.core.members.models import Member, RoleGrant

    fields = {
        "name": handle.capitalize(),
        "email": f"{handle}@example.com",
        "email_key": f"{handle}@example.com",
        "joined_at": NOW,
        **fields,
    }
    member = Member.objects.create(handle=handle, **fields)
    RoleGrant.objects.bulk_create([RoleGrant(member=member, role=role, granted_at=NOW) for role in roles])
    return member


@pytest.fixture
def aoi(db):
    return make_member("aoi", "owner", name="木村 あおい", kana="きむら あおい")


@pytest.fixture
def ben(db):
    return make_member("ben", "moderator")


@pytest.fixture
def chie(db):
    return make_member("chie", name="千恵", kana="ちえ")


@pytest.fixture
def emi(db):
    return make_member("emi", "success_manager")


@pytest.fixture
def viewer_of(db):
    """Return a function from member (or None for a visitor) to Viewer."""
    from kizuna.core.members import queries

    return lambda member: queries.viewer_of(member) if member else queries.visitor()


@pytest.fixture
def client_of(db):
    """Return a function from member (or None) to a Django test client signed in as that member."""
    from django.test import Client

    from kizuna.core.members import actions, signin

    def make(member=None, **options) -> Client:
        client = Client(**options)
        if member is not None:
            client.cookies[signin.COOKIE] = actions.start_sign_in(member=member, method="test", now=_clock())
        return client

    return make


def _clock() -> datetime:
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def opened(db):
    """Open the community to visitors."""
    from kizuna.core.community import actions
    from kizuna.core.community import settings as keys

    actions.change_setting(keys.IS_OPEN, value=True, member_id=None)
