"""What usage holds about a person, for copies and erasures."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Erased, Person, PersonalData
from kizuna.success.usage import forgetting, queries
from kizuna.success.usage.models import UsageDayCount, UsageSubject
from kizuna.success.usage.tally import PERSON


def events(*, person: Person) -> Iterator[Any]:
    """Yield every event in the lake."""
    yield from forgetting.events_of(person)


def traits(*, person: Person) -> Iterator[Any]:
    """Yield what the customer's systems said about the person."""
    for subject in UsageSubject.objects.filter(kind=PERSON, external_id__in=queries.ids_of(person)):
        for name, value in sorted(subject.traits.items()):
            yield {"person": subject.external_id, "name": name, "value": value}


def counts(*, person: Person) -> Iterator[Any]:
    """Yield how often the person did what on which day."""
    rows = UsageDayCount.objects.filter(person__kind=PERSON, person__external_id__in=queries.ids_of(person))
    columns = ("day", "name__kind", "name__name", "group__external_id", "count")
    yield from rows.order_by("day", "id").values(*columns).iterator(chunk_size=1000)


def forget(*, person: Person, now: datetime) -> Erased:
    """Put the person's events and counts under nobody."""
    return forgetting.forget_person(person=person, now=now)


EVENTS = PersonalData(
    "usage.events", _("Usage events"), (), events, erase=forget, is_outside=True, is_long=True, order=40
)
TRAITS = PersonalData("usage.traits", _("What your product said"), (), traits)
COUNTS = PersonalData("usage.counts", _("Usage by day"), (), counts)
