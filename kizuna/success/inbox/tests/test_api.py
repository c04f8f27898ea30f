"""Inquiries that a program sends: whose they are is checked, and they stand on the timeline."""

import pytest

from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
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
