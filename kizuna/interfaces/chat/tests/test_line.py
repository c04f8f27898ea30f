"""What is written by LINE becomes an inquiry once, and answers go out once, whatever breaks in between."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import DoorClosed, Person
from kizuna.core.files.actions import store
from kizuna.core.files.models import File
from kizuna.core.members.policies import Refused
from kizuna.interfaces.chat import actions, line, sending
from kizuna.interfaces.chat.models import LineCode, LineEvent, LineThread, LineUser
from kizuna.interfaces.chat.tests.conftest import KAORI, SECRET
from kizuna.success.customers import actions as customers
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage

pytestmark = pytest.mark.django_db
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def answer(desk, inquiry, body="できます。", **more):
    """Send an answer and let its half minute pass."""
    delivery = inbox.send_reply(
        viewer=desk, inquiry=inquiry, body=body, now=timezone.now() - timedelta(minutes=1), **more
    )
    run_waiting()
    delivery.refresh_from_db()
    return delivery


def test_a_text_becomes_an_inquiry_and_what_follows_goes_on_with_it(write, outside):
    assert write("注文の数を変えられますか？").status_code == 200
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.title, inquiry.account) == ("line", "注文の数を変えられますか？", None)
    assert inquiry.sender.startswith("LINEの方")
    write("3つです")
    assert (Inquiry.objects.count(), inquiry.messages.count()) == (1, 2)
    assert LineUser.objects.get().name == "かおり 🌸"
    assert outside.asked == [f"/v2/bot/profile/{KAORI}"]


def test_an_event_that_comes_again_is_taken_once(knock, outside):
    event = {"type": "message", "message": {"id": "1", "type": "text", "text": "同じ"}, "webhookEventId": "01HX"}
    assert knock(event).status_code == 200
    again = {**event, "deliveryContext": {"isRedelivery": True}}
    assert knock(again, again).status_code == 200
    run_waiting()
    assert (LineEvent.objects.count(), InquiryMessage.objects.count()) == (1, 1)


def test_an_old_event_is_a_replay(knock, outside):
    old = int((timezone.now() - timedelta(days=8)).timestamp() * 1000)
    assert (
        knock({"type": "message", "message": {"id": "1", "type": "text", "text": "古い"}, "timestamp": old}).status_code
        == 200
    )
    assert not LineEvent.objects.exists()


def test_what_is_not_signed_by_line_is_refused_and_nothing_kept(knock, channel, aoi, viewer_of):
    event = {"type": "message", "message": {"id": "1", "type": "text", "text": "偽"}}
    assert knock(event, secret="f" * 32).status_code == 401
    assert knock(event, signature="x").status_code == 401
    assert knock(event, signature="ａ").status_code == 401
    assert Client().post(f"/hooks/line/{channel.key}/", "{}", content_type="application/json").status_code == 401
    assert knock(event, key="nothing").status_code == 404
    actions.change_channel(viewer=viewer_of(aoi), channel=channel, name="x", is_active=False, now=timezone.now())
    assert knock(event).status_code == 404
    assert not LineEvent.objects.exists()


def test_the_button_that_verifies_the_webhook_is_answered(knock):
    assert knock().status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"events": 7}', b"\xff\xfe", b"[" * 50_000])
def test_what_is_no_list_of_events_is_a_clear_problem(knock, body):
    response = knock(body=body)
    assert response.status_code in (400, 422)
    assert response["Content-Type"] == "application/problem+json"


def test_strange_events_break_nothing_and_lose_no_other(knock, outside):
    odd = [
        {"type": "message"}, {"type": "message", "message": 7}, {"type": "message", "message": {"type": ["x"]}},
        {"type": "message", "message": {"id": "../../x", "type": "image"}}, {"type": "follow", "source": None},
        {"type": "message", "source": {"type": "group", "groupId": "C1"}, "message": {"id": "9", "type": "text", "text": "群"}},
        {"type": "unsend"}, {"type": "x" * 900},
        {"webhookEventId": 7, "type": "message", "message": {"id": "1", "type": "text", "text": "\x00\ud800"}},
        {"timestamp": 10**30, "type": "message", "message": {"id": "2", "type": "text", "text": "届く"}},
        {"timestamp": True, "type": "message", "message": {"id": "3", "type": "sticker", "keywords": ["笑顔", 7]}},
        {"type": "message", "message": {"id": "4", "type": "location", "address": "東京都"}},
    ]  # fmt: skip
    assert knock(*odd).status_code == 200
    run_waiting()
    assert not LineEvent.objects.filter(done_at=None).exists()
    said = "\n".join(InquiryMessage.objects.values_list("body", flat=True))
    assert all(words in said for words in ("届く", "スタンプ: 笑顔", "位置情報: 東京都"))
    assert "群" not in said


def test_a_picture_is_screened_and_kept_with_the_message(knock, outside):
    outside.files["77"] = (200, PIXEL)
    knock({"type": "message", "message": {"id": "77", "type": "image", "contentProvider": {"type": "line"}}})
    run_waiting()
    message = InquiryMessage.objects.get()
    file = File.objects.get(target_type="inquiry_message", target_id=message.pk)
    assert (file.content_type, "画像" in message.body) == ("image/webp", True)


def test_a_file_that_is_no_file_or_too_big_or_gone_is_told_and_the_words_stay(knock, outside, monkeypatch):
    monkeypatch.setattr(line, "LARGEST_FILE", 1000)
    outside.files |= {"1": (200, b"MZ\x90\x00" + b"\0" * 60), "2": (200, b"x" * 2000)}
    for number, kind in (("1", "file"), ("2", "video"), ("3", "audio")):
        knock({"type": "message", "message": {"id": number, "type": kind, "fileName": "a.exe"}})
    run_waiting()
    said = "\n".join(InquiryMessage.objects.values_list("body", flat=True))
    assert all(words in said for words in ("保存していません", "10MB", "取得できません", "a.exe"))
    assert not File.objects.exists()


def test_a_file_that_is_not_ready_is_fetched_later_and_holds_up_no_other(knock, outside):
    outside.files["5"] = (202, b"")
    knock(
        {"type": "message", "message": {"id": "5", "type": "image"}},
        {"type": "message", "message": {"id": "6", "type": "text", "text": "見てください"}},
    )
    channel_id = LineEvent.objects.first().channel_id
    with pytest.raises(line.NotYet):
        actions.take_waiting(channel_id=channel_id, now=timezone.now())
    assert [row.body for row in InquiryMessage.objects.all()] == ["見てください"]
    outside.files["5"] = (200, PIXEL)
    actions.take_waiting(channel_id=channel_id, now=timezone.now())
    assert InquiryMessage.objects.count() == 2


def test_a_file_that_never_comes_leaves_the_words(knock, outside):
    outside.files["5"] = (500, b"")
    knock({"type": "message", "message": {"id": "5", "type": "image"}})
    actions.take_waiting(channel_id=LineEvent.objects.get().channel_id, now=timezone.now() + timedelta(minutes=20))
    assert "取得できません" in InquiryMessage.objects.get().body


def test_files_go_as_links_that_open_without_an_account_until_they_run_out(
    write, outside, desk, emi, client_of, monkeypatch
):
    write()
    inquiry = Inquiry.objects.get()
    shown = client_of(emi).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert "30日間だけ開けるリンクにして送ります" in shown, "it is said before anything is sent"
    file = store(viewer=desk, name="手順 1.png", raw=PIXEL, now=timezone.now())
    outside.drops = 1  # tried again, it must be the same body under the same key
    delivery = answer(desk, inquiry, "図を送ります。", attachments=[file.key])
    inbox.deliver(delivery_id=delivery.pk, now=timezone.now())
    words, name, url = re.fullmatch(r"(.+)\n\n(.+)\n(http\S+)", outside.pushed[0]["messages"][0]["text"]).groups()
    assert (words, name, len(outside.pushed)) == ("図を送ります。", "手順 1.webp", 1)
    path = url.partition("://")[2].partition("/")[2]
    opened = Client().get(f"/{path}")
    assert (opened.status_code, opened["Content-Type"], opened["X-Robots-Tag"]) == (200, "image/webp", "noindex")
    assert Client().get(f"/{path.partition('?')[0]}").status_code == 404, "without the word it is the team's"
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr("kizuna.core.files.views.timezone.now", lambda: later)
    gone = Client().get(f"/{path}")
    assert (gone.status_code, "リンクの期限が切れています" in gone.content.decode()) == (410, True)


def test_an_answer_goes_out_once_under_one_key_though_the_line_breaks(write, outside, desk):
    write()
    outside.drops = 1
    delivery = answer(desk, Inquiry.objects.get())
    assert delivery.state == Delivery.State.SENDING
    inbox.deliver(delivery_id=delivery.pk, now=timezone.now())
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    assert [said["messages"][0]["text"] for said in outside.pushed] == ["できます。"]
    assert outside.pushed[0]["to"] == KAORI
    assert Inquiry.objects.get().state == Inquiry.State.WAITING


def test_killed_between_sending_and_noting_it_is_sent_once(write, outside, desk, monkeypatch):
    write()
    now = timezone.now()
    delivery = inbox.send_reply(
        viewer=desk, inquiry=Inquiry.objects.get(), body="できます。", now=now - timedelta(minutes=1)
    )
    sending.to_line(delivery_id=delivery.pk)  # and then nothing of ours goes on
    inbox.deliver(delivery_id=delivery.pk, now=now)
    delivery.refresh_from_db()
    assert (delivery.state, len(outside.pushed)) == (Delivery.State.SENT, 1)


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (429, "You have reached your monthly limit.", "上限"),
        (401, "Authentication failed", "アクセストークン"),
        (403, "Not available", "アクセストークン"),
        (400, "The property, 'to', in the request body is invalid", "invalid"),
    ],
)
def test_what_line_will_never_take_is_told_to_the_owner(write, outside, desk, emi, status, message, words):
    write()
    outside.refusals = [(status, {"message": message})]
    delivery = answer(desk, Inquiry.objects.get())
    assert (delivery.state, words in delivery.error) == (Delivery.State.FAILED, True)
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.owner) == (Inquiry.State.OPEN, emi)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_line_takes_later_is_tried_again(write, outside, desk, status):
    write()
    outside.refusals = [(status, {"message": "try again"})]
    delivery = answer(desk, Inquiry.objects.get())
    inbox.deliver(delivery_id=delivery.pk, now=timezone.now())
    delivery.refresh_from_db()
    assert (delivery.state, len(outside.pushed)) == (Delivery.State.SENT, 1)


def test_who_blocked_us_is_not_written_to_and_a_friend_again_is(write, knock, outside, desk):
    write()
    knock({"type": "unfollow"})
    run_waiting()
    delivery = answer(desk, Inquiry.objects.get())
    assert (delivery.state, "ブロック" in delivery.error, outside.pushed) == (Delivery.State.FAILED, True, [])
    knock({"type": "follow"})
    run_waiting()
    inbox.send_again(viewer=desk, delivery=delivery, now=timezone.now() - timedelta(minutes=1))
    run_waiting()
    assert len(outside.pushed) == 1


def test_long_answers_go_in_pieces_and_too_long_ones_not_at_all():
    pieces = line.texts_of("😀" * 3000 + "\n" + "あ" * 4000)
    assert all(len(piece.encode("utf-16-le")) // 2 <= 5000 for piece in pieces)
    assert "".join(pieces).replace("\n", "") == "😀" * 3000 + "あ" * 4000
    with pytest.raises(DoorClosed):
        line.texts_of("あ" * 25_001)


def test_a_code_from_ones_own_page_says_who_it_is(write, outside, client_of, chie, desk, account, person):
    customers.link_member(viewer=desk, contact=person, member=chie, now=timezone.now())
    page = client_of(chie).post("/me/line/").content.decode()
    code = page.split("連携 ")[1][:9]
    write("先に質問です")
    write(f"連携　{code.lower()}")
    user = LineUser.objects.get()
    assert (user.member, user.contact, LineCode.objects.count()) == (chie, person, 0)
    assert "連携しました" in outside.pushed[0]["messages"][0]["text"]
    assert Inquiry.objects.get().messages.count() == 1  # the code is no question
    inbox.close_inquiry(viewer=desk, inquiry=Inquiry.objects.get(), because="none_needed", now=timezone.now())
    Inquiry.objects.update(closed_at=timezone.now() + timedelta(seconds=1))
    type(user).objects.get()
    LineThread.objects.all().delete()
    write("次の質問です")
    inquiry = Inquiry.objects.latest("pk")
    assert (inquiry.member, inquiry.contact, inquiry.account) == (chie, person, account)
    client_of(chie).post("/me/line/", {"part": user.pk})
    user.refresh_from_db()
    assert (user.member, user.contact) == (None, None)


def test_a_code_is_good_once_for_a_while_and_cannot_be_guessed(write, outside, viewer_of, chie, ben):
    code = actions.make_code(viewer=viewer_of(chie), now=timezone.now() - timedelta(minutes=16))
    write(f"連携 {code}")
    assert LineUser.objects.get().member is None
    code = actions.make_code(viewer=viewer_of(chie), now=timezone.now())
    for _try in range(10):
        write("連携 AAAA-AAAA")
    write(f"連携 {code}")  # now it is too late for this LINE user
    assert LineUser.objects.get().member is None
    assert not Inquiry.objects.exists()


def test_the_team_says_who_it_is_and_what_is_open_goes_to_the_customer(
    write, outside, client_of, emi, chie, ken, person, account
):
    write()
    inquiry = Inquiry.objects.get()
    address = f"/desk/inquiries/{inquiry.pk}/line/"
    assert address in client_of(emi).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert address not in client_of(ken).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert client_of(chie).get(address).status_code == 404
    assert client_of(ken).post(address, {"contact": person.pk}).status_code == 403
    assert person.name in client_of(emi).get(address, {"q": "三浦"}).content.decode()
    assert client_of(emi).post(address, {"contact": "9" * 30}).status_code == 404
    client_of(emi).post(address, {"contact": person.pk})
    inquiry.refresh_from_db()
    assert (inquiry.contact, inquiry.account, LineUser.objects.get().linked_by) == (person, account, emi)
    assert address not in client_of(emi).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    write("もう一つ")
    assert InquiryMessage.objects.latest("pk").contact == person


def test_the_way_to_ones_own_page_is_offered_where_line_is_used(client_of, chie, request):
    assert "/me/line/" not in client_of(chie).get("/account/records/").content.decode()
    request.getfixturevalue("channel")
    assert "/me/line/" in client_of(chie).get("/account/records/").content.decode()


def test_what_its_writer_calls_back_is_taken_off(knock, write, outside):
    write("やっぱり見ないでください")
    message = LineEvent.objects.get().body["message"]["id"]
    knock({"type": "unsend", "unsend": {"messageId": message}})
    run_waiting()
    inquiry = Inquiry.objects.get()
    assert (inquiry.title, InquiryMessage.objects.get().body) == ("（送信が取り消されました）",) * 2


def test_long_after_it_was_closed_it_is_another_inquiry(write, outside, desk):
    write()
    first = Inquiry.objects.get()
    inbox.close_inquiry(viewer=desk, inquiry=first, because="none_needed", now=timezone.now())
    write("やはり続きです")
    first.refresh_from_db()
    assert (first.state, Inquiry.objects.count()) == (Inquiry.State.OPEN, 1)
    inbox.close_inquiry(viewer=desk, inquiry=first, because="none_needed", now=timezone.now())
    Inquiry.objects.update(closed_at=timezone.now() - timedelta(days=4), received_at=timezone.now() - timedelta(days=5))
    write("別の話です")
    assert Inquiry.objects.count() == 2


def test_secrets_are_sealed_and_never_shown(channel, client_of, aoi, emi, outside):
    client = client_of(aoi)
    pages = [client.get(path).content.decode() for path in ("/studio/line/", f"/studio/line/{channel.pk}/")]
    assert not any(secret in page for page in pages for secret in (SECRET, outside.token))
    assert SECRET not in channel.sealed_secret
    assert f"/hooks/line/{channel.key}/" in pages[1]
    assert client_of(emi).get("/studio/line/").status_code == 403
    wrong = client.post("/studio/line/new/", {"name": "x", "secret": "short", "token": outside.token})
    assert (wrong.status_code, "32文字" in wrong.content.decode()) == (422, True)
    client.post(f"/studio/line/{channel.pk}/", {"name": "新しい名前", "is_active": "on"})
    channel.refresh_from_db()
    assert (channel.name, channel.is_active) == ("新しい名前", True)


def test_only_managers_keep_line_accounts(channel, viewer_of, emi):
    for act in (
        lambda: actions.make_channel(
            viewer=viewer_of(emi), name="x", secret=SECRET, token="t" * 40, now=timezone.now()
        ),
        lambda: actions.remove_channel(viewer=viewer_of(emi), channel=channel, now=timezone.now()),
    ):
        with pytest.raises(Refused):
            act()


def test_an_erased_person_is_nobody_at_line(write, outside, desk, person):
    write()
    user = LineUser.objects.get()
    actions.link_contact(viewer=desk, user=user, contact=person, now=timezone.now())
    erased = actions.forget_person(person=Person(contact_id=person.pk), now=timezone.now())
    assert erased.removed >= 2
    assert not LineUser.objects.exists()
    assert not LineEvent.objects.exists()


def test_events_are_forgotten_after_a_while(write, outside):
    write()
    assert actions.forget_old(now=timezone.now() + timedelta(days=15)) == 1
    assert json.dumps(list(LineEvent.objects.values("pk"))) == "[]"
