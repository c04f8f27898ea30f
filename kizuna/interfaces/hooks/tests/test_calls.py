"""Telephone systems knock: only those who prove themselves are heard, each thing once, and mistakes are told clearly."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.interfaces.hooks import door
from kizuna.interfaces.hooks.telling import event_of, twilio_events
from kizuna.success.calls import actions
from kizuna.success.calls.models import Call, CallEvent
from kizuna.success.customers import actions as customers
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db
MOBILE = "+819055500142"
IN = {"CallSid": "CA1", "From": MOBILE, "To": "+81355500100", "Direction": "inbound", "AccountSid": "AC1"}


def test_what_the_public_library_signs_is_taken(told):
    answer = told(data={"call_id": "a-1", "direction": "in", "number": "090-5550-0142"})
    assert (answer.status_code, answer.json()) == (200, {"call": Call.objects.get().pk, "repeated": False})
    assert Inquiry.objects.get().channel == "missed"


def test_the_same_message_again_is_the_same_answer(told):
    data = {"call_id": "a", "number": MOBILE}
    body = json.dumps({"type": "call.missed", "timestamp": timezone.now().isoformat(), "data": data})
    first, second = told(body=body, event="msg_1"), told(body=body, event="msg_1")
    assert second.json() == {**first.json(), "repeated": True}
    assert (CallEvent.objects.count(), Inquiry.objects.count()) == (1, 1)
    other = told(body=body.replace('"a"', '"b"'), event="msg_1")
    assert (other.status_code, other.json()["code"]) == (409, "clash")


def test_an_old_or_early_message_is_refused_however_well_it_is_signed(told):
    for off in (timedelta(minutes=-6), timedelta(minutes=6)):
        answer = told(data={"call_id": "a"}, at=datetime.now(UTC) + off)
        assert answer.status_code == 401
    assert not Call.objects.exists()


def test_a_wrong_secret_a_missing_header_and_a_changed_body_are_refused(told, source):
    other = "whsec_" + "B" * 43 + "="
    assert told(data={"call_id": "a"}, secret=other).status_code == 401
    for name in ("webhook-id", "webhook-signature", "webhook-timestamp"):
        assert told(data={"call_id": "a"}, **{name: ""}).status_code == 401
    assert Client().post(f"/hooks/calls/{source.key}/", "{}", content_type="application/json").status_code == 401
    assert not Call.objects.exists()


def test_a_rotated_secret_leaves_the_one_before_a_day(told, source, aoi, viewer_of):
    before, now = source.secret, timezone.now()
    _row, new = actions.rotate_secret(viewer=viewer_of(aoi), source=source, now=now)
    assert told(data={"call_id": "a"}).status_code == 200
    assert told(data={"call_id": "b"}, secret=new).status_code == 200
    type(source).objects.update(before_until=now - timedelta(seconds=1))
    assert told(data={"call_id": "c"}, secret=before).status_code == 401


def test_nobody_answers_at_other_addresses_and_when_out_of_use(told, source, aoi, viewer_of, twilio):
    assert Client().post("/hooks/calls/nothing/", "{}", content_type="application/json").status_code == 404
    assert (
        Client()
        .post(f"/hooks/calls/twilio/{source.key}/", "a=b", content_type="application/x-www-form-urlencoded")
        .status_code
        == 404
    )
    actions.change_source(viewer=viewer_of(aoi), source=source, name="x", is_active=False, now=timezone.now())
    assert told(data={"call_id": "a"}).status_code == 404


def test_it_is_posted_short_and_says_its_length(source):
    client, address = Client(), f"/hooks/calls/{source.key}/"
    assert client.get(address).status_code == 405
    answer = client.post(address, "x" * 70_000, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"x"', "1e999", "[" * 40_000, '{"data":[]}', "\ufeff{}", "\x00"]
)
def test_what_is_no_event_is_a_clear_problem(told, body):
    answer = told(body=body)
    assert answer.status_code in (400, 411, 422)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("call.exploded", {"call_id": "a"}, "type"),
        ("call.missed", {}, "data.call_id"),
        ("call.missed", {"call_id": 7}, "data.call_id"),
        ("call.missed", {"call_id": "a" * 121}, "data.call_id"),
        ("call.missed", {"call_id": "a\nb"}, "data.call_id"),
        ("call.missed", {"call_id": "a", "number": "1" * 41}, "data.number"),
        ("call.missed", {"call_id": "a", "direction": "sideways"}, "data.direction"),
        ("call.ended", {"call_id": "a", "seconds": -1}, "data.seconds"),
        ("call.ended", {"call_id": "a", "seconds": True}, "data.seconds"),
        ("call.ended", {"call_id": "a", "seconds": 10**30}, "data.seconds"),
        ("call.ended", {"call_id": "a", "answered": "yes"}, "data.answered"),
        ("call.recording", {"call_id": "a"}, "data.recording_url"),
        ("call.recording", {"call_id": "a", "recording_url": "http://pbx.example/r"}, "data.recording_url"),
        ("call.recording", {"call_id": "a", "recording_url": "javascript:alert(1)"}, "data.recording_url"),
        ("call.recording", {"call_id": "a", "recording_url": "https://u:p@pbx.example/"}, "data.recording_url"),
        (["call.missed"], {"call_id": "a"}, "type"),
    ],
)
def test_what_is_wrong_is_named(told, kind, data, field):
    answer = told(kind, data=data)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-11-27T08:00:00", "1999-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", 7, None]
)
def test_a_time_without_zone_or_far_away_is_refused(told, moment):
    answer = told(body=json.dumps({"type": "call.missed", "timestamp": moment, "data": {"call_id": "a"}}))
    assert [error["field"] for error in answer.json()["errors"]] == ["timestamp"]


@pytest.mark.parametrize("number", ["anonymous", "非通知", "非通知設定", "Restricted", "unavailable", "+266696687", ""])
def test_withheld_numbers_are_none(told, number):
    assert told(data={"call_id": "a", "number": number}).status_code == 200
    assert (Call.objects.get().number, Inquiry.objects.get().title) == ("", "不在着信（非通知）")


def test_who_knocks_too_often_waits(told, monkeypatch):
    monkeypatch.setattr(door, "TOLD", door.Limit("hooks.told", 2, timedelta(minutes=1)))
    codes = [told(data={"call_id": f"c{number}"}).status_code for number in range(3)]
    assert codes == [200, 200, 429]


def test_who_guesses_secrets_waits(told, monkeypatch):
    monkeypatch.setattr(door, "WRONG", door.Limit("hooks.wrong", 2, timedelta(minutes=1)))
    other = "whsec_" + "B" * 43 + "="
    assert [told(data={"call_id": "a"}, secret=other).status_code for _try in range(3)] == [401, 401, 429]


def test_an_answered_call_of_twilio_is_a_talk_with_whose_number_it_is(twilio, desk, person, account):
    customers.change_contact(viewer=desk, contact=person, fields={"phone": "090-5550-0142"}, now=timezone.now())
    leg = {
        **IN,
        "CallSid": "CA2",
        "ParentCallSid": "CA1",
        "Direction": "outbound-dial",
        "From": "+81355500100",
        "To": "+81355500199",
    }
    said = [
        {**IN, "CallStatus": "ringing"},
        {**IN, "CallStatus": "in-progress"},
        {**leg, "CallStatus": "completed", "CallDuration": "61"},
        {
            **IN,
            "DialCallStatus": "completed",
            "DialCallSid": "CA2",
            "DialCallDuration": "61",
            "CallStatus": "in-progress",
        },
        {**IN, "CallStatus": "completed", "CallDuration": "75"},
        {
            "CallSid": "CA1",
            "RecordingSid": "RE1",
            "RecordingStatus": "completed",
            "RecordingUrl": "https://api.twilio.example/RE1",
        },
    ]
    for params in said:
        answer = twilio(params)
        assert (answer.status_code, b"<Response>" in answer.content) == (200, True)
        assert twilio(params).status_code == 200  # again
    call = Call.objects.get()
    assert (call.state, call.direction, call.seconds, call.account) == ("talked", "in", 61, account)
    assert (call.number, call.our_number) == (MOBILE, "+81355500100")
    assert call.recording_url == "https://api.twilio.example/RE1"
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("status", ["no-answer", "busy", "canceled", "failed"])
def test_what_nobody_took_at_twilio_is_missed_whatever_its_order(twilio, status):
    said = [
        {**IN, "DialCallStatus": status, "CallStatus": "in-progress"},
        {**IN, "CallStatus": "completed", "CallDuration": "20"},
    ]
    for params in said if status in ("no-answer", "busy") else reversed(said):
        assert twilio(params).status_code == 200
    assert Call.objects.get().state == "missed"
    assert Inquiry.objects.get().channel == "missed"


def test_one_of_several_that_ring_is_enough(twilio):
    for number, status in enumerate(("no-answer", "completed", "canceled")):
        leg = {
            "CallSid": f"CA1{number}",
            "ParentCallSid": "CA1",
            "Direction": "outbound-dial",
            "CallStatus": status,
            "CallDuration": "9",
        }
        assert twilio(leg).status_code == 200
    twilio({**IN, "CallStatus": "completed", "CallDuration": "20"})
    assert (Call.objects.get().state, Call.objects.get().number) == ("talked", MOBILE)


def test_an_own_call_by_twilio_is_outgoing(twilio):
    said = {**IN, "Direction": "outbound-api", "From": "+81355500100", "To": MOBILE, "CallStatus": "no-answer"}
    assert twilio(said).status_code == 200
    call = Call.objects.get()
    assert (call.direction, call.number, call.state) == ("out", MOBILE, "missed")
    assert not Inquiry.objects.exists()


def test_only_the_public_address_counts_for_twilio(twilio):
    params = {**IN, "CallStatus": "ringing"}
    assert twilio(params, host="http://testserver").status_code == 401
    assert twilio(params, token="f" * 32).status_code == 401
    assert twilio(params, sent="CallSid=CA1&CallStatus=completed").status_code == 401
    assert twilio(params, query="?a=1&b=2").status_code == 200
    assert Call.objects.count() == 1


@pytest.mark.parametrize(
    "params",
    [
        {"CallSid": ""}, {"CallSid": "CA1", "CallStatus": "dancing"}, {"CallSid": "CA1", "RecordingSid": "RE1", "RecordingUrl": "http://x/"},
        {"CallSid": "CA1", "RecordingSid": "RE1", "RecordingUrl": "javascript:1"},
        {"CallSid": "CA1", "RecordingSid": "RE1", "RecordingStatus": "failed", "RecordingUrl": "https://x.example/"},
    ],
)  # fmt: skip
def test_what_says_nothing_of_a_call_is_heard_and_kept_nowhere(twilio, params):
    assert twilio(params).status_code == 200
    assert not Call.objects.exists()


def test_strange_values_from_twilio_break_nothing(twilio):
    odd = {
        **IN,
        "CallStatus": "completed",
        "CallDuration": "9" * 40,
        "Timestamp": "Fri, 99 Xxx 9999",
        "From": "\x00" + "Ａ" * 900,
        "CallSid": "C" * 900,
    }
    assert twilio(odd).status_code == 200
    assert len(Call.objects.get().external_id) == 120


def test_a_time_ahead_is_now_for_twilio():
    now = timezone.now()
    ahead = (now + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    (event,) = twilio_events({**IN, "CallStatus": "ringing", "Timestamp": ahead}, now=now)
    assert event.at == now


def test_an_event_says_what_was_told():
    now = timezone.now()
    event = event_of(
        {"type": "call.ended", "timestamp": now.isoformat(), "data": {"call_id": "a", "answered": True, "seconds": 3, "agent": "emi"}},
        event_id="m", now=now,
    )  # fmt: skip
    assert (event.kind, event.answered, event.seconds, event.agent) == ("ended", True, 3, "emi")
