"""A real worker that kills itself around the sending of a mail: `python -m kizuna.core.notifications.tests.faulty POINT NTH`."""

from kizuna.base.jobs.tests.faulty import Fault
from kizuna.base.jobs.tests.faulty import main as work

POINTS = ("before_the_attempt", "before_sending", "after_sending", "after_the_note")


def patch_sending() -> None:
    """Pass a point before and after each step; only this process is patched."""
    from kizuna.core.notifications.actions import sending

    sending._begin = _passing(sending._begin, before="before_the_attempt", after="before_sending")
    sending._end_well = _passing(sending._end_well, before="after_sending", after="after_the_note")


def _passing(function, *, before: str, after: str):
    def wrapper(*args, **kwargs):
        Fault.at(before)
        result = function(*args, **kwargs)
        Fault.at(after)
        return result

    return wrapper


def main() -> None:
    import django

    django.setup()
    patch_sending()
    work(modules=("kizuna.core.notifications.jobs",))


if __name__ == "__main__":
    main()
