"""The map of people at a customer: who is there, who was lately, who has left, who recommends us, and what other apps say of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kizuna.base.registry import PersonMark, of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import seeing
from kizuna.success.customers.models import Account, Employment

LATELY = timedelta(days=30)
AWAY = timedelta(days=45)


@dataclass(frozen=True)
class Person:
    """One person on the map: their time there, when they were last seen in the community, and words with tones."""

    seat: Employment
    last_seen_on: date | None
    marks: list[tuple[str, str]]


def map_of(viewer: Viewer, account: Account, people: list[Employment], *, now: datetime) -> list[Person]:
    """Return the people with what is known of each; those who have left carry that alone."""
    today, judges = local_day(now), seeing.sees(viewer, seeing.JUDGEMENT)
    declared: dict[int, list[tuple[str, str]]] = {}
    here = [seat.contact for seat in people if seat.ended_at is None]
    for source in of(PersonMark):
        for contact_id, mark in source.marks(viewer=viewer, account=account, contacts=here).items():
            declared.setdefault(contact_id, []).append(mark)
    return [
        Person(
            seat,
            seat.contact.member.last_seen_on if seat.contact.member and seat.ended_at is None else None,
            [(_("Left"), "")]
            if seat.ended_at
            else [*_marks(seat, today, judges=judges), *declared.get(seat.contact_id, [])],
        )
        for seat in people
    ]


def summary_of(viewer: Viewer, people: list[Person], *, now: datetime) -> list[str]:
    """Say how many are there, were in the community lately, recommend us and have left; what is nobody's is not said."""
    today = local_day(now)
    here = [person for person in people if person.seat.ended_at is None]
    lately = [person for person in here if person.last_seen_on and today - person.last_seen_on <= LATELY]
    judges = seeing.sees(viewer, seeing.JUDGEMENT)
    recommending = [person for person in here if judges and person.seat.contact.recommends]
    left = len(people) - len(here)
    said = [
        (len(here), ngettext("%(n)d person there", "%(n)d people there", len(here))),
        (len(lately), ngettext("%(n)d in the community lately", "%(n)d in the community lately", len(lately))),
        (len(recommending), ngettext("%(n)d recommends us", "%(n)d recommend us", len(recommending))),
        (left, ngettext("%(n)d has left", "%(n)d have left", left)),
    ]
    return [words % {"n": count} for count, words in said if count]


def _marks(seat: Employment, today: date, *, judges: bool) -> list[tuple[str, str]]:
    marks = [(_("Recommends us"), "good")] if judges and seat.contact.recommends else []
    if seat.contact.member is None:
        return marks
    seen = seat.contact.member.last_seen_on
    if seen is not None and today - seen >= AWAY:
        return [*marks, (_("Away for 45 days or more"), "warn")]
    return [*marks, (_("Member"), "line")]
