"""A person's copy holds what may be shown of their calls; an erasure leaves that they were, without name and words."""

from datetime import timedelta

import pytest

from kizuna.base.registry import Person
from kizuna.base.registry.personal import described
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.encounters import actions, personal
from kizuna.success.encounters.models import Encounter, EncounterPerson, EncounterVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(desk, account, now):
    """Return a function that writes a call down."""

    def write(title: str, body: str, *people, **fields) -> Encounter:
        said = {"kind": "call", "at": now - timedelta(hours=3), "title": title, "body": body}
        said |= {"contact_ids": [one.pk for one in people], **fields}
        return actions.log_encounter(viewer=desk, account=account, fields=said, now=now)

    return write


@pytest.fixture
def whole(person) -> Person:
    return described(Person(contact_id=person.pk))


def test_the_copy_shows_what_may_be_shown_and_withholds_the_rest(log, person, whole):
    log("納期の相談", "倉庫の都合", person, is_internal=False)
    log("値引きの余地", "渋い", person)
    log("別の方", "よその話", is_internal=False)
    assert [(row["title"], row["body"]) for row in personal.shared(person=whole)] == [("納期の相談", "倉庫の都合")]
    assert [row["title"] for row in personal.internal(person=whole)] == ["値引きの余地"]
    assert personal.INTERNAL.disclosure == "withheld"


def test_an_erasure_blanks_calls_with_the_person_alone(log, person, whole, desk, account, now):
    call = log("腰痛で休職", "秋に戻る", person)
    fields = {"kind": "call", "at": call.at, "title": "休職", "body": "来春に戻る", "contact_ids": [person.pk]}
    actions.edit_encounter(viewer=desk, encounter=call, fields=fields, now=now)
    first = actions.forget_person(person=whole, now=now)
    call.refresh_from_db()
    assert (call.title, call.body) == (customers.gone_words(), "")
    assert not EncounterVersion.objects.exists()
    assert EncounterPerson.objects.get().contact_id == person.pk, "the nameless person still counts"
    touch = Touchpoint.objects.get(source_type="encounter")
    assert (touch.title, touch.excerpt, touch.search_text) == ("", "", "")
    again = actions.forget_person(person=whole, now=now)
    assert (first.kept, again.removed, again.kept) == (1, 0, 1)


def test_an_erasure_covers_the_name_where_others_took_part(log, person, whole, desk, account, now):
    other = customers.add_contact(viewer=desk, account=account, fields={"name": "佐野 健"}, now=now)
    both = log("三浦 香織さんと佐野さん", "三浦　香織さんが説明", person, other)
    nobody = log("社内の打ち合わせ", "三浦香織さんの件", kind="meeting")
    fields = {"kind": "call", "at": both.at, "title": "二人と", "body": "続き", "contact_ids": [other.pk]}
    actions.edit_encounter(viewer=desk, encounter=both, fields=fields, now=now)
    actions.forget_person(person=whole, now=now)
    nobody.refresh_from_db()
    assert nobody.body == "■■■さんの件"
    state = EncounterVersion.objects.get().state
    assert (state["title"], state["body"]) == ("■■■さんと佐野さん", "■■■さんが説明")
