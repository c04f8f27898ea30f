"""What a member says stands only where and while they agree, and nowhere from the moment they take it back."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.community.models import WordRule
from kizuna.core.community.queries import content_generation
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.testimonials import actions, queries
from kizuna.engagement.testimonials.actions import Words
from kizuna.engagement.testimonials.models import Testimonial

pytestmark = pytest.mark.django_db
SAID = "受注の確認が楽になりました。"


@pytest.fixture
def given(chie, viewer_of):
    """Return a function that gives words as Chie."""

    def give(text=SAID, **fields):
        fields = {"shown_name": "千恵", "in_community": True, "wording": "同意します", **fields}
        return actions.give(viewer=viewer_of(chie), words=Words(text=text, **fields), now=timezone.now())

    return give


@pytest.fixture
def approved(given, aoi, viewer_of):
    def make(**fields):
        row = given(**fields)
        return actions.decide(viewer=viewer_of(aoi), testimonial=row, is_approved=True, now=timezone.now())

    return make


def home(client):
    return client.get("/").content.decode()


def test_nothing_is_shown_before_staff_approve(client_of, given, aoi, chie, viewer_of, opened):
    row = given()
    visitor = client_of()
    assert SAID not in home(visitor)
    actions.decide(viewer=viewer_of(aoi), testimonial=row, is_approved=True, now=timezone.now())
    assert SAID in home(visitor)
    assert SAID in home(client_of(chie))


def test_taken_back_it_stands_nowhere_at_once(client_of, approved, aoi, chie, viewer_of, opened):
    row = approved(on_site=True, in_sales=True)
    clients = [client_of(), client_of(chie), client_of(aoi)]
    assert all(SAID in home(client) for client in clients)  # kept from now on
    answer = client_of(chie).post(f"/testimonials/{row.pk}/withdrawal/")
    assert answer.status_code == 302
    assert not any(SAID in home(client) for client in clients)
    assert SAID not in client_of(aoi).get("/studio/testimonials/").content.decode()
    today = local_day(timezone.now())
    assert not any(queries.holding(place=place, today=today).exists() for place in queries.PLACES)
    with pytest.raises(Refused):  # and nobody brings it back
        actions.decide(viewer=viewer_of(aoi), testimonial=row, is_approved=True, now=timezone.now())


def test_only_the_person_takes_it_back(client_of, approved, aoi, ben, viewer_of):
    row = approved()
    for member in (aoi, ben):
        assert client_of(member).post(f"/testimonials/{row.pk}/withdrawal/").status_code == 404
        with pytest.raises(Refused):
            actions.withdraw(viewer=viewer_of(member), testimonial=row, now=timezone.now())


def test_it_ends_with_its_last_day(approved, now):
    today = local_day(timezone.now())
    approved(until=today)
    assert queries.holding(place="community", today=today).count() == 1
    tomorrow = today + timedelta(days=1)
    assert queries.holding(place="community", today=tomorrow).count() == 0
    before = content_generation()
    assert actions.drop_expired(today=today) == 0
    assert actions.drop_expired(today=tomorrow) == 1
    assert content_generation() > before


def test_it_stands_only_in_the_places_agreed_to(approved):
    approved(in_community=False, on_site=True)
    today = local_day(timezone.now())
    assert {place: queries.holding(place=place, today=today).count() for place in queries.PLACES} == {
        "community": 0,
        "site": 1,
        "sales": 0,
    }


def test_words_of_a_suspended_member_are_not_shown(approved, chie):
    approved()
    Member.objects.filter(pk=chie.pk).update(state="suspended")
    assert not queries.holding(place="community", today=local_day(timezone.now())).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"in_community": False}, {"wording": ""}, {"text": "  "}, {"text": "x" * 601}, {"shown_name": ""},
        {"shown_name": "x" * 81}, {"until": timezone.now().date() - timedelta(days=2)},
    ],
)  # fmt: skip
def test_what_is_not_agreed_to_or_not_whole_is_refused(given, fields):
    with pytest.raises(Refused):
        given(**fields)
    assert not Testimonial.objects.exists()


def test_word_rules_hold_here_too(given, now):
    community.save_word_rule(word="だめことば", effect=WordRule.Effect.REFUSE, member_id=None, now=now)
    with pytest.raises(Refused):
        given(text="だめことば です")


def test_markup_is_shown_as_typed(client_of, approved, opened):
    approved(text="<script>alert(1)</script>", shown_name='"><img src=x>')
    page = home(client_of())
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;script&gt;" in page


def test_a_member_is_asked_once_told_and_answers(client_of, chie, aoi, ben, viewer_of, now):
    for _turn in range(2):
        actions.ask_member(viewer=viewer_of(aoi), member=chie, note="定期便のこと", now=now)
    with pytest.raises(Refused):
        actions.ask_member(viewer=viewer_of(ben), member=chie, note="", now=now)
    run_waiting()
    assert list(Notification.objects.values_list("member_id", "kind")) == [(chie.pk, "testimonial.asked")]
    client = client_of(chie)
    assert "定期便のこと" in client.get("/testimonials/").content.decode()
    data = {"text": SAID, "shown_name": "千恵", "places": ["in_community", "in_sales"], "agreed": "on"}
    assert client.post("/testimonials/", data).status_code == 302
    row = Testimonial.objects.get()
    assert (row.state, row.in_community, row.on_site, row.in_sales) == ("given", True, False, True)
    assert "営業資料" in row.wording
    assert row.consented_at is not None
    assert client.post("/testimonials/", {**data, "agreed": ""}).status_code == 422


def test_who_may_read_what_by_the_api(approved, aoi, chie, emi):
    approved(on_site=True)

    def ask(member, query):
        _row, secret = members.make_token(viewer=members.system_viewer(), member=member, scopes=(), now=timezone.now())
        return Client().get(f"/api/v1/testimonials{query}", headers={"Authorization": f"Bearer {secret}"})

    assert [item["text"] for item in ask(chie, "").json()["items"]] == [SAID]
    assert ask(chie, "?place=site").status_code == 404
    assert len(ask(emi, "?place=site").json()["items"]) == 1
    assert ask(aoi, "?place=sales").json() == {"items": [], "next": None}
    assert ask(aoi, "?place=x").status_code == 422
    assert "consent" not in json.dumps(ask(aoi, "").json())


def test_an_erased_person_leaves_no_words(approved, chie):
    approved()
    assert queries.personal_rows_of(chie)["testimonial"][0]["text"] == SAID
    actions.erase_person(chie)
    row = Testimonial.objects.get()
    assert (row.member, row.text, row.shown_name, row.state) == (None, "", "", "withdrawn")


def test_managers_alone_see_what_waits(client_of, given, chie, ben, emi, aoi):
    row = given()
    codes = [client_of(one).get("/studio/testimonials/").status_code for one in (chie, ben, emi, aoi)]
    assert codes == [403, 403, 403, 200]
    assert client_of(emi).post(f"/studio/testimonials/{row.pk}/", {"do": "approve"}).status_code == 403
    client_of(aoi).post(f"/studio/testimonials/{row.pk}/", {"do": "decline"})
    row.refresh_from_db()
    assert row.state == "declined"
