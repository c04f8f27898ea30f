"""A real worker that kills itself while LINE is heard or answered: `python -m kizuna.interfaces.chat.tests.faulty POINT NTH`."""

import os

import django

from kizuna.base.jobs.tests.faulty import Fault
from kizuna.base.jobs.tests.faulty import main as work

POINTS_IN = ("before_files", "before_the_note", "after_the_note")
POINTS_OUT = ("before_sending", "after_sending", "after_telling")
ADDRESS = "KIZUNA_TEST_LINE"
MODULES = (
    "kizuna.interfaces.chat.jobs", "kizuna.success.inbox.jobs", "kizuna.core.activity.delivery", "kizuna.core.activity.rollups",
    "kizuna.core.search.jobs", "kizuna.core.files.jobs",
)  # fmt: skip


def patch() -> None:
    """Pass a point around each step, and ask the stand-in; only this process is patched."""
    from kizuna.interfaces.chat import line
    from kizuna.interfaces.chat.actions import taking
    from kizuna.success.inbox.actions import delivering

    line.API = line.CONTENT = os.environ[ADDRESS]
    taking._stored = _passing(taking._stored, before="before_files")
    taking._understand = _passing(taking._understand, after="before_the_note")
    taking._take = _passing(taking._take, after="after_the_note")
    line.push = _passing(line.push, before="before_sending", after="after_sending")
    delivering.note_sent = _passing(delivering.note_sent, after="after_telling")


def _passing(function, *, before: str = "", after: str = ""):
    def wrapper(*args, **kwargs):
        Fault.at(before)
        result = function(*args, **kwargs)
        Fault.at(after)
        return result

    return wrapper


if __name__ == "__main__":
    django.setup()
    patch()
    work(modules=MODULES)
