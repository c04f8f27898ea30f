"""A real worker that kills itself around the sending of a message: `python -m kizuna.interfaces.webhooks.tests.faulty POINT NTH`."""

from kizuna.base import registry
from kizuna.base.jobs.tests.faulty import Fault
from kizuna.base.jobs.tests.faulty import main as work

POINTS = ("before_sending", "after_sending", "after_the_note")


def patch_sending() -> None:
    """Pass a point before and after each step; only this process is patched."""
    from kizuna.interfaces.webhooks.actions import sending

    sending._sent = _passing(sending._sent, before="before_sending", after="after_sending")
    sending.note = _passing(sending.note, before="", after="after_the_note")


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
    registry.problems()  # everything is imported before work begins, as `kizuna worker` does
    patch_sending()
    work(modules=("kizuna.interfaces.webhooks.jobs",))


if __name__ == "__main__":
    main()
