"""Alerts reach the team's chat in the form that each service takes, say nothing twice, and carry no markup of people."""

import json
from urllib.parse import parse_qs

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.core.activity.actions import record
from kizuna.core.members.policies import Refused
from kizuna.interfaces.webhooks import actions, chat
from kizuna.interfaces.webhooks.chat import Alert, body_of
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint
from kizuna.success.inbox import activities
from kizuna.success.inbox.models import Inquiry

pytestmark = pytest.mark.django_db
NASTY = "<!channel> [toall] **x** [a](https://evil.example) <at>All</at>\nx" + "長" * 900
HOSTILE = Alert("来た", NASTY, "https://a.example/t/1/", "箱", "開く")
CHATS = (chat.SLACK, chat.TEAMS, chat.LINE_WORKS, chat.CHATWORK)


def check_slack(body: str) -> str:
    """Check what Slack asks of a message by incoming webhook, and return what people read."""
    said = json.loads(body)
    assert 1 <= len(said["blocks"]) <= 50
    assert "<" not in said["text"]
    texts = []
    for block in said["blocks"]:
        assert block["type"] in {"header", "section", "actions", "context"}
        for part in [block.get("text"), *block.get("elements", [])]:
            if part and part["type"] == "button":
                assert part["text"]["type"] == "plain_text"
                assert part["url"].startswith("http")
            elif part:
                assert part["type"] == "plain_text"
                assert 1 <= len(part["text"]) <= (150 if block["type"] == "header" else 3000)
                texts.append(part["text"])
    return "\n".join(texts)


