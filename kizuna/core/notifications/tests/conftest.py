import pytest

from kizuna.base.registry import resolve
from kizuna.core.activity.models import Activity
from kizuna.core.notifications import actions
from kizuna.core.notifications.tests import board


@pytest.fixture(autouse=True)
def _plain_installation(settings):
    """Neither the address nor the mail server of whoever runs the tests."""
    settings.KIZUNA_BASE_URL = settings.KIZUNA_MAIL_URL = ""


@pytest.fixture(autouse=True)
def notes(settings):
    """Declare the board, with one note that every member may see."""
    settings.KIZUNA_DECLARATIONS = [*settings.KIZUNA_DECLARATIONS, *board.NAMES]
    resolve._everything.cache_clear()
    board.NOTES.clear()
    board.NOTES[1] = board.Note(title="お知らせ板", body="中身の文章")
    yield board.NOTES
    resolve._everything.cache_clear()


@pytest.fixture
def happened(db, now):
    """Return a function that writes an activity."""

    def make(actor=None, **fields):
        return Activity.objects.create(verb="note.written", actor=actor, at=now, recorded_at=now, **fields)

    return make


@pytest.fixture
def told(happened, now):
    """Return a function that tells members of a new activity on note 1."""

    def tell(*members, actor=None, **options):
        activity = options.pop("activity", None) or happened(actor)
        actions.notify(
            **{
                "recipients": [member.pk for member in members],
                "kind": "note.written",
                "activity": activity,
                "target_type": "board_note",
                "target_id": 1,
                "actor_id": actor.pk if actor else None,
                "now": now,
                **options,
            }
        )
        return activity

    return tell
