"""What surveys hold about a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData
from kizuna.engagement.surveys import actions
from kizuna.engagement.surveys.models import Response


def answers(*, person: Person) -> Iterator[Any]:
    """Yield what the person answered."""
    rows = Response.objects.filter(actions.answered_by(person)).order_by("answered_at", "id")
    columns = ("answered_at", "survey__title", "score", "comment", "external_id")
    yield from rows.values(*columns).iterator(chunk_size=1000)


ANSWERS = PersonalData(
    "surveys.answers",
    _("Answers to surveys"),
    ("surveys.Response.member",),
    answers,
    erase=actions.forget_person,
    order=20,
    kept_because=_("Scores stay in the counts, without name and words."),
)
