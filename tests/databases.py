"""Two communities with a database each, on SQLite or PostgreSQL, made once per process and migrated once."""

import os
import sqlite3
from collections.abc import Iterator
from contextvars import Context

import pytest

POSTGRESQL = os.environ.get("KIZUNA_TEST_DATABASE", "")
PRISTINE = "pristine"


def _url(slug: str, worker: str) -> str:
    return f"{POSTGRESQL}_{slug}_{worker}" if POSTGRESQL else ""


def _make_postgresql(url: str) -> None:
    import psycopg

    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")


@pytest.fixture(scope="session")
def communities(django_db_blocker, worker_id) -> dict:
    """Return {"sakura": Community, "minato": Community}, migrated."""
    from kizuna.base.hosting import directory
    from kizuna.interfaces.cli.commands.migrate import migrate_community

    made = {}
    for slug, hosts in (("sakura", ["sakura.test", "testserver"]), ("minato", ["minato.test"])):
        url = _url(slug, worker_id)
        if url:
            _make_postgresql(url)
        made[slug] = directory().add(slug=slug, hosts=hosts, database_url=url)
    with django_db_blocker.unblock():
        migrate_community(made["sakura"], verbosity=0)
        _keep(made["sakura"])
        _copy_pristine(made["sakura"], made["minato"])
    return made


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def django_db_setup(communities) -> None:
    """Replace pytest-django's own test database: ours are the communities', put back from a copy after a commit."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda self: None


@pytest.fixture
def sakura(communities, request, worker_id) -> Iterator:
    """Enter the community of the cast for the length of a test."""
    from kizuna.base.hosting import entered

    community = communities["sakura"]
    community.caches.clear()
    with entered(community):
        yield community
    if _is_transactional(request):
        _restore(community)


@pytest.fixture
def lent_communities(communities) -> Iterator[dict]:
    """Lend both databases to other processes, and put them back as they were."""
    yield communities
    for community in communities.values():
        Context().run(_restore, community)


@pytest.fixture
def _django_db_helper(sakura, _django_db_helper) -> None:
    """Enter the community before pytest-django opens its transaction, leave it after the rollback."""


def _is_transactional(request) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _keep(community, name: str = PRISTINE) -> None:
    """Put a copy of the database aside under a name; PRISTINE is the migrated one, for tests that commit."""
    _close(community)
    if community.database_url:
        _copy_postgresql(source=community.database_url, target=f"{community.database_url}_{name}")
        return
    with sqlite3.connect(community.folder / "db.sqlite3") as live, sqlite3.connect(_aside(community, name)) as copy:
        live.backup(copy)


def _restore(community, name: str = PRISTINE) -> None:
    _close(community)
    if community.database_url:
        _copy_postgresql(source=f"{community.database_url}_{name}", target=community.database_url)
        return
    with sqlite3.connect(_aside(community, name)) as copy, sqlite3.connect(community.folder / "db.sqlite3") as live:
        copy.backup(live)


def _close(community) -> None:
    from kizuna.base.hosting import entered

    with entered(community):
        from django.db import connection

        connection.close()


def _copy_pristine(source, target) -> None:
    """Make the second community's database, and its copy put aside, from the first one's: it spares the migrations."""
    target.make_folders()
    if target.database_url:
        for url in (target.database_url, f"{target.database_url}_{PRISTINE}"):
            _copy_postgresql(source=f"{source.database_url}_{PRISTINE}", target=url)
        return
    for file in (target.folder / "db.sqlite3", _aside(target, PRISTINE)):
        with sqlite3.connect(_aside(source, PRISTINE)) as copy, sqlite3.connect(file) as live:
            copy.backup(live)


def _aside(community, name: str):
    return community.folder / f"{name}.sqlite3"


def _copy_postgresql(*, source: str, target: str) -> None:
    import psycopg

    server, _, name = target.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source.rpartition("/")[2]}"')


def committed(community, make):
    """Commit what `make` writes into a community and return what it returns; `_restore` takes it back."""
    from kizuna.base.hosting import entered

    def inside():
        with entered(community):
            from django.db import connection, transaction

            with transaction.atomic():
                made = make()
            connection.close()
        community.caches.clear()
        return made

    return Context().run(inside)


def is_postgresql() -> bool:
    return bool(POSTGRESQL)
