"""Texts to find."""

from datetime import UTC, datetime

import pytest

from kizuna.core.members.viewer import MEMBERS, PUBLIC
from kizuna.core.search import actions

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def write(db):
    """Return a function that indexes a topic, or a post of one, with defaults."""

    def write(number: int, title: str = "", body: str = "", **values) -> None:
        is_post = values.pop("post_of", None)
        actions.index(
            **{
                "target_type": "post" if is_post else "topic",
                "target_id": number,
                "parent_type": "topic",
                "parent_id": is_post or number,
                "kind": "question",
                "title": title,
                "body": body,
                "author_id": None,
                "audience_id": PUBLIC,
                "container_audience_id": PUBLIC,
                "created_at": WRITTEN,
                **values,
            }
        )

    return write


@pytest.fixture
def reader(chie, viewer_of):
    """Return the viewer of a plain member."""
    viewer = viewer_of(chie)
    assert {PUBLIC, MEMBERS} <= set(viewer.audience_ids)
    return viewer
