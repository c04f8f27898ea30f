"""Asking by the widget: shown once what answers, sent once, answered where the person is."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Person
from kizuna.core.activity.models import Activity
from kizuna.core.files import actions as files
from kizuna.core.notifications.models import Notification, OutgoingMail
from kizuna.interfaces.widget import personal
from kizuna.interfaces.widget.models import CameAlong, ReadAnswers
from kizuna.interfaces.widget.tests.conftest import SITE
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import FormAsk, Inquiry, InquiryMessage
from kizuna.success.mailbox import actions as mailbox

pytestmark = pytest.mark.django_db
FACTS = [
    ["plan", "スタンダード"],
    ["shop", "ひだまり文具店"],
    ["url", "https://app.misebako.example/orders?key=secret#x"],
]
ASKED = {
    "title": "年末年始の休みを出したい",
    "body": "商品ページに出したいです。",
    "once": "a1",
    "facts": FACTS,
    "lang": "ja",
}
FROM_VISITOR = {**ASKED, "email": "miura@aonami.co.jp", "name": "三浦"}


def answered(viewer, inquiry, body="設定からどうぞ。", **more):
    delivery = inbox.send_reply(viewer=viewer, inquiry=inquiry, body=body, now=timezone.now(), **more)
    inbox.deliver(delivery_id=delivery.pk, now=delivery.send_at)
    run_waiting()


def test_a_visitor_sends_with_an_address_and_what_came_along(ask, client_of, emi):
    status, answer = ask("send", FROM_VISITOR)
    inquiry = Inquiry.objects.get()
    assert status == 200
    assert answer["number"] == inquiry.pk
    assert answer["until"]
    assert (inquiry.channel, inquiry.sender, inquiry.member_id) == ("widget", "miura@aonami.co.jp", None)
    along = CameAlong.objects.get()
    assert (along.origin, along.facts) == (SITE, [*FACTS[:2], ["url", "https://app.misebako.example/orders"]])
    page = client_of(emi).get(f"/desk/inquiries/{inquiry.pk}/").content.decode()
    assert "プラン：スタンダード" in page
    assert "送信元：app.misebako.example" in page
    assert "secret" not in page
    assert "三浦" in page


@pytest.mark.parametrize(("without", "field"), [("email", "email"), ("body", "body")])
def test_what_is_missing_is_said_at_its_field(ask, without, field):
    status, answer = ask("send", {**FROM_VISITOR, without: ""})
    assert status == 422
    assert [error["field"] for error in answer["errors"]] == [field]
    assert not Inquiry.objects.exists()


def test_twice_is_one(ask):
    first, second = (ask("send", FROM_VISITOR)[1] for _n in range(2))
    assert first["number"] == second["number"]
    assert Inquiry.objects.count() == CameAlong.objects.count() == 1
    assert InquiryMessage.objects.count() == 1
    assert FormAsk.objects.count() == 1


def test_a_member_needs_no_address_and_reads_the_answer_in_the_panel(ask, token_of, chie, emi, viewer_of, client_of):
    token = token_of(chie)
    number = ask("send", ASKED, token=token)[1]["number"]
    inquiry = Inquiry.objects.get(pk=number)
    assert (inquiry.member_id, inquiry.channel) == (chie.pk, "widget")
    assert ask("hello", token=token)[1]["unread"] == []
    inbox.add_note(viewer=viewer_of(emi), inquiry=inquiry, body="社内の話", now=timezone.now())
    answered(viewer_of(emi), inquiry)
    assert ask("hello", token=token)[1]["unread"] == [{"id": number, "title": ASKED["title"], "count": 1}]
    assert Notification.objects.filter(member=chie, kind="own_inquiry.answered", read_at=None).count() == 1
    shown = ask("conversation", {"inquiry": number}, token=token)[1]
    assert [(entry["out"], entry["body"]) for entry in shown["entries"]] == [
        (False, ASKED["body"]), (True, "設定からどうぞ。"),
    ]  # fmt: skip
    assert "社内の話" not in str(shown)
    assert ask("hello", token=token)[1]["unread"] == []
    assert not Notification.objects.filter(member=chie, read_at=None).exists()
    assert "設定からどうぞ" in client_of(chie).get(f"/me/inquiries/{number}/").content.decode()
    ask("add", {"inquiry": number, "body": "ありがとうございます。", "once": "b1"}, token=token)
    ask("add", {"inquiry": number, "body": "ありがとうございます。", "once": "b1"}, token=token)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.messages.filter(direction="in").count()) == ("open", 2)
    answered(viewer_of(emi), inquiry, "よかったです。")
    assert ask("mine", token=token)[1]["items"][0]["unread"] == 1


def test_files_of_an_answer_are_reached_from_the_panel(ask, token_of, chie, emi, viewer_of, client_of):
    token, staff = token_of(chie), viewer_of(emi)
    number = ask("send", ASKED, token=token)[1]["number"]
    file = files.store(viewer=staff, name="手順.pdf", raw=b"%PDF-1.4 x", now=timezone.now())
    answered(staff, Inquiry.objects.get(pk=number), attachments=[file.key])
    asked, answer = ask("conversation", {"inquiry": number}, token=token)[1]["entries"]
    assert asked["files"] == []
    [link] = answer["files"]
    assert link["name"] == "手順.pdf"
    assert client_of(chie).get(urlsplit(link["url"]).path).status_code == 200


def test_a_visitor_is_answered_by_mail(ask, emi, aoi, viewer_of):
    mailbox.save_address(
        viewer=viewer_of(aoi), support=None, address="support@misebako.example", name="みせばこ", category="", has_tags=False,
        is_active=True, now=timezone.now(),
    )  # fmt: skip
    ask("send", FROM_VISITOR)
    answered(viewer_of(emi), Inquiry.objects.get())
    mail = OutgoingMail.objects.get(address="miura@aonami.co.jp")
    assert "設定からどうぞ" in mail.text


def test_others_inquiries_are_not_there(ask, token_of, chie, ben):
    number = ask("send", ASKED, token=token_of(chie))[1]["number"]
    other = token_of(ben, "c-2")
    assert ask("conversation", {"inquiry": number}, token=other)[0] == 404
    assert ask("add", {"inquiry": number, "body": "x"}, token=other)[0] == 404
    assert ask("mine", token=other)[1]["items"] == []
    assert ask("conversation", {"inquiry": number})[0] == 401
    assert ask("add", {"inquiry": number, "body": "x"})[0] == 404


def test_a_visitor_adds_with_the_word_of_their_own_sending(ask, placed):
    answer = ask("send", FROM_VISITOR)[1]
    assert ask("add", {"word": answer["add"], "body": "書き足します。", "once": "c1"})[0] == 200
    assert InquiryMessage.objects.filter(inquiry_id=answer["number"], direction="in").count() == 2
    assert ask("add", {"word": answer["add"][:-1] + "x", "body": "x"})[0] == 404
    other = "https://shop.misebako.example"
    placed(origins=[SITE, other])
    assert ask("add", {"word": answer["add"], "body": "x"}, origin=other)[0] == 404
    assert ask("add", {"word": answer["add"], "body": "  "})[0] == 422


def test_similar_answers_are_shown_once_and_the_end_is_kept(ask, things, token_of, chie):
    token = token_of(chie)
    said = {"title": "休業日を決めたい", "body": "どこですか。"}
    shown = ask("ask", said, token=token)[1]
    assert shown["items"]
    row = FormAsk.objects.get()
    assert (row.outcome, row.member_id) == ("shown", chie.pk)
    assert ["article", things["articles"]["public"].pk] in row.shown
    ask("solve", {"word": shown["word"]})  # a visitor with the member's word
    row.refresh_from_db()
    assert row.outcome == "shown"
    ask("solve", {"word": shown["word"]}, token=token)
    row.refresh_from_db()
    assert row.outcome == "solved"
    assert Activity.objects.get(verb="inquiry_form.asked").props["outcome"] == "solved"
    again = ask("ask", said)[1]
    ask("send", {**FROM_VISITOR, "word": again["word"]})
    assert FormAsk.objects.get(outcome="sent").inquiry == Inquiry.objects.get()


def test_nothing_that_fits_is_no_question(ask, things):
    assert ask("ask", {"title": "ぜんぜん別のこと", "body": "xyzzy"})[1] == {"items": [], "word": ""}
    assert not FormAsk.objects.exists()


def test_urgent_is_urgent(ask):
    ask("send", {**FROM_VISITOR, "urgent": True})
    assert Inquiry.objects.get().priority == "urgent"


@pytest.mark.parametrize(
    "facts",
    [
        [["password", "x"], ["api_key", "x"], ["card", "4111 1111 1111 1111"], ["memo", "4111-1111-1111-1111"], ["パスワード", "x"]],
        [["", "x"], ["x", ""], ["a"], "b", 5, None, [["x"], "y"], [{"a": 1}, "y"]], {"plan": "x"}, "x", [["url", "javascript:alert(1)"]],
        [["url", "http://[::1"]],
    ],
)  # fmt: skip
def test_secrets_and_nonsense_do_not_come_along(ask, facts):
    assert ask("send", {**FROM_VISITOR, "facts": facts})[0] == 200
    assert CameAlong.objects.get().facts == []


def test_what_comes_along_is_short_and_plain(ask, client_of, emi):
    many = [[f"key{n}" + "長" * 100, "値\u202e\x00\n" + "長" * 400] for n in range(20)]
    ask("send", {**FROM_VISITOR, "facts": [["<script>a", "<img src=x>"], *many]})
    facts = CameAlong.objects.get().facts
    assert len(facts) == 12
    assert all(len(key) <= 40 and len(value) <= 200 and "\u202e" not in value for key, value in facts)
    page = client_of(emi).get(f"/desk/inquiries/{Inquiry.objects.get().pk}/").content.decode()
    assert "<script>a" not in page
    assert "<img src=x>" not in page


def test_hostile_words_and_addresses(ask):
    for address in ("a@b.example\nBcc: c@d.example", "x", "a b@c.example", "<a@b.example>"):
        assert ask("send", {**FROM_VISITOR, "email": address})[0] == 422
    assert ask("send", {**FROM_VISITOR, "title": "<script>a</script>", "body": "x\x00y"})[0] == 200
    assert ask("send", {**FROM_VISITOR, "body": "長" * 10_001, "once": "z"})[0] == 422


def test_more_than_thirty_an_hour_wait(ask):
    codes = [ask("send", {**FROM_VISITOR, "once": f"n{n}"})[0] for n in range(32)]
    assert codes == [200] * 30 + [429] * 2
    assert Inquiry.objects.count() == 30


def test_a_member_who_may_not_write_sends_nothing(ask, token_of, chie):
    token = token_of(chie)
    type(chie).objects.filter(pk=chie.pk).update(state="suspended")
    assert ask("send", ASKED, token=token)[0] == 401
    assert not Inquiry.objects.exists()


def test_what_came_along_goes_with_the_person(ask, token_of, chie, emi, viewer_of):
    token = token_of(chie)
    number = ask("send", ASKED, token=token)[1]["number"]
    answered(viewer_of(emi), Inquiry.objects.get(pk=number))
    ask("conversation", {"inquiry": number}, token=token)
    person = Person(member_id=chie.pk)
    assert [row["facts"][0] for row in personal.along(person=person)] == [["plan", "スタンダード"]]
    assert len(list(personal.read(person=person))) == 1
    personal.forget_along(person=person, now=timezone.now())
    personal.forget_read(person=person, now=timezone.now())
    assert not CameAlong.objects.exists()
    assert not ReadAnswers.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_inquiry(ask, at_once):
    ask("hello")
    results = at_once([lambda: ask("send", FROM_VISITOR)] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert {status for status, _answer in results} <= {200, 503}
    assert len({answer["number"] for status, answer in results if status == 200}) == 1
    assert Inquiry.objects.count() == CameAlong.objects.count() == 1
