"""Calls by hand: logged with what follows, changed, removed, brought back; as pages and in the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Person
from kizuna.core.members.policies import Refused
from kizuna.success.calls import actions
from kizuna.success.calls.models import Call, CallEvent
from kizuna.success.customers.models import Touchpoint
from kizuna.success.customers.tests.test_opened import again
from kizuna.success.effort.models import Effort
from kizuna.success.encounters import actions as encounters
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Inquiry, InquiryWork
from kizuna.success.tasks.models import Task

pytestmark = pytest.mark.django_db
MOBILE = "090-5550-0142"


@pytest.fixture
def fields(kaori, emi, now):
    return {
        "direction": "out", "outcome": "reached", "number": MOBILE, "at": now - timedelta(minutes=30),
        "ended_at": now - timedelta(minutes=18), "title": "契約の相談", "body": "次の更新について。",
        "contact_ids": [kaori.pk], "member_ids": [emi.pk],
    }  # fmt: skip


@pytest.fixture
def call(desk, account, fields, now):
    return actions.log_call(viewer=desk, account=account, fields=fields, now=now)


def test_a_logged_call_stands_on_the_timeline_with_its_length_task_and_working_time(desk, account, fields, emi, now):
    more = {"counts": True, "next_title": "見積もりを送る", "next_due_on": now.date()}
    call = actions.log_call(viewer=desk, account=account, fields={**fields, **more}, now=now)
    assert (call.state, call.seconds, call.encounter.minutes, call.number_key) == ("talked", 720, 12, "+819055500142")
    touch = Touchpoint.objects.get(channel="call")
    assert (touch.kind, touch.title, touch.at) == ("call.out", "契約の相談", fields["at"])
    assert Effort.objects.get().minutes == 12
    task = Task.objects.get()
    assert (task.title, task.owner, task.contact_id) == ("見積もりを送る", emi, call.contact_id)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": "abc"}, "number"),
        ({"at": None}, "at"),
        ({"outcome": "fax"}, "outcome"),
        ({"direction": "up"}, "direction"),
        ({"title": ""}, "title"),
        ({"ended_at": "before"}, "ended_at"),
        ({"contact_ids": [999_999]}, "contacts"),
        ({"counts": True, "ended_at": None}, "ended_at"),
        ({"at": "later"}, "at"),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_nothing_is_kept(desk, account, fields, now, changed, field):
    moments = {"before": now - timedelta(hours=9), "later": now + timedelta(hours=1)}
    changed = {name: moments.get(value, value) if isinstance(value, str) else value for name, value in changed.items()}
    with pytest.raises(Refused) as refused:
        actions.log_call(viewer=desk, account=account, fields={**fields, **changed}, now=now)
    assert refused.value.field == field
    assert not Call.objects.exists()
    assert not Touchpoint.objects.filter(channel="call").exists()


def test_a_call_for_an_inquiry_closes_it_and_counts_there(desk, account, fields, tell, now):
    tell("missed", "m1", at=now - timedelta(hours=2), number=MOBILE)
    inquiry = Inquiry.objects.get()
    more = {"closes": True, "counts": True}
    call = actions.log_call(viewer=desk, account=account, fields={**fields, **more}, inquiry=inquiry, now=now)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.closed_because, call.inquiry) == ("closed", "phone", inquiry)
    assert InquiryWork.objects.get().effort.minutes == 12


def test_an_inquiry_is_not_answered_by_a_call_that_reached_nobody(desk, account, fields, tell, now):
    tell("missed", "m1", number=MOBILE)
    fields = {**fields, "outcome": "no_answer", "closes": True}
    with pytest.raises(Refused) as refused:
        actions.log_call(viewer=desk, account=account, fields=fields, inquiry=Inquiry.objects.get(), now=now)
    assert refused.value.field == "closes"


def test_closing_as_answered_by_telephone_joins_the_talk_of_that_number(desk, account, fields, tell, now):
    tell("missed", "m1", at=now - timedelta(hours=2), number=MOBILE)
    call = actions.log_call(viewer=desk, account=account, fields=fields, now=now)
    inquiry = Inquiry.objects.get()
    inbox.close_inquiry(viewer=desk, inquiry=inquiry, because="phone", now=now)
    run_waiting()
    call.refresh_from_db()
    assert call.inquiry == inquiry


def test_a_removed_call_leaves_the_timeline_and_comes_back_as_it_was(desk, call, now):
    actions.remove_call(viewer=desk, call=call, now=now)
    assert not Touchpoint.objects.filter(channel="call").exists()
    actions.restore_call(viewer=desk, call=call, now=now)
    assert Touchpoint.objects.get(channel="call").title == "契約の相談"
    call.refresh_from_db()
    assert (call.is_removed, call.encounter.is_removed) == (False, False)


def test_an_encounter_that_is_a_call_is_in_the_list_and_follows_it(desk, account, emi, now):
    fields = {"kind": "call", "direction": "in", "at": now, "minutes": 5, "title": "電話", "member_ids": [emi.pk]}
    encounter = encounters.log_encounter(viewer=desk, account=account, fields=fields, now=now)
    run_waiting()
    call = Call.objects.get()
    assert (call.encounter, call.direction, call.seconds, call.member) == (encounter, "in", 300, emi)
    encounters.edit_encounter(
        viewer=desk, encounter=encounter, fields={**fields, "at": now - timedelta(days=1)}, now=now
    )
    run_waiting()
    call.refresh_from_db()
    assert call.at == now - timedelta(days=1)
    encounters.remove_encounter(viewer=desk, encounter=encounter, now=now)
    run_waiting()
    call.refresh_from_db()
    assert call.is_removed


def test_it_is_logged_found_changed_removed_and_brought_back_by_forms(client_of, emi, chie, account, kaori):
    client = client_of(emi)
    address = f"/desk/calls/new/?account={account.pk}"
    assert client_of(chie).get(address).status_code == 404
    assert address in client.get(f"/desk/customers/{account.pk}/").content.decode()
    assert client.get("/desk/calls/new/")["Location"] == "/desk/find/?then=call"
    at = timezone.localtime() - timedelta(minutes=20)
    form = {
        "direction": "out", "outcome": "reached", "number": MOBILE, "at": at.strftime("%Y-%m-%dT%H:%M"),
        "ended_at": (at + timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M"), "title": "契約の相談", "body": "更新について。",
        "contacts": [kaori.pk], "members": [emi.pk], "visibility": "internal",
    }  # fmt: skip
    refused = client.post(address, {**form, "number": "zz"})
    assert refused.status_code == 422
    assert "更新について。" in refused.content.decode()
    assert client.post(address, form).status_code == 302
    call = Call.objects.get()
    for text in ("０９０－５５５０－０１４２", "+81 90-5550-0142", "青波"):
        page = client.get("/desk/calls/", {"q": text}).content.decode()
        assert all(words in page for words in ("契約の相談", "090-5550-0142"))
    assert "契約の相談" not in client.get("/desk/calls/", {"q": "03-1111-2222"}).content.decode()
    page = f"/desk/calls/{call.pk}/"
    client.post(f"{page}edit/", {**form, "title": "契約の相談（続き）", "outcome": "call_back"})
    shown = client.get(page).content.decode()
    assert all(words in shown for words in ("契約の相談（続き）", "折り返し待ち", "話せた"))
    removed = client.post(f"{page}removal/", follow=True).content.decode()
    assert "元に戻す" in removed
    assert client.get(page).status_code == 404
    assert client.post(f"{page}removal/", {"undo": "1"}).status_code == 302
    assert client.get(page).status_code == 200


def test_a_form_that_was_opened_before_a_change_says_so_and_keeps_what_was_typed(
    opened, call, desk, fields, emi, kaori, now
):
    _sent, send = opened(f"/desk/calls/{call.pk}/edit/")
    actions.edit_call(viewer=desk, call=call, fields={**fields, "title": "会議の電話"}, now=now)
    response = send(title="長い電話", members=[str(emi.pk)], contacts=[str(kaori.pk)])
    assert response.status_code == 409
    assert "会議の電話" in response.content.decode()
    kept = {**again(response), "members": [str(emi.pk)], "contacts": [str(kaori.pk)]}
    assert [send(**kept).status_code for _twice in range(2)] == [302, 302]
    call.refresh_from_db()
    assert call.encounter.title == "長い電話"
    assert call.versions.count() == 2


def test_somebody_without_right_changes_nothing(viewer_of, client_of, ken, chie, call, fields, now):
    for act in (
        lambda: actions.edit_call(viewer=viewer_of(ken), call=call, fields=fields, now=now),
        lambda: actions.remove_call(viewer=viewer_of(ken), call=call, now=now),
        lambda: actions.log_call(viewer=viewer_of(ken), account=call.account, fields=fields, now=now),
    ):
        with pytest.raises(Refused):
            act()
    assert client_of(chie).get(f"/desk/calls/{call.pk}/").status_code == 404
    assert client_of(ken).get(f"/desk/calls/{call.pk}/").status_code == 200


def test_hidden_telephones_are_neither_shown_nor_found(client_of, api, emi, aoi, call, hide):
    hide("contact")
    client = client_of(emi)
    pages = [
        client.get(path).content.decode()
        for path in ("/desk/calls/", f"/desk/calls/{call.pk}/", f"/desk/calls/{call.pk}/edit/")
    ]
    assert not any("5550" in page for page in pages)
    assert "契約の相談" not in client.get("/desk/calls/", {"q": MOBILE}).content.decode()
    assert api(emi)("GET", f"/calls/{call.pk}").json()["number"] is None
    assert api(emi)("GET", f"/calls?number={MOBILE}").json()["items"] == []
    assert api(aoi)("GET", f"/calls?number={MOBILE}").json()["items"][0]["number"] == "+819055500142"


def test_it_is_logged_read_changed_and_removed_by_a_program(api, emi, chie, account, kaori):
    body = {"account_id": account.pk, "direction": "in", "at": "2026-11-20T03:00:00Z", "ended_at": "2026-11-20T03:04:00Z",
            "title": "相談", "number": "０３-5550-0142", "contact_ids": [kaori.pk], "members": ["emi"]}  # fmt: skip
    made = api(emi)("POST", "/calls", body)
    assert (made.status_code, made.json()["state"], made.json()["seconds"]) == (201, "talked", 240)
    number = made.json()["id"]
    assert api(emi)("GET", f"/calls?account={account.pk}&number=%2B81355500142").json()["items"][0]["title"] == "相談"
    assert api(chie)("GET", f"/calls/{number}").status_code == 404
    for wrong, field in (({"title": ""}, "title"), ({"number": "x"}, "number"), ({"members": ["nobody"]}, "members"),
                         ({"outcome": "z" * 500}, "outcome"), ({"account_id": 2**70}, None)):  # fmt: skip
        refused = api(emi)("POST", "/calls", {**body, **wrong})
        assert refused.status_code in (404, 422)
        assert field is None or field in refused.content.decode()
    changed = {name: value for name, value in body.items() if name != "account_id"}
    assert api(emi)("PUT", f"/calls/{number}", {**changed, "title": "別の相談"}).json()["title"] == "別の相談"
    assert api(emi)("DELETE", f"/calls/{number}").status_code == 204
    assert api(emi)("GET", f"/calls/{number}").status_code == 404


def test_an_erased_person_leaves_the_call_without_number_note_and_recording(tell, kaori, account, now):
    call = tell("ended", number=MOBILE, answered=True, seconds=5)
    tell("recording", after=5, recording_url="https://pbx.example/r")
    erased = actions.forget_person(person=Person(contact_id=kaori.pk), now=now)
    call.refresh_from_db()
    assert (call.number, call.number_key, call.recording_url, call.contact, call.account) == ("", "", "", None, account)
    assert (erased.kept, CallEvent.objects.count()) == (1, 0)


def test_what_was_imported_is_in_the_list_of_calls_as_well(desk, account, now):
    fields = {
        "channel": "missed",
        "title": "不在着信",
        "sender": "03-5550-0142",
        "received_at": now - timedelta(days=3),
    }
    inbox.open_inquiries(viewer=desk, rows=[fields], now=now, import_id=7)
    run_waiting()
    call = Call.objects.get()
    assert (call.is_missed, call.number_key, call.at) == (True, "+81355500142", now - timedelta(days=3))
