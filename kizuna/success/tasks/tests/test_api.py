"""Tasks are made, handed, answered and closed by an integration with the token of somebody who has the desk."""

import pytest

from kizuna.success.tasks.models import Task

pytestmark = pytest.mark.django_db


def test_a_task_is_made_read_changed_and_listed(api, emi, account):
    call = api(emi)
    body = {"account_id": account.pk, "title": "資料を送る", "owner": "emi", "due_on": "2026-12-04"}
    made = call("POST", "/tasks", body)
    assert made.status_code == 201
    number = made.json()["id"]
    assert (made.json()["owner"], made.json()["state"], made.json()["due_on"]) == ("emi", "open", "2026-12-04")
    changed = call("PATCH", f"/tasks/{number}", {"due_on": None, "owner": ""}).json()
    assert (changed["due_on"], changed["owner"], changed["title"]) == (None, "", "資料を送る")
    assert call("PATCH", f"/tasks/{number}", {"state": "done"}).json()["state"] == "done"
    listed = call("GET", f"/tasks?account={account.pk}&state=done&count=true").json()
    assert (listed["count"], listed["items"][0]["id"]) == (1, number)


def test_it_goes_to_a_department_and_back(api, emi, task):
    call = api(emi)
    handed = call("POST", f"/tasks/{task.pk}/handover", {"department": "sales", "ask": "価格は？"}).json()
    assert (handed["state"], handed["department"], handed["handovers"][0]["ask"]) == ("handed", "sales", "価格は？")
    assert call("DELETE", f"/tasks/{task.pk}/handover").json()["state"] == "open"
    assert call("POST", f"/tasks/{task.pk}/answer", {"answer": "x"}).status_code == 403
    call("POST", f"/tasks/{task.pk}/handover", {"department": "development"})
    answered = call("POST", f"/tasks/{task.pk}/answer", {"answer": "直しました"}).json()
    assert (answered["state"], answered["handovers"][0]["answer"]) == ("returned", "直しました")
    assert len(answered["handovers"]) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"owner": "nobody"}, "owner"),
        ({"state": "handed"}, "state"),
        ({"state": "open"}, ""),
        ({"contact_id": 999_999}, "contact"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_changes_nothing(api, emi, task, body, field):
    answer = api(emi)("PATCH", f"/tasks/{task.pk}", {"body": "変えた", **body} if field else body)
    assert answer.status_code == (422 if field else 200)
    if field:
        assert answer.json()["errors"][0]["field"] == field
    assert Task.objects.get().body == ""


def test_nobody_without_the_desk_learns_that_a_task_is_there(api, chie, ben, ken, task):
    for member in (chie, ben):
        for method, path in (("GET", f"/tasks/{task.pk}"), ("GET", "/tasks"), ("PATCH", f"/tasks/{task.pk}")):
            assert api(member)(method, path, {"title": "x"} if method == "PATCH" else None).status_code == 404
    assert api(ken)("GET", f"/tasks/{task.pk}").status_code == 200
    assert api(ken)("PATCH", f"/tasks/{task.pk}", {"title": "x"}).status_code == 403
