"""A community with secrets, made once for all tests."""

from collections.abc import Iterator
from contextvars import Context
from copy import deepcopy

import pytest
from django.db import transaction

from kizuna.base import hosting
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from tests.cast import NOW, make_member
from tests.databases import _keep, _restore, committed

WORLD = "world"


@pytest.fixture(scope="session")
def first_world(communities, django_db_blocker):
    """Make the world and put its database aside: it takes seconds, and many modules want it."""
    community = communities["sakura"]
    with django_db_blocker.unblock():
        # What other modules took back has moved PostgreSQL's sequences on, and addresses here name the first rows.
        Context().run(_restore, community)
        made = committed(community, _made)
        Context().run(_keep, community, WORLD)
        Context().run(_restore, community)
    return made


@pytest.fixture(scope="module")
def world(first_world, communities, django_db_blocker) -> Iterator:
    """Put the world into *sakura* for the length of a module; each test's own changes are rolled back."""
    community = communities["sakura"]
    with django_db_blocker.unblock():
        Context().run(_restore, community, WORLD)
    community.caches.clear()
    yield deepcopy(first_world)
    with django_db_blocker.unblock():
        Context().run(_restore, community)


def _made():
    from kizuna.base.jobs.runner import run_waiting
    from tests.secrets import plant_more
    from tests.world import make_world, plant_secrets

    made = make_world(NOW)
    plant_secrets(made)
    plant_more(made)
    run_waiting()
    return made


class Undo(Exception):
    """Takes a transaction of the walk back."""


@pytest.fixture
def stranger_cookie(communities) -> str:
    """Return the cookie of somebody signed in to the other community."""

    def inside() -> str:
        with hosting.entered(communities["minato"]):
            try:
                with transaction.atomic():
                    dai = make_member("dai", "owner")
                    cookie = members.start_sign_in(member=dai, method="test", now=dai.joined_at)
                    raise Undo
            except Undo:
                return cookie

    return Context().run(inside)


@pytest.fixture
def client_for(client_of, world, stranger_cookie):
    """Return a function from a column of the table to a client."""

    def make(person: str):
        if person == "suspended":
            zen = world.members["zen"]
            type(zen).objects.filter(pk=zen.pk).update(state="active")
            client = client_of(zen, raise_request_exception=False)
            type(zen).objects.filter(pk=zen.pk).update(state="suspended")
            signin.forget_member(zen.pk)
            return client
        client = client_of(world.members.get(person), raise_request_exception=False)
        if person == "stranger":
            client.cookies[signin.COOKIE] = stranger_cookie
        return client

    return make