def check_teams(body: str) -> str:
    """Check the form of an Adaptive Card for a workflow."""
    said = json.loads(body)
    assert said["type"] == "message"
    (attached,) = said["attachments"]
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attached["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert all(action["type"] == "Action.OpenUrl" for action in card["actions"])
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    return "\n".join(run["text"] for block in card["body"] for run in block["inlines"])


def check_chatwork(body: str) -> str:
    """Check that Chatwork reads no command but the frame."""
    (said,) = parse_qs(body)["body"]
    inner = said.removeprefix("[info][title]").removesuffix("[/info]").replace("[/title]", "\n", 1)
    assert "[" not in inner
    return inner


def check_line_works(body: str) -> str:
    said = json.loads(body)
    assert set(said) <= {"title", "body", "button"}
    assert len(said["title"]) <= 100
    return f"{said['title']}\n{said['body']['text']}"


CHECKS = {
    chat.SLACK: check_slack,
    chat.TEAMS: check_teams,
    chat.CHATWORK: check_chatwork,
    chat.LINE_WORKS: check_line_works,
}


@pytest.mark.parametrize("kind", CHATS)
def test_hostile_titles_are_plain_text_of_a_bounded_length(kind):
    said = CHECKS[kind](body_of(kind, HOSTILE))
    assert "来た" in said
    assert len(said) < 1000


@pytest.fixture
def inquiry(emi, viewer_of):
    from kizuna.success.inbox import actions as inbox

    return inbox.open_inquiry(
        viewer=viewer_of(emi), fields={"title": "箱が<b>届かない", "body": "秘密"}, now=timezone.now()
    )


def made(viewer, receiver, kind: str) -> Endpoint:
    return actions.make_chat(
        viewer=viewer,
        kind=kind,
        address=receiver.url,
        token="tok123" if kind == chat.CHATWORK else "",
        now=timezone.now(),
    )


def happens(verb, inquiry: Inquiry) -> None:
    with transaction.atomic():
        record(verb, actor_id=None, object_type="inquiry", object_id=inquiry.pk)


@pytest.mark.parametrize("kind", CHATS)
def test_an_alert_arrives_in_the_form_of_the_service(kind, receiver, aoi, viewer_of, inquiry, work):
    work()
    row = made(viewer_of(aoi), receiver, kind)
    happens(activities.INQUIRY_DUE_SOON, inquiry)
    work()
    (came,) = receiver.received
    said = CHECKS[kind](came.body)
    assert "期限が近づいた" in said
    assert "箱が<b>届かない" in said
    assert "秘密" not in came.body
    assert "webhook-signature" not in came.headers
    if kind == chat.CHATWORK:
        assert came.headers["x-chatworktoken"] == "tok123"
        assert came.headers["content-type"] == "application/x-www-form-urlencoded"
    assert Delivery.objects.get(endpoint=row).state == "done"


def test_the_same_of_the_same_thing_is_said_once(receiver, aoi, viewer_of, inquiry, work):
    made(viewer_of(aoi), receiver, chat.SLACK)
    for _ in range(3):
        happens(activities.INQUIRY_DUE_SOON, inquiry)
    happens(activities.INQUIRY_ESCALATED, inquiry)
    work()
    said = [check_slack(item.body) for item in receiver.received]
    assert len([one for one in said if "期限が近づいた" in one]) == 1
    assert len([one for one in said if "責任者" in one]) == 1


def test_a_chat_hears_nothing_but_alerts(receiver, aoi, viewer_of, inquiry, work):
    work()
    made(viewer_of(aoi), receiver, chat.TEAMS)
    happens(activities.INQUIRY_CHANGED, inquiry)
    work()
    assert not receiver.received


def test_an_address_that_lets_anybody_write_is_sealed(receiver, aoi, viewer_of, client_of):
    row = made(viewer_of(aoi), receiver, chat.SLACK)
    assert "/hook" not in row.url
    assert "/hook" not in Endpoint.objects.get().sealed_secret
    client = client_of(aoi)
    for path in ("/studio/webhooks/", f"/studio/webhooks/{row.pk}/", f"/studio/webhooks/{row.pk}/edit/"):
        assert "/hook" not in client.get(path).content.decode()


def test_studio_takes_a_chat_tests_it_and_shows_a_failure(receiver, aoi, client_of, work):
    client = client_of(aoi)
    assert "Microsoft Teams" in client.get("/studio/webhooks/chat/").content.decode()
    sent = {"kind": "slack", "address": receiver.url, "description": "サポート", "verbs": ["inquiry.opened"]}
    assert client.post("/studio/webhooks/chat/", sent).status_code == 302
    row = Endpoint.objects.get()
    assert row.verbs == ["inquiry.opened"]
    receiver.answer(404, body=b"no_service")
    place = client.post(f"/studio/webhooks/{row.pk}/test/")["Location"]
    work()
    assert "no_service" in client.get(place).content.decode()
    assert Attempt.objects.get().status == 404
    edited = client.post(f"/studio/webhooks/{row.pk}/edit/", {"description": "新", "verbs": ["inquiry.escalated"]})
    assert edited.status_code == 302
    row.refresh_from_db()
    assert (row.description, row.verbs) == ("新", ["inquiry.escalated"])
    assert client.post(f"/studio/webhooks/{row.pk}/secret/").status_code == 403


@pytest.mark.parametrize(
    ("kind", "address", "token"),
    [
        ("slack", "http://10.0.0.1/", ""),
        ("chatwork", "123", ""),
        ("chatwork", "123", "a\r\nb"),
        ("fax", "https://a.example/", ""),
    ],
)
def test_what_makes_no_chat_is_refused(kind, address, token, aoi, viewer_of, settings):
    settings.KIZUNA_OUTBOUND_ALLOWED = frozenset()
    with pytest.raises(Refused):
        actions.make_chat(viewer=viewer_of(aoi), kind=kind, address=address, token=token, now=timezone.now())


def test_the_number_or_address_of_a_chatwork_room_is_enough(aoi, viewer_of):
    for address in ("123", "https://www.chatwork.com/#!rid123"):
        row = actions.make_chat(viewer=viewer_of(aoi), kind="chatwork", address=address, token="t1", now=timezone.now())
        assert row.url == "https://api.chatwork.com/v2/rooms/123/messages"
