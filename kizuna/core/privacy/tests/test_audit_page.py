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


def test_every_part_of_the_filter_narrows_and_can_be_taken_away(contact, emi, aoi, client_of):
    account = contact.employments.get().account
    client_of(emi).get(f"/desk/contacts/{contact.pk}/")
    client_of(emi).get(f"/desk/customers/{account.pk}/timeline/")
    audit.note("space.changed", actor_id=aoi.pk, subject=("space", 7), now=NOW)
    audit.note("setting.changed", actor_id=aoi.pk, detail={"name": "brand.hue"}, now=NOW)
    client = client_of(aoi)

    def shown(**query):
        context = client.get("/studio/audit/", query).context
        return [(item["line"].entry.action, item["line"].entry.detail.get("page")) for item in context["lines"]]

    assert shown(page="timeline") == [("person.viewed", "timeline")]
    assert shown(kind="space") == [("space.changed", None)]
    assert shown(who="木村") == [("setting.changed", None), ("space.changed", None)]
    assert shown(who="emi", kind="contact") == [("person.viewed", "contact")]
    assert shown(until="2026-11-22") == [("setting.changed", None), ("space.changed", None)]
    assert shown(since="2026-11-23") == [("person.viewed", "timeline"), ("person.viewed", "contact")]
    for wrong in (
        {"page": "nowhere"},
        {"kind": "x' OR 1=1"},
        {"about": "contact"},
        {"since": "soon"},
        {"until": "0001-01-01"},
    ):
        assert client.get("/studio/audit/", wrong).status_code == 200
    page = client.get("/studio/audit/", {"who": "emi", "about": f"contact:{contact.pk}"})
    assert [one["label"] for one in page.context["chosen"]] == ["emi", "三浦 香織"]
    assert [one["url"] for one in page.context["chosen"]] == [
        f"/studio/audit/?about=contact%3A{contact.pk}",
        "/studio/audit/?who=emi",
    ]


def test_nothing_on_the_page_is_raw(contact, emi, aoi, client_of):
    account = contact.employments.get().account
    for path in (f"/desk/contacts/{contact.pk}/", f"/desk/customers/{account.pk}/timeline/"):
        client_of(emi).get(path)
    audit.note("space.changed", actor_id=aoi.pk, subject=("space", 7), now=NOW)
    audit.note("setting.changed", actor_id=aoi.pk, detail={"name": "brand.hue"}, now=NOW)
    page = client_of(aoi).get("/studio/audit/").content.decode()
    cells = page.partition("<tbody")[2].partition("</tbody>")[0]
    assert "スペース 7" in cells
    assert "顧客のタイムライン" in cells
    for raw in ("timeline<", "person.viewed", "space.changed", "brand.hue", "space 7"):
        assert raw not in cells


def test_the_page_goes_on_by_number(aoi, client_of):
    for number in range(120):
        audit.note("role.granted", actor_id=aoi.pk, subject=("space", number), now=NOW)
    client = client_of(aoi)
    seen, address = [], "/studio/audit/"
    while address:
        response = client.get(address)
        seen += [item["line"].entry.number for item in response.context["lines"]]
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


def test_the_api_narrows_alike(contact, emi, aoi, client_of, client):
    client_of(emi).get(f"/desk/contacts/{contact.pk}/")
    audit.note("space.changed", actor_id=aoi.pk, subject=("space", 7), now=NOW)
    token = members.make_token(viewer=members.system_viewer(), member=aoi, now=timezone.now())[1]

    def listed(**query):
        answer = client.get("/api/v1/audit", query, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, [item["action"] for item in answer.json().get("items", ())]

    assert listed(page="contact") == (200, ["person.viewed"])
    assert listed(kind="space") == (200, ["space.changed"])
    assert listed(until="2026-11-22") == (200, ["space.changed"])
    assert listed(who="emi") == (200, ["person.viewed"])
    assert listed(kind="x' OR 1=1")[0] == 422
    for day in ("9999-12-31", "0001-01-01", "soon"):
        assert listed(until=day)[0] == listed(since=day)[0] == 422
