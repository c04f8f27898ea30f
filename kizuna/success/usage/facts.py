"""What rules may ask about the use of the product: how often each thing was done for a customer, by day.

A group of the sender is a customer by its number (`Account.external_id`). Events without a group stand under nobody's name here.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from kizuna.base.rules import Dated, Fact, FactGroup, Kind
from kizuna.success.usage.models import UsageDayCount, UsageName, UsageSubject
from kizuna.success.usage.tally import TABLE

HEADING = {"ja": "製品の利用", "en": "Product usage"}
MOST_NAMES = 500  # the first ones known stay: a rule that names one does not lose it to a newcomer


def _facts() -> Iterator[Fact]:
    yield _count("events", {"ja": "利用の記録", "en": "usage events"}, {"ja": "件", "en": "usage event"})
    for name, *others in _alike():
        label = {"ja": f"「{name.name}」の利用", "en": f"uses of “{name.name}”"}
        ids = [name.pk, *(other.pk for other in others)]
        yield _count(f"name_{name.pk}", label, {"ja": "回", "en": f"use of “{name.name}”"}, name_id__in=ids)


def _alike() -> list[list[UsageName]]:
    """Return names as one fact each: an action is the same thing whether events tell of it or a table."""
    found: dict[tuple[str, str], list[UsageName]] = {}
    for name in UsageName.objects.exclude(name="").order_by("pk")[:MOST_NAMES]:
        found.setdefault(("track" if name.kind == TABLE else name.kind, name.name), []).append(name)
    return list(found.values())


def _count(word: str, label: dict[str, str], unit: dict[str, str], **narrowed: Any) -> Fact:
    return Fact(
        name=f"usage.{word}",
        entity="account",
        label=label,
        kind=Kind.COUNT,
        source=Dated(lambda: _named(**narrowed), "group__external_id", "count", day="day", key="external_id"),
        unit=unit,
        heading=HEADING,
    )


def _named(**narrowed: Any) -> QuerySet[Any]:
    counts = UsageDayCount.objects.filter(group__kind=UsageSubject.Kind.GROUP, **narrowed)
    return counts.exclude(group__external_id="")


FACTS = FactGroup("usage", _facts)
