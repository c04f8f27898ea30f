"""Calls, meetings and mails are written down by hand, stand on the timeline at their time, and keep what they were."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Touchpoint
from kizuna.success.customers.tests.test_opened import again, opened  # noqa: F401
from kizuna.success.encounters import actions
from kizuna.success.encounters.models import Encounter, EncounterVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields(person, emi, now):
    return {
        "kind": "call", "direction": "out", "at": now - timedelta(hours=3), "minutes": 12, "title": "倉庫の担当の交代",
        "body": "引き継ぎ資料がほしいとのこと。", "is_internal": True, "contact_ids": [person.pk], "member_ids": [emi.pk],
    }  # fmt: skip


@pytest.fixture
def call(desk, account, fields, now):
    return actions.log_encounter(viewer=desk, account=account, fields=fields, now=now)


def test_a_call_stands_on_the_timeline_at_its_time_and_is_a_touch(call, account, person, now):
    touch = Touchpoint.objects.get(source_type="encounter")
    assert (touch.channel, touch.kind, touch.direction, touch.contact_id) == ("call", "call.out", "out", person.pk)
    assert (touch.at, touch.is_internal) == (now - timedelta(hours=3), True)
    account.refresh_from_db()
    assert account.last_touched_at == touch.at
    props = Activity.objects.get(verb="encounter.logged").props
    assert props == {"account": account.pk, "kind": "call", "minutes": 12, "is_internal": True}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"at": None}, "at"),
        ({"kind": "fax"}, "kind"),
        ({"minutes": 2000}, "minutes"),
        ({"contact_ids": [999_999]}, "contacts"),
        ({"member_ids": [999_999]}, "members"),
    ],
)
def test_wrong_input_is_refused_at_its_field(desk, account, fields, now, changed, field):
    with pytest.raises(Refused) as refused:
        actions.log_encounter(viewer=desk, account=account, fields={**fields, **changed}, now=now)
    assert refused.value.field == field
    assert not Touchpoint.objects.exists()


def test_where_nobody_there_is_named_the_timeline_says_who_noted_it(desk, account, fields, now, client_of, emi):
    actions.log_encounter(viewer=desk, account=account, fields={**fields, "contact_ids": []}, now=now)
    page = client_of(emi).get(f"/desk/customers/{account.pk}/timeline/").content.decode()
    assert f"{emi.name}さんが記録" in page


def test_what_is_to_come_is_no_encounter(desk, account, fields, now):
    later = {**fields, "at": now + timedelta(days=1)}
    with pytest.raises(Refused) as refused:
        actions.log_encounter(viewer=desk, account=account, fields=later, now=now)
    assert refused.value.field == "at"


def test_a_meeting_has_no_direction(desk, account, fields, now):
    meeting = {**fields, "kind": "meeting", "contact_ids": []}
    made = actions.log_encounter(viewer=desk, account=account, fields=meeting, now=now)
    assert (made.direction, Touchpoint.objects.get().kind) == ("none", "meeting.nobody")


def test_an_edit_moves_the_entry_and_keeps_what_it_was(desk, call, fields, now):
    at = now - timedelta(days=2)
    actions.edit_encounter(viewer=desk, encounter=call, fields={**fields, "at": at, "title": "別の話"}, now=now)
    touch = Touchpoint.objects.get(source_type="encounter")
    assert (touch.at, touch.title) == (at, "別の話")
    assert EncounterVersion.objects.get().state["title"] == "倉庫の担当の交代"
    assert call.people.count() == 2


def test_only_its_author_and_managers_change_or_remove_it(viewer_of, call, fields, aoi, ken, now):
    analyst = viewer_of(ken)
    for act in (
        lambda: actions.edit_encounter(viewer=analyst, encounter=call, fields=fields, now=now),
        lambda: actions.remove_encounter(viewer=analyst, encounter=call, now=now),
    ):
        with pytest.raises(Refused):
            act()
    actions.remove_encounter(viewer=viewer_of(aoi), encounter=call, now=now)
    assert not Touchpoint.objects.filter(source_type="encounter").exists()


def test_a_merge_takes_it_along(desk, account, make_account, call, now):
    kept = make_account("青波堂")
    customers.merge_accounts(viewer=desk, kept=kept, absorbed=account, now=now)
    call.refresh_from_db()
    assert call.account_id == kept.pk


def test_it_is_logged_read_changed_and_removed_by_forms(client_of, emi, chie, account, person):
    client = client_of(emi)
    address = f"/desk/encounters/new/?account={account.pk}"
    assert client_of(chie).get(address).status_code == 404
    assert address in client.get(f"/desk/customers/{account.pk}/").content.decode()
    assert client.get("/desk/encounters/new/")["Location"] == "/desk/find/?then=encounter"
    form = {
        "kind": "call", "title": "契約の相談", "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "minutes": "15",
        "direction": "in", "contacts": [person.pk], "members": [emi.pk], "body": "次の更新について。", "visibility": "customer",
    }  # fmt: skip
    assert client.post(address, {**form, "title": ""}).status_code == 422
    assert client.post(address, form).status_code == 302
    timeline = client.get(f"/desk/customers/{account.pk}/timeline/?channel=call").content.decode()
    for words in ("三浦 香織さんから", "契約の相談", "15分", "お客さまに見せてよい"):
        assert words in timeline
    page = f"/desk/encounters/{Encounter.objects.get().pk}/"
    assert "次の更新について" in client.get(page).content.decode()
    client.post(f"{page}edit/", {**form, "title": "契約の相談（続き）"})
    assert "契約の相談（続き）" in client.get(page).content.decode()
    client.post(f"{page}removal/")
    assert client.get(page).status_code == 404


def test_it_is_logged_and_read_by_a_program(api, emi, chie, account, person):
    body = {
        "account_id": account.pk, "kind": "mail", "direction": "out", "at": "2026-11-20T03:00:00Z", "title": "資料の送付",
        "contact_ids": [person.pk], "members": ["emi"],
    }  # fmt: skip
    made = api(emi)("POST", "/encounters", body)
    assert (made.status_code, made.json()["members"], made.json()["contact_ids"]) == (201, ["emi"], [person.pk])
    listed = api(emi)("GET", f"/encounters?account={account.pk}").json()["items"]
    assert [item["title"] for item in listed] == ["資料の送付"]
    assert api(chie)("GET", f"/encounters/{made.json()['id']}").status_code == 404
    refused = api(emi)("POST", "/encounters", {**body, "members": ["nobody"]})
    assert refused.json()["errors"][0]["field"] == "members"


def test_a_form_that_was_opened_before_a_change_says_so_and_keeps_what_was_typed(opened, account, desk, emi, now):  # noqa: F811
    fields = {"title": "電話", "at": now - timedelta(hours=1), "member_ids": [emi.pk], "kind": "call"}
    encounter = actions.log_encounter(viewer=desk, account=account, fields=fields, now=now)
    _sent, send = opened(f"/desk/encounters/{encounter.pk}/edit/")
    actions.edit_encounter(viewer=desk, encounter=encounter, fields={**fields, "title": "会議の電話"}, now=now)
    response = send(title="長い電話", minutes="30", members=[str(emi.pk)])
    assert response.status_code == 409
    assert "会議の電話" in response.content.decode()
    kept = {**again(response), "members": [str(emi.pk)]}
    assert [send(**kept).status_code for _twice in range(2)] == [302, 302]
    encounter.refresh_from_db()
    assert (encounter.title, encounter.minutes, encounter.versions.count()) == ("長い電話", 30, 2)
