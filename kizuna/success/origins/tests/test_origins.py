"""Through whom customers came: by link, by staff with a reason, with a history; and a report that only describes."""

import csv
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.core.members.actions import Person
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.referrals import actions as referrals
from kizuna.success.customers import actions as customers
from kizuna.success.origins import actions, queries
from kizuna.success.origins.models import Origin
from tests.cast import make_member

pytestmark = pytest.mark.django_db
LINE = {"product": "みせばこ", "seats": 1, "unit_price": 1000}


@pytest.fixture
def desk(emi, viewer_of):
    return viewer_of(emi)


@pytest.fixture
def account(desk):
    return customers.create_account(viewer=desk, fields={"name": "株式会社青波堂"}, now=timezone.now())


@pytest.fixture
def dan(chie, viewer_of, account, desk):
    """Dan, who joined by Chie's link and works at the account."""
    now = timezone.now()
    link = referrals.make_link(viewer=viewer_of(chie), now=now)
    referrals.count_visit(code=link.code, now=now)
    referrals.count_visit(code=link.code, now=now)
    community.change_setting(keys.JOINING, value="open", member_id=None)
    person = Person(name="Dan", handle="dan_d")
    member = members.join(email="dan@example.org", person=person, documents=[], purposes={}, now=now, came_by=link.code)
    run_waiting()
    contact = customers.add_contact(viewer=desk, account=account, fields={"name": "Dan"}, now=now)
    customers.link_member(viewer=desk, contact=contact, member=member, now=now)
    run_waiting()
    return member


def signed(desk, account, starts_on=None):
    fields = {"starts_on": starts_on or local_day(timezone.now()), "external_id": f"K-{starts_on}"}
    made = customers.sign_contract(viewer=desk, account=account, fields=fields, lines=[LINE], now=timezone.now())
    run_waiting()
    return made


def test_an_account_comes_through_whoever_referred_its_member_and_its_contract_too(dan, desk, account, chie):
    origin = queries.origin_of_account(account.pk)
    assert (origin.referrer, origin.how) == (chie, "link")
    contract = signed(desk, account)
    taken = Origin.objects.get(contract=contract)
    assert (taken.referrer, taken.how) == (chie, "account")


def test_who_was_a_customer_before_was_brought_by_nobody(desk, account, chie, viewer_of):
    signed(desk, account, local_day(timezone.now()) - timedelta(days=400))
    now = timezone.now()
    member = make_member("kei")
    contact = customers.add_contact(viewer=desk, account=account, fields={"name": "Kei"}, now=now)
    customers.link_member(viewer=desk, contact=contact, member=member, now=now)
    referrals.set_referrer(viewer=desk, member=member, referrer=chie, reason="x", now=now)
    run_waiting()
    assert queries.origin_of_account(account.pk) is None


def test_staff_set_an_origin_with_a_reason_and_the_history_stays(dan, desk, account, ben, chie, viewer_of):
    now = timezone.now()
    contract = signed(desk, account)
    actions.set_origin(viewer=desk, account=account, referrer=ben, reason="商談で伺った", now=now)
    actions.set_origin(viewer=desk, account=account, contract=contract, referrer=None, reason="取り違え", now=now)
    assert queries.origin_of_account(account.pk).referrer == ben
    rows = queries.origins_around(desk, account)
    assert len(rows) == 4
    assert sum(row.ended_at is None for row in rows) == 2
    for change in ({"reason": " "}, {"reason": "x" * 401}, {"referrer": dan}):
        with pytest.raises(Refused):
            actions.set_origin(viewer=desk, account=account, now=now, **{"referrer": ben, "reason": "x", **change})
    with pytest.raises(Refused):
        actions.set_origin(viewer=viewer_of(chie), account=account, referrer=ben, reason="x", now=now)


def test_a_contract_of_another_customer_is_refused(desk, account, ben):
    other = customers.create_account(viewer=desk, fields={"name": "有限会社こだま"}, now=timezone.now())
    contract = signed(desk, other)
    with pytest.raises(Refused):
        actions.set_origin(
            viewer=desk, account=account, contract=contract, referrer=ben, reason="x", now=timezone.now()
        )


