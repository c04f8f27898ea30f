"""Usage as a sender would send it, and a community whose lake is empty."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from kizuna.success.customers.tests.conftest import account, desk, make_account, person  # noqa: F401
from kizuna.success.usage import folding
from kizuna.success.usage.intake import journal, usage_folder
from kizuna.success.usage.wire import journal_line

RECEIVED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def lake(sakura):
    """Return the community's folder of usage, empty before and after."""
    _empty()
    yield usage_folder()
    _empty()


def _empty() -> None:
    from kizuna.base import hosting

    if found := hosting.current().caches.pop("usage_journal", None):
        found.close()
    shutil.rmtree(usage_folder(), ignore_errors=True)


@pytest.fixture
def key(aoi, now):
    """Return a write key's row."""
    from kizuna.core.members import actions, queries

    return actions.make_token(
        viewer=queries.viewer_of(queries.system_member()), member=aoi, scopes=["usage:write"], now=now
    )[0]


def event(number: int = 0, **fields) -> dict:
    return {
        "type": "track",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "event": "Report Opened",
        "timestamp": (RECEIVED - timedelta(minutes=1)).isoformat(),
        **fields,
    }


def bring(*events: dict, key: int, received_at: datetime = RECEIVED, sent_at: datetime | None = None) -> None:
    """Write events as the interface does, and finish the segment."""
    from kizuna.base import hosting

    lines = [journal_line(one, kind="", key=key, received_at=received_at, sent_at=sent_at) for one in events]
    journal().append(b"".join(lines))
    hosting.current().caches.pop("usage_journal").close()


def fold(at: datetime = RECEIVED) -> int:
    return folding.fold_waiting(clock=lambda: at, seconds=60)


def kept(folder) -> list[dict]:
    """Return the rows of the lake."""
    import gzip

    rows = []
    for path in sorted(folder.glob("day=*/*.jsonl.gz")):
        with gzip.open(path) as file:
            rows += [json.loads(line) for line in file]
    return rows
