"""A real worker that kills itself while mail comes in or goes out: `python -m kizuna.success.mailbox.tests.faulty POINT NTH`."""

import django

from kizuna.base.jobs.tests.faulty import Fault
from kizuna.base.jobs.tests.faulty import main as work

POINTS_IN = ("before_files", "before_taking", "before_the_note", "after_the_note")
POINTS_RECEIVED = ("before_its_line", "after_its_line", "after_sending")
POINTS_OUT = ("before_writing", "before_sending", "after_sending", "after_telling")
MODULES = (
    "kizuna.core.inbound.jobs", "kizuna.core.notifications.jobs", "kizuna.success.inbox.jobs", "kizuna.core.activity.delivery",
    "kizuna.core.activity.rollups", "kizuna.core.search.jobs",
)  # fmt: skip


def patch() -> None:
    """Pass a point around each step; only this process is patched."""
    from kizuna.core.inbound.actions import taking
    from kizuna.core.notifications.delivery import transport
    from kizuna.success.inbox.actions import delivering
    from kizuna.success.mailbox import sending
    from kizuna.success.mailbox.actions import acknowledging

    taking._with_files = _passing(taking._with_files, before="before_files")
    taking._taken = _passing(taking._taken, before="before_taking")
    taking._note = _passing(taking._note, before="before_the_note", after="after_the_note")
    sending._written = _passing(sending._written, before="before_writing", after="before_sending")
    transport._SMTP.send = _passing(transport._SMTP.send, after="after_sending")
    acknowledging.note_line = _passing(acknowledging.note_line, before="before_its_line", after="after_its_line")
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
    work(modules=MODULES, consumers=("kizuna.success.mailbox.consumers.RECEIVED",))
