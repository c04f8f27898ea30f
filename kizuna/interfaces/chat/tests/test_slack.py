"""Buttons of alerts in Slack act as who presses them, once, and only for those who said who they are."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity.models import Activity
from kizuna.core.members.policies import Refused
from kizuna.interfaces.chat import actions, slack
from kizuna.interfaces.chat.models import SlackLink, SlackPress
from kizuna.interfaces.webhooks import actions as webhooks
from kizuna.interfaces.webhooks import chat
from kizuna.interfaces.webhooks.alerts import alert_for
from kizuna.interfaces.webhooks.models import Endpoint
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Inquiry
from tests.cast import make_member

pytestmark = pytest.mark.django_db
SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
def endpoint(aoi, viewer_of, outside, monkeypatch):
    monkeypatch.setattr(slack, "ANSWER_SCHEME", "http")
    monkeypatch.setattr(slack, "ANSWER_HOSTS", (f"127.0.0.1:{outside.port}",))
    return webhooks.make_chat(
        viewer=viewer_of(aoi), kind="slack", address="https://hooks.slack.com/services/T1/B1/x", signing=SIGNING,
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def inquiry(db):
    now = timezone.now()
    return receive(arrival=Arrival(channel="form", title="印刷できません", body="x", received_at=now), now=now).inquiry


@pytest.fixture
def press(endpoint, outside, inquiry):
    """Return a function that presses a button as Slack tells of it."""

    def send(
        *, user="U1", action="assign", value=None, url="", trigger="1.2", at=None, secret=SIGNING, payload=None, key=""
    ):
        told = payload if payload is not None else json.dumps({
            "type": "block_actions", "trigger_id": trigger, "team": {"id": "T1"},
            "user": {"id": user, "username": "kaori", "name": "kaori"}, "response_url": url or f"{outside.url}/answer/1",
            "actions": [{"action_id": action, "value": str(inquiry.pk) if value is None else value, "action_ts": trigger}],
        })  # fmt: skip
        body, stamp = urlencode({"payload": told}), str(int(time.time()) if at is None else at)
        signed = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return Client().post(
            f"/hooks/slack/{key or endpoint.key}/", body, content_type="application/x-www-form-urlencoded",
            headers={"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed},
        )  # fmt: skip

    return send


def join(viewer, user="U1"):
    actions.link_slack(viewer=viewer, team_id="T1", user_id=user, name="kaori", now=timezone.now())


def test_an_alert_of_an_inquiry_has_buttons_where_they_are_answered(endpoint, inquiry, aoi, viewer_of):
    activity = inquiry_activity(inquiry)
    told = json.loads(chat.body_of("slack", alert_for(viewer_of(aoi), activity, has_buttons=True)))
    (buttons,) = [block["elements"] for block in told["blocks"] if block["type"] == "actions"]
    assert [button.get("action_id") for button in buttons] == ["assign", None, "reply"]
    assert buttons[0]["value"] == str(inquiry.pk)
    assert buttons[2]["url"].endswith(f"/desk/inquiries/{inquiry.pk}/#reply")
    plain = json.loads(chat.body_of("slack", alert_for(viewer_of(aoi), activity)))
    assert "assign" not in json.dumps(plain)


def inquiry_activity(inquiry):
    return Activity.objects.get(verb="inquiry.opened", object_id=inquiry.pk)


def test_who_is_known_takes_the_inquiry_and_the_room_hears_it(press, inquiry, viewer_of, emi, outside):
    join(viewer_of(emi))
    assert press().status_code == 200
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.owner == emi
    (said,) = outside.answered
    assert (said["response_type"], said["text"]) == ("in_channel", f"Emiさんが #{inquiry.pk} の担当になりました。")


def test_pressed_twice_or_told_twice_it_is_done_once(press, inquiry, viewer_of, emi, aoi, outside):
    join(viewer_of(emi))
    join(viewer_of(aoi), "U2")
    press()
    press()  # the same, told again
    run_waiting()
    press(trigger="2.0")
    press(user="U2", trigger="3.0")
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.owner == emi
    assert [said["response_type"] for said in outside.answered] == ["in_channel", "ephemeral", "ephemeral"]
    assert "すでにEmiさん" in outside.answered[2]["text"]


def test_a_stranger_is_asked_who_they_are_and_takes_nothing(press, inquiry, outside, client_of, emi, chie):
    press()
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.owner is None
    (said,) = outside.answered
    assert said["response_type"] == "ephemeral"
    address = "/me/slack/" + said["text"].split("/me/slack/")[1].rstrip(">")
    assert client_of(chie).get(address).status_code == 404  # not of the team
    assert "kaori" in client_of(emi).get(address).content.decode()
    assert not SlackLink.objects.exists()  # looking joins nothing
    client_of(emi).post("/me/slack/", {"ticket": address.split("ticket=")[1]})
    assert SlackLink.objects.get().member == emi
    press(trigger="2.0")
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.owner == emi
    client_of(emi).post("/me/slack/", {"part": SlackLink.objects.get().pk})
    assert not SlackLink.objects.exists()


@pytest.mark.parametrize("ticket", ["", "x", "W10:1:2", "a" * 2000])
def test_a_ticket_that_is_none_joins_nobody(client_of, emi, ticket):
    assert client_of(emi).post("/me/slack/", {"ticket": ticket}).status_code == 200
    assert not SlackLink.objects.exists()


def test_a_ticket_grows_old(client_of, emi, monkeypatch):
    ticket = slack.ticket_of("T1", "U1", "kaori")
    assert slack.read_ticket(ticket) == ("T1", "U1", "kaori")
    monkeypatch.setattr(slack, "GOOD_FOR", -1)
    assert slack.read_ticket(ticket) is None


def test_somebody_who_only_reads_or_left_the_team_takes_nothing(press, inquiry, outside, viewer_of, emi):
    analyst = make_member("mio", "analyst")
    join(viewer_of(analyst))
    press()
    run_waiting()
    inquiry.refresh_from_db()
    assert (inquiry.owner, outside.answered[0]["response_type"]) == (None, "ephemeral")
    analyst.role_grants.all().delete()
    press(trigger="2.0")
    run_waiting()
    inquiry.refresh_from_db()
    assert inquiry.owner is None


def test_only_the_team_is_joined(viewer_of, chie):
    with pytest.raises(Refused):
        join(viewer_of(chie))


def test_what_slack_did_not_sign_or_signed_long_ago_is_refused(press):
    assert press(secret="f" * 32).status_code == 401
    assert press(at=int(time.time()) - 301).status_code == 401
    assert press(key="nothing").status_code == 404
    assert not SlackPress.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://evil.example/answer"}, {"url": "http://127.0.0.1:1/"}, {"value": "x"}, {"value": "9" * 30}, {"user": ""},
        {"user": "U\n1"}, {"payload": ""}, {"payload": "{"}, {"payload": "[]"}, {"payload": '{"type":"view_submission"}'},
        {"payload": "[" * 20_000}, {"payload": '{"type":"block_actions","actions":[{"action_id":"assign"}]}'},
    ],
)  # fmt: skip
def test_what_is_no_press_of_ours_is_refused_and_nobody_is_written_to(press, changed, outside):
    assert press(**changed).status_code == 422
    assert not SlackPress.objects.exists()


def test_a_button_that_only_opens_an_address_is_heard_and_does_nothing(press):
    assert press(action="reply").status_code == 200
    assert not SlackPress.objects.exists()


def test_an_inquiry_that_is_gone_is_said_so(press, outside, viewer_of, emi):
    join(viewer_of(emi))
    press(value="999999")
    run_waiting()
    assert outside.answered[0]["response_type"] == "ephemeral"


def test_killed_before_the_answer_it_is_told_again_and_done_once(press, inquiry, viewer_of, emi, outside):
    join(viewer_of(emi))
    press()
    outside.refusals = [(503, {})]
    number = SlackPress.objects.get().pk
    with pytest.raises(Exception, match="503"):
        actions.do_press(press_id=number, now=timezone.now())
    inquiry.refresh_from_db()
    assert inquiry.owner == emi
    actions.do_press(press_id=number, now=timezone.now())
    actions.do_press(press_id=number, now=timezone.now())
    assert [said["response_type"] for said in outside.answered] == ["in_channel"]


def test_a_paused_chat_answers_no_button(press, endpoint, viewer_of, aoi):
    webhooks.pause(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    assert press().status_code == 404


def test_the_signing_secret_is_sealed_and_another_chat_has_none(endpoint, client_of, aoi, viewer_of):
    assert SIGNING not in endpoint.sealed_signing
    page = client_of(aoi).get(f"/studio/webhooks/{endpoint.pk}/").content.decode()
    assert (SIGNING in page, f"/hooks/slack/{endpoint.key}/" in page) == (False, True)
    with pytest.raises(Refused) as refused:
        webhooks.make_chat(
            viewer=viewer_of(aoi), kind="teams", address="https://x.example/a", signing=SIGNING, now=timezone.now()
        )
    assert refused.value.field == "signing"
    client_of(aoi).post(f"/studio/webhooks/{endpoint.pk}/edit/", {"description": "サポート室", "when": "collect"})
    endpoint.refresh_from_db()
    assert (endpoint.when, endpoint.urgent_at_once, endpoint.has_buttons) == ("collect", False, True)


def test_presses_are_forgotten(press, viewer_of, emi):
    press()
    assert actions.forget_presses(now=timezone.now() + timedelta(days=8)) == 1
    assert Endpoint.objects.exists()
    assert Inquiry.objects.exists()


def test_the_team_finds_its_own_page_of_slack_and_members_see_no_way_there(client_of, emi, chie):
    assert "/me/slack/" in client_of(emi).get("/account/records/").content.decode()
    assert "/me/slack/" not in client_of(chie).get("/account/records/").content.decode()
