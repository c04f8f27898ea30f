"""A community with secrets, made once for all tests of a module."""

from collections.abc import Iterator
from contextvars import Context

import pytest

from tests.cast import NOW
from tests.databases import _restore


@pytest.fixture(scope="module")
def world(communities, django_db_blocker) -> Iterator:
    """Commit the world into *sakura* for the length of a module; each test's own changes are rolled back."""
    community = communities["sakura"]
    with django_db_blocker.unblock():
        made = Context().run(_made, community)
    yield made
    with django_db_blocker.unblock():
        Context().run(_restore, community)


def _made(community):
    from django.db import connection, transaction

    from kizuna.base.hosting import entered
    from kizuna.base.jobs.runner import run_waiting
    from tests.world import make_world, plant_secrets

    with entered(community):
        with transaction.atomic():
            made = make_world(NOW)
            plant_secrets(made)
            run_waiting()
        connection.close()
    community.caches.clear()
    return made
