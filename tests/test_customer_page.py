"""The page of a customer costs the same number of queries however much is known of the customer."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.success.customers import actions as customers
from kizuna.success.encounters import actions as encounters
from kizuna.success.tasks import actions as tasks
from kizuna.success.tasks.models import Department
from kizuna.success.usage import actions as usage
from kizuna.success.usage.accounts import Looked
from kizuna.success.usage.changing import Change
from tests.cast import make_member

pytestmark = pytest.mark.django_db
MOST = 25  # reference/ux.md: a page of the console


@pytest.fixture
def desk(emi, viewer_of):
    return viewer_of(emi)


@pytest.fixture
def known(desk, emi, now):
    """Return a function that makes a customer of whom so many things of every kind are known."""
    sales = Department.objects.get(slug="sales")

    def make(name: str, *, count: int):
        account = customers.create_account(viewer=desk, fields={"name": name, "owner_id": emi.pk}, now=now)
        line = {"product": "みせばこ", "unit_price": 1000}
        for number in range(count):
            person = customers.add_contact(viewer=desk, account=account, fields={"name": f"担当者{number}"}, now=now)
            customers.link_member(viewer=desk, contact=person, member=make_member(f"{name}{number}"), now=now)
            terms = {"starts_on": date(2026, 4, 1), "title": f"契約{number}"}
            customers.sign_contract(viewer=desk, account=account, fields=terms, lines=[line], now=now)
            customers.write_note(viewer=desk, account=account, body="話した", is_internal=True, now=now)
            fields = {"title": f"件{number}", "owner_id": emi.pk, "due_on": now.date(), "contact_id": person.pk}
            task = tasks.make_task(viewer=desk, account=account, fields=fields, now=now)
            tasks.hand_over(viewer=desk, task=task, department=sales, ask="", now=now)
            tasks.answer_handover(viewer=desk, task=task, answer="はい", now=now)
            call = {"title": f"電話{number}", "at": now, "contact_ids": [person.pk], "member_ids": [emi.pk]}
            encounters.log_encounter(viewer=desk, account=account, fields=call, now=now)
        values = {
            "as_of": now.date(), "first_on": now.date(), "last_on": now.date(), "last_at": now, "active_7_count": 1,
            "active_28_count": 1, "active_28_before_count": 0, "days": [1] * 56, "names": [["track", "x", 3]],
        }  # fmt: skip
        days = [now.date() - timedelta(days=number) for number in range(count)]
        found = Looked(values, [Change("drop", day, day, 20, 4) for day in days])
        usage.note_usage(looked={account.pk: found}, now=now)
        return account

    return make


def test_its_queries_do_not_grow_with_what_is_known(client_of, emi, known):
    client = client_of(emi)
    costs = []
    for account in (known("small", count=1), known("large", count=9)):
        address = f"/desk/customers/{account.pk}/"
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        costs.append(len(asked))
    # Eight more of each kind; a query for each of any kind would be eight more. The latest entries differ in their kinds.
    assert costs[1] - costs[0] < 3, costs
    assert max(costs) <= MOST
