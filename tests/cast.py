"""The people of the tests."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from kizuna.base import hosting

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


@pytest.fixture
def at_once(sakura):
    """Return a function that does acts at the same time, each on its own connection, and returns what each came to.

    For tests marked `django_db(transaction=True)`. What an act raises stands in its place among the results.
    """

    def run(acts: list[Callable[[], Any]]) -> list[Any]:
        results: list[Any] = []
        barrier = threading.Barrier(len(acts))

        def one(act: Callable[[], Any]) -> None:
            with hosting.entered(sakura), closing(connection):
                barrier.wait(10)
                try:
                    results.append(act())
                except Exception as error:
                    results.append(error)

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    return run
