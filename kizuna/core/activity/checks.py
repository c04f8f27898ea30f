"""Start-up proof: every name of `config.consumers` is a consumer, and no name stands twice."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from kizuna.base.jobs.checks import TAG
from kizuna.core.activity.consumers import Consumer


@register(TAG)
def check_consumers(**kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the list of consumers."""
    found: list[CheckMessage] = []
    names: Counter[str] = Counter()
    for dotted in settings.KIZUNA_CONSUMERS:
        try:
            consumer = import_string(dotted)
        except ImportError as error:
            found.append(Error(f"config.consumers: {error}", id="kizuna.E010"))
            continue
        if isinstance(consumer, Consumer):
            names[consumer.name] += 1
        else:
            found.append(Error(f"config.consumers: {dotted} is no Consumer.", id="kizuna.E011"))
    twice = [name for name, count in names.items() if count > 1]
    return found + [Error(f"config.consumers: {name!r} stands twice.", id="kizuna.E012") for name in twice]
