"""Customers are read and written by an integration with the token of somebody who has the desk, and by nobody else."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.core.members import actions as members
from kizuna.success.customers.models import Account, Contact, Contract, Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db):
    """Return a function from a member to a caller with their token."""

    def make(member):
        viewer, now = members.system_viewer(), timezone.now()
        _row, secret = members.make_token(viewer=viewer, member=member, scopes=(), now=now)
        client = Client(raise_request_exception=False)

        def call(method, path, body=None):
            text = json.dumps(body) if body is not None else ""
            headers = {"Authorization": f"Bearer {secret}"}
            return client.generic(method, f"/api/v1{path}", text, content_type="application/json", headers=headers)

        return call

    return make


def test_a_next_step_is_listed_put_off_and_brought_back(api, emi, ken, account):
    call, path = api(emi), f"/accounts/{account.pk}/steps"

    def said(answer) -> list[tuple]:
        assert answer.status_code == 200, answer.content
        return [(step["is_put_off"], step["until"]) for step in answer.json()["items"] if step["key"] == "owner"]

    step = call("GET", path).json()["items"][0]
    assert (step["key"], step["rank"], step["quote"]) == ("owner", 5, "")
    assert step["url"].startswith("http://")
    week = (timezone.localdate() + timedelta(days=7)).isoformat()
    assert said(call("POST", f"{path}/owner/delay", {"until": week})) == [(True, week)]
    assert said(call("POST", f"{path}/owner/delay", {})) == [(True, None)]
    assert said(call("DELETE", f"{path}/owner/delay")) == [(False, None)]
    for key, body in (("zq", {}), ("owner", {"until": "2020-01-01"}), ("owner", {"until": "2999-01-01"})):
        assert call("POST", f"{path}/{key}/delay", body).status_code == 422
    reading = api(ken)
    assert said(reading("GET", path)) == [(False, None)]
    assert reading("POST", f"{path}/owner/delay", {}).status_code == 403
    assert call("GET", "/accounts/999999/steps").status_code == 404


def test_an_account_is_added_read_changed_and_listed(api, emi, aoi):
    call = api(emi)
    made = call(
        "POST",
        "/accounts",
        {"name": "株式会社青波堂", "external_id": "C-9", "owner": "aoi", "domains": ["aonami.co.jp"]},
    )
    assert made.status_code == 201
    body = made.json()
    assert (body["owner"], body["state"]) == ("aoi", "prospect")
    changed = call("PATCH", f"/accounts/{body['id']}", {"kana": "アオナミドウ"}).json()
    assert (changed["kana"], changed["owner"], changed["external_id"]) == ("アオナミドウ", "aoi", "C-9")
    listed = call("GET", "/accounts?external_id=C-9&count=true").json()
    assert (listed["count"], listed["items"][0]["id"]) == (1, body["id"])


def test_nobody_without_the_desk_learns_that_an_account_is_there(api, chie, ben, account):
    for member in (chie, ben):
        call = api(member)
        assert call("GET", f"/accounts/{account.pk}").status_code == 404
        assert call("GET", "/accounts").status_code == 404
        assert call("PATCH", f"/accounts/{account.pk}", {"name": "x"}).status_code == 404
        assert call("POST", "/notes", {"account_id": account.pk, "body": "x"}).status_code == 404


def test_an_analyst_reads_only(api, ken, account):
    call = api(ken)
    assert call("GET", f"/accounts/{account.pk}").status_code == 200
    assert call("PATCH", f"/accounts/{account.pk}", {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "corporate_number": "1"}, "corporate_number"),
        ({"name": "x", "owner": "chie"}, "owner"),
        ({"name": "x", "owner": "nobody"}, "owner"),
        ({"name": "x", "external_id": "C-1"}, "external_id"),
        ({"name": "x", "parent_id": 999999}, "parent"),
    ],
)
def test_wrong_input_is_told_at_its_field(api, emi, chie, account, body, field):
    answer = api(emi)("POST", "/accounts", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert Account.objects.count() == 1


def test_fields_that_are_not_offered_are_not_taken(api, emi, account):
    api(emi)("PATCH", f"/accounts/{account.pk}", {"state": "ended", "monthly_amount": 5, "import_id": 3, "id": 7})
    account.refresh_from_db()
    assert (account.state, account.monthly_amount, account.import_id) == ("prospect", 0, None)


def test_contacts_contracts_and_notes_are_written_and_read(api, emi, account):
    call = api(emi)
    contact = call("POST", "/contacts", {"account_id": account.pk, "name": "三浦 香織", "department": "通販部"}).json()
    assert contact["employments"][0]["department"] == "通販部"
    assert call("PATCH", f"/contacts/{contact['id']}", {"phone": "075"}).json()["phone"] == "075"
    terms = {
        "account_id": account.pk,
        "starts_on": "2026-02-01",
        "lines": [{"product": "みせばこ", "unit_price": 1000, "seats": 3}],
    }
    contract = call("POST", "/contracts", terms).json()
    assert contract["lines"][0]["seats"] == 3
    change = {
        "lines": [{"product": "みせばこ", "unit_price": 1000, "seats": 5}],
        "lines_from": "2026-10-01",
        "title": "本契約",
    }
    changed = call("PATCH", f"/contracts/{contract['id']}", change).json()
    assert [line["seats"] for line in changed["lines"]] == [3, 5]
    ended = call("PATCH", f"/contracts/{contract['id']}", {"ended_on": "2030-01-31", "end_reason": "閉店"}).json()
    assert (ended["ended_on"], ended["end_reason"], ended["title"]) == ("2030-01-31", "閉店", "本契約")
    note = call("POST", "/notes", {"account_id": account.pk, "body": "**要点**"}).json()
    assert note["is_internal"] is True
    assert "<strong>" in note["html"]
    assert call("PATCH", f"/notes/{note['id']}", {"body": "直し"}).json()["body"] == "直し"
    for path, model in (("contacts", Contact), ("contracts", Contract), ("notes", Note)):
        items = call("GET", f"/{path}?account={account.pk}").json()["items"]
        assert [item["id"] for item in items] == [model.objects.get().pk]


def test_an_account_that_is_not_there_is_a_mistake_of_the_input(api, emi):
    for path, body in (("/notes", {"body": "x"}), ("/contacts", {"name": "x"})):
        answer = api(emi)("POST", path, {"account_id": 999999, **body})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "account_id")
