"""A person's copy holds their answers; an erasure leaves the score alone."""

import pytest

from kizuna.base.registry import Person
from kizuna.engagement.surveys import actions, personal
from kizuna.engagement.surveys.models import Response
from kizuna.engagement.surveys.queries import latest_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(emi, viewer_of, now):
    """Return a function that notes an answer."""
    desk = viewer_of(emi)
    survey = actions.make_survey(viewer=desk, title="秋のNPS", now=now)

    def note(score=3, comment="腰痛で使えない", **fields) -> Response:
        row = {"score": score, "comment": comment, "answered_at": now, "survey_id": survey.pk, **fields}
        return actions.note_responses(viewer=desk, rows=[row], now=now)[0]

    return note


def test_the_copy_holds_the_answers_of_the_person_alone(answer, chie, ben):
    answer(contact_id=7)
    answer(9, member_id=chie.pk)
    answer(1, member_id=ben.pk)
    answer(2, contact_id=8)
    found = list(personal.answers(person=Person(contact_id=7, member_id=chie.pk)))
    assert [(row["survey__title"], row["score"]) for row in found] == [("秋のNPS", 3), ("秋のNPS", 9)]


def test_an_erasure_leaves_scores_without_words(answer, chie, now):
    kept = answer(contact_id=7, external_id="A-1", member_id=chie.pk)
    other = answer(9, "ほかの方", contact_id=8)
    before = latest_scores(kept.survey)
    person = Person(contact_id=7, member_id=chie.pk)
    assert actions.forget_person(person=person, now=now).kept == 1
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.score, kept.comment, kept.external_id, kept.member) == (3, "", "", None)
    assert other.comment == "ほかの方"
    assert latest_scores(kept.survey) == before
    assert actions.forget_person(person=person, now=now).removed == 0


def test_whoever_only_leaves_the_community_keeps_the_answers_of_the_contact(answer, chie, now):
    answer(contact_id=7, member_id=chie.pk)
    actions.forget_person(person=Person(member_id=chie.pk), now=now)
    assert Response.objects.get().comment == "腰痛で使えない"
