import pytest

from kizuna.interfaces.ingest.tests.serving import served


@pytest.fixture
def server(lent_communities, tmp_path, django_db_blocker):
    """Return a running server with an empty lake."""
    with django_db_blocker.unblock(), served(tmp_path / "home", lent_communities["sakura"]) as made:
        yield made
