"""Start-up proofs: every module of `config.jobs` loads, no name stands twice, every scheduled name is declared."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from kizuna.base.jobs.declared import all_declared
from kizuna.base.jobs.schedule import BadSchedule, parse

TAG = "kizuna"


@register(TAG)
def check_jobs(**kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the declared jobs and the schedule."""
    try:
        names = Counter(declared.name for declared in all_declared())
    except ImportError as error:
        return [Error(f"config.jobs: {error}", id="kizuna.E001")]
    twice = [name for name, count in names.items() if count > 1]
    found: list[CheckMessage] = [Error(f"The job {name!r} is declared twice.", id="kizuna.E002") for name in twice]
    for name, text in settings.KIZUNA_SCHEDULE:
        if name not in names:
            found.append(Error(f"config.schedule: no job {name!r} is declared.", id="kizuna.E003"))
        try:
            parse(text)
        except BadSchedule as error:
            found.append(Error(f"config.schedule: {error}", id="kizuna.E004"))
    if scheduled_twice := [n for n, count in Counter(n for n, _ in settings.KIZUNA_SCHEDULE).items() if count > 1]:
        found.append(Error(f"config.schedule: {scheduled_twice} stand twice.", id="kizuna.E005"))
    return found
