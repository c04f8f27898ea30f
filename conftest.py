"""The fixed cast: community *sakura* with Aoi (owner), Ben (moderator), Chie (member), Emi (success manager); Dai in *minato*.

The suite runs on the database of KIZUNA_TEST_DATABASE: empty for SQLite, or a PostgreSQL URL whose database name is
used as a prefix. Every test runs inside *sakura*, in a transaction that is rolled back (or on a fresh copy when it is
marked `django_db(transaction=True)`).
"""

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long a machine takes is nothing that a test may fail for.
settings.register_profile("kizuna", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kizuna")

os.environ["DJANGO_SETTINGS_MODULE"] = "kizuna.config.settings"
os.environ["KIZUNA_HOME"] = tempfile.mkdtemp(prefix="kizuna-test-")
os.environ["KIZUNA_PROCESS"] = "web"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("KIZUNA_BASE_URL", None)

SAMPLE = 4

pytest_plugins = ["tests.cast", "tests.databases"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run tests marked slow")
    parser.addoption("--browser-tests", action="store_true", help="also run tests marked browser")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = {"slow": config.getoption("--slow"), "browser": config.getoption("--browser-tests")}
    kept = [item for item in items if all(on or item.get_closest_marker(mark) is None for mark, on in wanted.items())]
    if os.environ.get("KIZUNA_TEST_DATABASE"):  # what needs no database has been proven by the run on SQLite
        kept = [item for item in kept if _touches_database(item)]
        kept = kept if wanted["slow"] else _sampled(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _touches_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "communities", "sakura"}
    return item.get_closest_marker("django_db") is not None or bool(fixtures & set(getattr(item, "fixturenames", ())))


def _sampled(items: list[pytest.Item]) -> list[pytest.Item]:
    """Leave out three of four tests marked `sampled`, in turn: walks of Python's ways, seen whole on SQLite."""
    seen: Counter[str] = Counter()
    kept = []
    for item in items:
        if item.get_closest_marker("sampled") is None:
            kept.append(item)
            continue
        walk = item.nodeid.partition("[")[0]
        if seen[walk] % SAMPLE == 0:
            kept.append(item)
        seen[walk] += 1
    return kept


@pytest.fixture
def home() -> Path:
    return Path(os.environ["KIZUNA_HOME"])
