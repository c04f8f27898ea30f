"""Answers that a program sends: whose they are is checked, and they stand on the timeline as those of tables do."""

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.engagement.surveys.models import Response, Survey
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(api, emi):
    """Return a function that sends an answer and returns status and body."""
    call = api(emi)
    survey = call("POST", "/surveys", {"title": "秋のNPS"}).json()

    def answer(**fields):
        got = call("POST", f"/surveys/{survey['id']}/responses", {"score": 9, **fields})
        return got.status_code, got.json()

    return answer


def touches(account) -> list[str]:
    run_waiting()
    return list(Touchpoint.objects.filter(account=account, channel="survey").values_list("title", flat=True))


def test_an_answer_stands_on_the_timeline_of_the_customer_and_person(send, account, person):
    status, body = send(account_id=account.pk, contact_id=person.pk, comment="助かっています")
    assert (status, body["account_id"], body["contact_id"]) == (201, account.pk, person.pk)
    assert touches(account) == ["秋のNPS: 9/10"]
    account.refresh_from_db()
    assert account.last_touched_at == Response.objects.get().answered_at


def test_the_customer_follows_from_the_person_and_the_person_from_the_member(send, account, person, chie, desk, now):
    assert send(contact_id=person.pk)[1]["account_id"] == account.pk
    customers.link_member(viewer=desk, contact=person, member=chie, now=now)
    body = send(member="chie")[1]
    assert (body["account_id"], body["contact_id"]) == (account.pk, person.pk)
    assert send(contact_id=person.pk)[1]["member"] == "chie"
    assert len(touches(account)) == 3


def test_an_answer_of_nobody_known_is_taken_and_touches_nobody(send, account):
    assert send(comment="どなたでしょう")[0] == 201
    assert not Touchpoint.objects.filter(channel="survey").exists()


@pytest.mark.parametrize("number", [0, -1, 987_654, 2**63, 2**70])
@pytest.mark.parametrize("field", ["account_id", "contact_id"])
def test_a_number_that_nobody_has_is_refused_at_its_field(send, field, number):
    status, body = send(**{field: number})
    assert status == 422
    assert field in str(body)
    assert not Response.objects.exists()


def test_people_and_customers_that_do_not_go_together_are_refused(
    send, account, person, make_account, chie, ben, desk, now
):
    other = make_account("株式会社朝日屋")
    status, body = send(account_id=other.pk, contact_id=person.pk)
    assert status == 422
    assert "contact_id" in str(body)
    customers.link_member(viewer=desk, contact=person, member=chie, now=now)
    assert send(contact_id=person.pk, member="ben")[0] == 422
    assert send(account_id=other.pk, member="chie")[0] == 422
    assert send(member="nobody_here")[0] == 422
    assert not Response.objects.exists()


def test_a_merged_customer_takes_no_answers(send, account, make_account, desk, now):
    gone = make_account("青波堂の二つ目")
    customers.merge_accounts(viewer=desk, kept=account, absorbed=gone, now=now)
    assert send(account_id=gone.pk)[0] == 422


def test_a_moment_without_a_time_zone_is_one_of_the_community(send):
    assert send(answered_at="2026-10-01T09:00:00")[0] == 201
    assert Response.objects.get().answered_at.isoformat() == "2026-10-01T00:00:00+00:00"


def test_hostile_text_is_kept_as_text(send, account):
    status, body = send(account_id=account.pk, comment="=1+1\x00<script>", external_id="a\x00b")
    assert (status, body["comment"], body["external_id"]) == (201, "=1+1<script>", "ab")
    assert send(external_id="ab")[0] == 422
    assert send(external_id="x" * 121)[0] == 422


def test_the_page_names_who_answered(send, account, person, client_of, emi):
    send(account_id=account.pk, contact_id=person.pk)
    send(member="emi", score=3)
    page = client_of(emi).get(f"/desk/surveys/{Response.objects.latest('pk').survey_id}/").content.decode()
    assert f'href="/desk/contacts/{person.pk}/">三浦 香織</a>' in page
    assert f'href="/desk/customers/{account.pk}/">株式会社青波堂</a>' in page
    assert "Emi" in page


def test_a_corrected_answer_moves_its_figures_and_what_stands_on_the_timeline(
    api, emi, send, account, person, make_account
):
    call, other = api(emi), make_account("株式会社朝日屋")
    made = send(account_id=account.pk, comment="助かっています", external_id="A-1")[1]
    assert touches(account) == ["秋のNPS: 9/10"]
    address = f"/surveys/{made['survey_id']}/responses/{made['id']}"
    for _again in range(2):
        got = call("PATCH", address, {"score": 3, "comment": "遅い"})
        assert (got.status_code, got.json()["score"], got.json()["external_id"]) == (200, 3, "A-1")
        assert touches(account) == ["秋のNPS: 3/10"]
    assert Touchpoint.objects.get(channel="survey").excerpt == "遅い"
    assert Survey.objects.get().detractors == 1
    assert call("PATCH", address, {"account_id": other.pk}).json()["account_id"] == other.pk
    assert touches(account) == []
    assert touches(other) == ["秋のNPS: 3/10"]
    call("PATCH", address, {"account_id": None})
    assert touches(other) == []
    assert call("GET", address).json()["account_id"] is None


def test_what_cannot_be_an_answer_corrects_nothing(api, emi, send, account, person, make_account):
    call, other = api(emi), make_account("株式会社朝日屋")
    made = send(account_id=account.pk, contact_id=person.pk)[1]
    send(external_id="A-2")
    address = f"/surveys/{made['survey_id']}/responses/{made['id']}"
    for wrong in (
        {"score": 11},
        {"score": None},
        {"external_id": "A-2"},
        {"account_id": other.pk},
        {"answered_at": "2199-01-01T00:00:00Z"},
    ):
        assert call("PATCH", address, wrong).status_code == 422, wrong
    assert Response.objects.get(pk=made["id"]).score == 9
    assert call("PATCH", f"/surveys/{made['survey_id'] + 1}/responses/{made['id']}", {"score": 1}).status_code == 404
