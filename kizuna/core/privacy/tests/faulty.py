"""A real worker that kills itself while a person is erased: `python -m kizuna.core.privacy.tests.faulty POINT NTH`."""

from kizuna.base.jobs.tests.faulty import Fault
from kizuna.base.jobs.tests.faulty import main as work

POINTS = ("before_a_step", "after_a_step", "after_a_file", "before_the_end")


def patch_erasing() -> None:
    """Pass a point before and after each step, after each file of the lake, and before the end; only this process is patched."""
    from kizuna.core.privacy.actions import erasing
    from kizuna.success.usage import forgetting

    erasing._run = _passing(erasing._run, before="before_a_step", after="after_a_step")
    erasing._finish = _passing(erasing._finish, before="before_the_end", after="")
    forgetting._rewritten = _passing(forgetting._rewritten, before="", after="after_a_file")


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
    patch_erasing()
    work(modules=("kizuna.core.privacy.jobs", "kizuna.success.usage.jobs"))


if __name__ == "__main__":
    main()
