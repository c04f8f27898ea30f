"""What follows an activity: consumers, declared by the apps, listed in order in `config.consumers`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from kizuna.core.activity.types import ActivityType

EVERY_VERB = "*"


@dataclass(frozen=True)
class Consumer:
    """A reaction to activities. `handle(activity=)` runs in its own transaction, exactly once per activity.

    `verbs`: verbs or activity types, or `EVERY_VERB`. `historical`: also reached by imported history (never for mail,
    webhooks or awards). `replayable`: a rebuild may call it again after its results were cleared.
    `only_when()`: a cheap question asked before the transaction; while it says no, activities pass the consumer by for good.
    Effects outside the database do not belong here: enqueue a job whose effects are "outside".
    """

    name: str
    verbs: Collection[str | ActivityType] | str
    handle: Callable[..., Any]
    historical: bool = False
    replayable: bool = False
    only_when: Callable[[], bool] | None = None

    @property
    def is_waiting(self) -> bool:
        """Say whether anybody waits for what this consumer does just now."""
        return self.only_when is None or self.only_when()

    def wants(self, verb: str) -> bool:
        """Say whether this consumer reacts to `verb`."""
        return self.verbs == EVERY_VERB or verb in self._verb_names()

    def _verb_names(self) -> frozenset[str]:
        names = (item.verb if isinstance(item, ActivityType) else item for item in self.verbs)
        return frozenset(names)


@cache
def all_consumers() -> tuple[Consumer, ...]:
    """Return the consumers in the order of the list in config."""
    return tuple(import_string(dotted) for dotted in settings.KIZUNA_CONSUMERS)


def consumers_of(verb: str) -> list[Consumer]:
    """Return the consumers that react to `verb`, in order."""
    return [consumer for consumer in all_consumers() if consumer.wants(verb)]


def consumer_named(name: str) -> Consumer | None:
    return next((consumer for consumer in all_consumers() if consumer.name == name), None)
