"""Owners and admins read who saw and took out what; nobody else does, and reading it out is noted."""

import csv
import io

import pytest
from django.utils import timezone

from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.members import actions as members
from kizuna.success.customers import actions as customers
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(emi, viewer_of):
    account = customers.create_account(viewer=viewer_of(emi), fields={"name": "株式会社青波堂"}, now=NOW)
    return customers.add_contact(viewer=viewer_of(emi), account=account, fields={"name": "三浦 香織"}, now=NOW)


def actions_noted() -> list[tuple]:
    audit.seal()
    rows = AuditEntry.objects.order_by("number")
    return list(rows.values_list("action", "actor_id", "subject_type", "subject_id"))


def test_opening_a_contact_a_customer_or_a_member_is_noted(contact, emi, aoi, chie, client_of):
    account = contact.employments.get().account
    client_of(emi).get(f"/desk/contacts/{contact.pk}/")
    client_of(emi).get(f"/desk/customers/{account.pk}/")
    client_of(emi).get(f"/desk/customers/{account.pk}/timeline/")
    client_of(aoi).get(f"/studio/members/{chie.pk}/")
    assert set(actions_noted()) == {
        ("person.viewed", emi.pk, "contact", contact.pk),
        ("person.viewed", emi.pk, "account", account.pk),
        ("person.viewed", aoi.pk, "member", chie.pk),
    }
    assert AuditEntry.objects.count() == 4, "overview and timeline are two pages"


def test_exports_and_view_as_are_noted(emi, aoi, chie, client_of):
    client_of(emi).get("/desk/customers/csv/")
    client_of(aoi).post(f"/studio/members/{chie.pk}/view/")
    assert {action for action, *_rest in actions_noted()} == {"customers.exported", "member.viewed_as"}


def test_a_program_that_reads_people_is_noted_once_an_hour(contact, aoi, client):
    token = members.make_token(viewer=members.system_viewer(), member=aoi, now=NOW)[1]
    headers = {"Authorization": f"Bearer {token}"}
    for _turn in range(3):
        client.get("/api/v1/contacts", headers=headers)
        client.get(f"/api/v1/contacts/{contact.pk}", headers=headers)
    noted = [row for row in actions_noted() if row[2] == "contact"]
    assert noted == [
        ("people.listed", aoi.pk, "contact", None),
        ("person.viewed", aoi.pk, "contact", contact.pk),
    ]


def test_the_page_shows_names_and_filters(contact, emi, aoi, client_of):
    client_of(emi).get(f"/desk/contacts/{contact.pk}/")
    audit.note(
        "role.granted", actor_id=aoi.pk, subject=("member", emi.pk), detail={"role": "admin"}, now=timezone.now()
    )
    page = client_of(aoi).get("/studio/audit/").content.decode()
    assert "三浦 香織" in page
    assert "個人のページを閲覧" in page
    only = client_of(aoi).get("/studio/audit/", {"action": "role.granted"}).content.decode()
    assert "三浦 香織" not in only
    about = client_of(aoi).get("/studio/audit/", {"about": f"contact:{contact.pk}", "who": "emi"}).content.decode()
    assert "三浦 香織" in about
    nobody = client_of(aoi).get("/studio/audit/", {"who": "nobody_here"}).content.decode()
    assert "三浦 香織" not in nobody


def test_the_page_goes_on_by_number(aoi, client_of):
    for number in range(120):
        audit.note("role.granted", actor_id=aoi.pk, subject=("space", number), now=NOW)
    client = client_of(aoi)
    seen, address = [], "/studio/audit/"
    while address:
        response = client.get(address)
        seen += [line.entry.number for line in response.context["lines"]]
        address = response.context["next_url"] and f"/studio/audit/{response.context['next_url']}"
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 120


def test_taking_the_log_out_is_noted_in_it(aoi, client_of):
    audit.note("role.granted", actor_id=aoi.pk, subject=("member", aoi.pk), now=NOW)
    response = client_of(aoi).get("/studio/audit/csv/")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[1][2] == aoi.name
    assert [action for action, *_rest in actions_noted()] == ["role.granted", "audit.exported"]


@pytest.mark.parametrize("path", ["/studio/audit/", "/studio/audit/csv/"])
def test_nobody_but_owners_and_admins_reads_it(path, chie, ben, emi, client_of):
    for person in (chie, ben, emi):
        assert client_of(person).get(path).status_code == 403


def test_the_command_names_the_first_broken_entry(aoi, capsys):
    from kizuna.interfaces.cli.commands import audit as command

    audit.note("role.granted", actor_id=1, now=NOW)
    audit.seal()
    options = type("Options", (), {"expect": ""})
    assert command.run(options) == 0
    assert "1 entries are whole" in capsys.readouterr().out
    options.expect = "7:" + "0" * 64
    assert command.run(options) == 1
