"""Inquiries that a program sends: whose they are is checked, and they stand on the timeline."""

import pytest

from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.inbox.actions import receiving
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(api, emi):
    """Return a function that sends an inquiry and returns status and body."""
    call = api(emi)

    def ask(**fields):
        got = call("POST", "/inquiries", {"title": "送料について", **fields})
        return got.status_code, got.json()

    return ask


def test_the_customer_follows_from_the_person(send, account, person):
    status, body = send(contact_id=person.pk, body="離島の送料は？")
    assert (status, body["account_id"]) == (201, account.pk)
    touch = Touchpoint.objects.get(channel="inquiry")
    assert (touch.account_id, touch.contact_id, touch.title) == (account.pk, person.pk, "送料について")


@pytest.mark.parametrize("number", [0, -1, 987_654, 2**63])
@pytest.mark.parametrize("field", ["account_id", "contact_id"])
def test_a_number_that_nobody_has_is_refused_at_its_field(send, field, number):
    status, body = send(**{field: number})
    assert status == 422
    assert field in str(body)
    assert not Inquiry.objects.exists()


def test_a_person_of_another_customer_is_refused(send, account, person, make_account):
    status, body = send(account_id=make_account("株式会社朝日屋").pk, contact_id=person.pk)
    assert status == 422
    assert "contact_id" in str(body)


def test_a_merged_customer_takes_no_inquiries(send, account, make_account, desk, now):
    gone = make_account("青波堂の二つ目")
    customers.merge_accounts(viewer=desk, kept=account, absorbed=gone, now=now)
    assert send(account_id=gone.pk)[0] == 422


def test_times_need_no_zone_and_lie_not_in_the_future(send):
    status, _body = send(received_at="2026-10-01T09:00:00", first_response_at="2026-10-01T10:00:00")
    assert status == 201
    assert Inquiry.objects.get().received_at.isoformat() == "2026-10-01T00:00:00+00:00"
    assert send(received_at="2199-01-01T00:00:00Z")[0] == 422
    assert send(received_at="2026-10-01T09:00:00", first_response_at="2026-09-30T10:00:00Z")[0] == 422


@pytest.fixture
def call(api, emi):
    """Return a function that asks as Emi and returns status and body."""
    ask = api(emi)

    def send(method, path, sent=None):
        got = ask(method, path, sent) if sent is not None else ask(method, path)
        return got.status_code, got.json()

    return send


def test_an_inquiry_is_worked_on_by_programs(call, chie):
    status, made = call(
        "POST", "/inquiries", {"title": "配送", "channel": "social", "sender": "@teikibin", "is_urgent": True}
    )
    assert (status, made["sender"], made["urgency"], made["owner"]) == (201, "@teikibin", 4, "")
    one = f"/inquiries/{made['id']}"
    assert call("PATCH", one, {"owner": "emi", "priority": "high"})[1]["owner"] == "emi"
    assert call("PATCH", one, {"owner": "chie"})[0] == 422
    assert call("POST", f"{one}/replies", {"body": "はい"})[0] == 403  # nothing leads to a comment yet
    note = call("POST", f"{one}/notes", {"body": "社内の話"})[1]
    assert (note["direction"], note["author"]) == ("internal", "emi")
    assert call("PUT", f"{one}/snooze", {"until": "2001-01-01T00:00:00Z"})[0] == 422
    assert call("PUT", f"{one}/closure", {"because": "answered"})[0] == 422
    closed = call("PUT", f"{one}/closure", {"because": "elsewhere"})[1]
    assert (closed["state"], closed["closed_because"], closed["due_at"]) == ("closed", "elsewhere", None)
    sent = {"body": "もう一つ", "external_id": "c-2"}
    first = call("POST", f"{one}/messages", sent)[1]
    assert call("POST", f"{one}/messages", sent)[1]["id"] == first["id"]
    assert call("GET", one)[1]["state"] == "open"
    assert [row["direction"] for row in call("GET", f"{one}/messages")[1]["items"]] == ["internal", "in"]
    assert [row["id"] for row in call("GET", "/inquiries?owner=emi&channel=social")[1]["items"]] == [made["id"]]
    assert call("GET", "/inquiries?owner=nobody")[1]["items"] == []


def test_an_answer_by_program_is_held_and_taken_back(call, chie, now):
    arrival = receiving.Arrival("form", "質問", "どこですか。", now, member_id=chie.pk)
    one = f"/inquiries/{receiving.receive(arrival=arrival, now=now).inquiry.pk}"
    status, reply = call("POST", f"{one}/replies", {"body": "ここです。", "next_state": "closed"})
    assert (status, reply["direction"], reply["delivery"]) == (201, "out", "held")
    assert call("DELETE", f"{one}/replies/{reply['id']}")[1]["delivery"] == "taken_back"
    assert call("DELETE", f"{one}/replies/{reply['id']}")[0] == 403
    assert call("DELETE", f"{one}/replies/987654")[0] == 404
