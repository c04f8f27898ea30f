"""Spaces of the tests."""

import pytest

from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Space


@pytest.fixture
def make_space(db, now):
    def make(slug, kind="discussion", audience_id=MEMBERS, **fields):
        fields = {"name": {"ja": slug, "en": slug}, "created_at": now, **fields}
        return Space.objects.create(slug=slug, kind=kind, audience_id=audience_id, **fields)

    return make


@pytest.fixture
def questions(make_space):
    return make_space("qa", kind="question", audience_id=PUBLIC)


@pytest.fixture
def staff_room(make_space):
    return make_space("staff-room", audience_id=STAFF)


@pytest.fixture
def ask(questions, viewer_of, now):
    """Return a function that asks a question as a member."""

    def make(member, title="配送が届きません", body="三日たっても届きません。", **fields):
        fields = {"space": questions, "now": now, **fields}
        return actions.open_topic(viewer=viewer_of(member), title=title, body=body, **fields)

    return make


@pytest.fixture
def reply(viewer_of, now):
    """Return a function that replies to a topic as a member."""

    def make(member, topic, body="お問い合わせ番号を確かめてください。", **fields):
        return actions.post_reply(viewer=viewer_of(member), topic=topic, body=body, **{"now": now, **fields})

    return make
