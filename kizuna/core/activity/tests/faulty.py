"""A real worker with two consumers that kills itself inside or between them."""

from kizuna.base.jobs.tests.faulty import Fault, leave_mark
from kizuna.base.jobs.tests.faulty import main as work
from kizuna.core.activity.consumers import EVERY_VERB, Consumer
from kizuna.core.activity.types import ActivityType

POINTS = ("inside_first", "between", "inside_second", "inside_last")

HAPPENED = ActivityType("faulty.happened", "Something happened in a test.")


def take_first(*, activity) -> None:
    leave_mark(f"first {activity.pk} a")
    Fault.at("inside_first")
    leave_mark(f"first {activity.pk} b")


def take_second(*, activity) -> None:
    Fault.at("between")
    leave_mark(f"second {activity.pk}")
    Fault.at("inside_second")


def break_always(*, activity) -> None:
    leave_mark(f"broken {activity.pk}")
    raise ValueError("broken on purpose")


def take_last(*, activity) -> None:
    leave_mark(f"last {activity.pk}")
    Fault.at("inside_last")


FIRST = Consumer("first", EVERY_VERB, take_first)
SECOND = Consumer("second", EVERY_VERB, take_second, historical=True)
BROKEN = Consumer("broken", EVERY_VERB, break_always)
LAST = Consumer("last", EVERY_VERB, take_last)
CONSUMERS = tuple(f"{__name__}.{name}" for name in ("FIRST", "SECOND", "BROKEN", "LAST"))


if __name__ == "__main__":
    from kizuna.core.activity.tests import faulty

    work(modules=("kizuna.core.activity.delivery", "kizuna.core.activity.rollups"), consumers=faulty.CONSUMERS)