def test_the_report_counts_each_step_and_agrees_with_its_file(client_of, dan, desk, account, emi, ben):
    signed(desk, account)
    today = local_day(timezone.now())
    found = queries.report(desk, since=today, until=today)
    assert (found.opened, found.by_link, found.by_staff, found.here, found.took_part, found.bought) == (
        2,
        1,
        0,
        1,
        0,
        1,
    )
    client = client_of(emi)
    page = client.get("/desk/referrals/").content.decode()
    assert "50.0%" in page
    assert re.search(r"9\.\d–90\.\d%", page)  # Wilson, 1 of 2
    rows = list(csv.reader(client.get("/desk/referrals/csv/").content.decode("utf-8-sig").splitlines()))
    assert len(rows) == 2
    assert rows[1][1] == "Dan"
    assert "効果" not in page


def test_a_step_with_nobody_in_it_is_not_zero_percent(client_of, emi):
    page = client_of(emi).get("/desk/referrals/?from=2020-01-01&to=x").content.decode()
    assert "0.0%" not in page


def test_the_customers_page_leads_to_its_origin(client_of, dan, account, emi, chie, ben):
    client = client_of(emi)
    assert chie.name in client.get(f"/desk/customers/{account.pk}/").content.decode()
    address = f"/desk/customers/{account.pk}/origin/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"referrer": "ben", "reason": "電話"}).status_code == 302
    assert client.post(address, {"referrer": "dan_d", "reason": "x"}).status_code == 422
    assert [client_of(one).get(address).status_code for one in (chie, ben)] == [404, 404]
    ken = make_member("ken", "analyst")
    assert client_of(ken).get(address).status_code == 200
    assert client_of(ken).post(address, {"referrer": "ben", "reason": "x"}).status_code == 422


def test_a_contracts_page_says_through_whom_it_came(client_of, dan, desk, account, emi, chie, ben):
    contract = signed(desk, account)
    page = client_of(emi).get(f"/desk/contracts/{contract.pk}/").content.decode()
    assert chie.name in page
    assert "引き継" in page
    assert f"/desk/customers/{account.pk}/origin/" in page
    now = timezone.now()
    actions.set_origin(viewer=desk, account=account, contract=contract, referrer=None, reason="取り違え", now=now)
    page = client_of(emi).get(f"/desk/contracts/{contract.pk}/").content.decode()
    assert chie.name not in page


@pytest.fixture
def firm_of(desk):
    """Return a function that makes a company with one member, and returns both."""

    def make(name: str):
        now = timezone.now()
        account = customers.create_account(viewer=desk, fields={"name": name}, now=now)
        contact = customers.add_contact(viewer=desk, account=account, fields={"name": name}, now=now)
        member = make_member(name)
        customers.link_member(viewer=desk, contact=contact, member=member, now=now)
        return account, member

    return make


@pytest.mark.parametrize("length", [2, 3, 5])
def test_companies_do_not_bring_one_another_in_a_circle(client_of, emi, desk, firm_of, length):
    firms = [firm_of(f"firm{number}") for number in range(length)]
    for (account, _own), (_other, referrer) in pairwise(firms):
        actions.set_origin(viewer=desk, account=account, referrer=referrer, reason="x", now=timezone.now())
    (_account, first), (last, _member) = firms[0], firms[-1]
    with pytest.raises(Refused, match="firm0"):
        actions.set_origin(viewer=desk, account=last, referrer=first, reason="x", now=timezone.now())
    sent = {"referrer": first.handle, "reason": "x"}
    page = client_of(emi).post(f"/desk/customers/{last.pk}/origin/", sent)
    assert page.status_code == 422
    assert f"firm{length - 1}" in page.content.decode()
    assert queries.origin_of_account(last.pk) is None
    # Once the chain is undone, or for a single contract, it is a fact like any other.
    actions.set_origin(
        viewer=desk, account=last, contract=signed(desk, last), referrer=first, reason="x", now=timezone.now()
    )
    actions.set_origin(viewer=desk, account=firms[0][0], referrer=None, reason="x", now=timezone.now())
    actions.set_origin(viewer=desk, account=last, referrer=first, reason="x", now=timezone.now())
    assert queries.origin_of_account(last.pk).referrer == first


def test_a_link_closes_no_circle_either(desk, firm_of, viewer_of):
    (first, anna), (second, bert) = firm_of("anna"), firm_of("bert")
    actions.set_origin(viewer=desk, account=first, referrer=bert, reason="x", now=timezone.now())
    referrals.set_referrer(viewer=desk, member=bert, referrer=anna, reason="x", now=timezone.now())
    run_waiting()
    assert queries.origin_of_account(second.pk) is None
    assert queries.origin_of_account(first.pk).referrer == bert


def test_an_erased_person_is_no_referrer_any_more(dan, account, chie):
    assert queries.personal_rows_of(chie)["origin"]
    actions.erase_person(chie)
    assert queries.personal_rows_of(chie)["origin"] == []
