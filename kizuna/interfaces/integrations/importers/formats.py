"""The formats that can be imported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kizuna.interfaces.integrations.importers import discourse, faq, slack, stackexchange, sumo
from kizuna.interfaces.integrations.importers.records import Record


@dataclass(frozen=True)
class Format:
    """How a format is read, and what kind of space its topics belong into; "" when it holds no topics."""

    read: Callable[..., Iterator[Record]]
    space_kind: str


FORMATS = {
    "discourse": Format(discourse.read, "discussion"),
    "faq": Format(faq.read, ""),
    "slack": Format(slack.read, "discussion"),
    "stackexchange": Format(stackexchange.read, "question"),
    "sumo": Format(sumo.read, "question"),
}
