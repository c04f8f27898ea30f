"""The page of a customer costs the same number of queries however much is known of the customer."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Step
from kizuna.core.members.viewer import MEMBERS
from kizuna.engagement.discussions import actions as discussions
from kizuna.success.customers import actions as customers
from kizuna.success.encounters import actions as encounters
from kizuna.success.tasks import actions as tasks
from kizuna.success.tasks.models import Department
from kizuna.success.usage import actions as usage
from kizuna.success.usage.accounts import Looked
from kizuna.success.usage.changing import Change
from tests.cast import make_member

pytestmark = pytest.mark.django_db
LINE = {"product": "みせばこ", "unit_price": 1000}
MOST = 25  # reference/ux.md: a page of the console
MOST_OF_ALL = 31  # where there is some of everything that there can be


@pytest.fixture
def desk(emi, viewer_of):
    return viewer_of(emi)


@pytest.fixture
def known(desk, emi, now, viewer_of, aoi):
    """Return a function that makes a customer of whom so many things of every kind are known."""
    sales = Department.objects.get(slug="sales")
    questions = discussions.create_space(
        viewer=viewer_of(aoi), slug="qa", kind="question", name={"ja": "質問"}, audience_id=MEMBERS, now=now
    )

    def make(name: str, *, count: int):
        account = customers.create_account(viewer=desk, fields={"name": name, "owner_id": emi.pk}, now=now)
        for number in range(count):
            person = customers.add_contact(viewer=desk, account=account, fields={"name": f"担当者{number}"}, now=now)
            member = make_member(f"{name}{number}")
            customers.link_member(viewer=desk, contact=person, member=member, now=now)
            words = {"title": f"質問{number}", "body": "送料について", "now": now}
            discussions.open_topic(viewer=viewer_of(member), space=questions, **words)
            terms = {"starts_on": date(2026, 4, 1), "title": f"契約{number}"}
            customers.sign_contract(viewer=desk, account=account, fields=terms, lines=[LINE], now=now)
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
        run_waiting()
        return account

    return make


def test_its_queries_do_not_grow_with_what_is_known(client_of, emi, known):
    client = client_of(emi)
    costs = []
    for account in (known("small", count=1), known("large", count=9)):
        costs.append([asked_by(client, f"/desk/customers/{account.pk}/{page}") for page in ("", "timeline/")])
    # Eight more of each kind; a query for each of any kind would be eight more. The latest entries differ in their kinds.
    for small, large in zip(*costs, strict=True):
        assert large - small < 3, costs
        assert max(small, large) <= MOST, costs


def test_what_most_customers_have_none_of_is_within_the_budget_as_well(
    client_of, emi, desk, known, now, aoi, viewer_of
):
    account, other = known("seller", count=2), customers.create_account(viewer=desk, fields={"name": "買い手"}, now=now)
    sold = {"account_id": other.pk, "billing_account_id": account.pk, "starts_on": now.date(), "lines": [LINE]}
    customers.sign_contracts(viewer=desk, rows=[sold], now=now)
    customers.merge_accounts(
        viewer=desk,
        kept=account,
        absorbed=customers.create_account(viewer=desk, fields={"name": "売り手"}, now=now),
        now=now,
    )
    customers.note_purchases(
        viewer=desk,
        rows=[{"account_id": account.pk, "kind": "first", "product": "茶", "amount": 1, "purchased_on": now.date()}],
        now=now,
    )
    for name in ("下の店", "別の店"):
        customers.create_account(viewer=desk, fields={"name": name, "parent_id": account.pk}, now=now)
    customers.verify_domain(viewer=desk, account=account, domain="aonami.co.jp", now=now)
    customers.define_attribute(
        viewer=viewer_of(aoi), slug="rank", label={"ja": "格", "en": ""}, kind="text", choices=[], now=now
    )
    customers.set_attributes(viewer=desk, account=account, values={"rank": "A"}, now=now)
    customers.define_success(viewer=desk, account=account, fields={"goal": "半日で終わる"}, now=now)
    step = Step(5, "電話する", "用がある", "/", "開く", key="owner")
    customers.put_off_step(viewer=desk, account=account, step=step, until=None, today=now.date(), now=now)
    assert asked_by(client_of(emi), f"/desk/customers/{account.pk}/") <= MOST_OF_ALL


def asked_by(client, address: str) -> int:
    """Return how many statements a page costs that was opened before; who asks is looked up again every few seconds."""
    client.get(address)
    costs = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        costs.append(len(asked))
    return min(costs)
