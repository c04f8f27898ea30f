"""Answering a notification by mail posts as the member, under all their rules, and for nobody else."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.files.models import File
from kizuna.core.inbound import actions as inbound
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.queries import hosts, is_wanted
from kizuna.core.inbound.tests.mails import file_part, multipart, plain, text_part
from kizuna.core.members.models import Member
from kizuna.core.notifications.models import OutgoingMail, ReplyToken
from kizuna.core.notifications.settings import REPLY_HOST
from kizuna.core.notifications.tests.sink import listening
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Post, Space

pytestmark = pytest.mark.django_db
ANSWER = "メールで返信します。\n\n2026年11月16日(月) 15:02 さくら <no-reply@sakura.test>:\n> 回答がありました。\n"


@pytest.fixture(autouse=True)
def _receiving(settings, monkeypatch):
    settings.KIZUNA_BASE_URL = ""
    monkeypatch.setattr("kizuna.core.inbound.proof.ask_dns", lambda name, timeout=0: None)
    community.change_setting(REPLY_HOST, value="mail.sakura.test", member_id=None)


@pytest.fixture
def topic(chie, viewer_of):
    space = Space.objects.get(slug="general")
    return actions.open_topic(
        viewer=viewer_of(chie), space=space, title="見積の出し方", body="教えてください。", now=timezone.now()
    )


@pytest.fixture
def told(topic, chie, ben, viewer_of, settings):
    """Let Ben reply and return the mail that Chie got."""
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        actions.post_reply(viewer=viewer_of(ben), topic=topic, body="こうします。", now=timezone.now())
        run_waiting()
    [message] = [message for message in sink.messages() if message["To"] == "chie@example.com"]
    return message


def arrive(raw: bytes, *, to: str, envelope_from: str = "chie@example.com") -> InboundMail:
    now = timezone.now()
    mail = inbound.keep(raw=raw, recipient=to, envelope_from=envelope_from, door="lmtp", now=now)
    inbound.take(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    return mail


def answer(text: str = ANSWER, **headers: str) -> bytes:
    return plain(text, **{"From": "Chie <chie@example.com>", "Message_ID": "<reply1@example.com>", **headers})


def refusal() -> OutgoingMail:
    return OutgoingMail.objects.filter(kind="letter").latest("pk")


def test_the_address_of_an_answer_is_the_readers_own(told, topic):
    assert re.fullmatch(r"reply\+[0-9a-f]{32}@mail\.sakura\.test", told["Reply-To"])
    key = told["Reply-To"].split("+")[1].split("@")[0]
    token = ReplyToken.objects.get()
    assert (token.target_type, token.target_id, token.recipient.member.handle) == ("topic", topic.pk, "chie")
    mail = OutgoingMail.objects.get(recipient__member__handle="chie", kind="topic.replied")
    assert key not in f"{token.token_hash}{mail.headers}{mail.text}{mail.html}"
    assert "返信" in told.get_body(("plain",)).get_content()


def test_an_answer_is_posted_once_without_its_quotation(told, topic):
    mail = arrive(answer(), to=told["Reply-To"])
    post = Post.objects.get(topic=topic, number=3)
    assert (post.author.handle, post.body) == ("chie", "メールで返信します。")
    assert (mail.state, mail.target_type, mail.target_id) == ("taken", "post", post.pk)
    arrive(answer(), to=told["Reply-To"])
    assert Post.objects.filter(topic=topic).count() == 3


def test_files_come_along(told, topic):
    raw = multipart(
        text_part("見てください。"),
        file_part('filename="log.txt"', b"line"),
        From="chie@example.com",
        Message_ID="<f@x>",
    )
    arrive(raw, to=told["Reply-To"])
    post = Post.objects.get(topic=topic, number=3)
    file = File.objects.get()
    assert (file.target_type, file.target_id) == ("post", post.pk)
    assert f"/f/{file.key}/log.txt" in post.html


def test_another_sender_posts_nothing_and_the_member_hears_of_it(told, topic):
    mail = arrive(answer(From="mallory@evil.example"), to=told["Reply-To"], envelope_from="mallory@evil.example")
    assert (mail.state, mail.why) == ("refused", "other_sender")
    assert Post.objects.filter(topic=topic).count() == 2
    letter = refusal()
    assert letter.address == "chie@example.com"
    assert "メールで返信します" not in letter.text, "words of strangers are not carried on"


@pytest.mark.parametrize("key", ["0" * 32, "f" * 32])
def test_a_guessed_key_opens_nothing_and_nobody_is_answered(told, topic, key):
    before = OutgoingMail.objects.count()
    mail = arrive(answer(), to=f"reply+{key}@mail.sakura.test")
    assert (mail.state, mail.why) == ("refused", "token")
    assert OutgoingMail.objects.count() == before
    assert Post.objects.filter(topic=topic).count() == 2


def test_an_old_key_opens_nothing(told, topic):
    ReplyToken.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert arrive(answer(), to=told["Reply-To"]).why == "token"


def test_without_a_key_the_sender_must_be_proven(told, topic):
    mail = arrive(answer(In_Reply_To=told["Message-ID"]), to="reply@mail.sakura.test")
    assert (mail.state, mail.why) == ("refused", "unproven")
    community.change_setting(inbound.settling.RECEIVER, value="mx.sakura.test", member_id=None)
    proven = answer(
        In_Reply_To=told["Message-ID"], Message_ID="<reply2@example.com>",
        Authentication_Results="mx.sakura.test; dkim=pass header.d=example.com",
    )  # fmt: skip
    assert arrive(proven, to="reply@mail.sakura.test").state == "taken"
    assert Post.objects.filter(topic=topic).count() == 3


def test_a_suspended_member_posts_nothing_and_is_told_why(told, topic):
    Member.objects.filter(handle="chie").update(state=Member.State.SUSPENDED)
    assert arrive(answer(), to=told["Reply-To"]).why == "not_member"
    assert refusal().address == "chie@example.com"
    assert Post.objects.filter(topic=topic).count() == 2


def test_rules_hold_by_mail_as_on_the_page(told, topic, ben, viewer_of):
    community.save_word_rule(word="禁句", effect="refuse", member_id=None, now=timezone.now())
    mail = arrive(answer("禁句です"), to=told["Reply-To"])
    assert mail.state == "refused"
    assert "禁句" in mail.why
    assert "禁句" in refusal().text
    actions.close_topic(viewer=viewer_of(ben), topic=topic, now=timezone.now())
    assert "closed" in arrive(answer(Message_ID="<c@x>"), to=told["Reply-To"]).why or refusal()
    assert Post.objects.filter(topic=topic).count() == 2


def test_pace_holds_by_mail(told, topic):
    states = [arrive(answer(f"返信{n}", Message_ID=f"<p{n}@x>"), to=told["Reply-To"]).state for n in range(12)]
    assert "refused" in states
    assert Post.objects.filter(topic=topic).count() == 2 + states.count("taken")


def test_an_empty_answer_and_a_topic_out_of_sight(told, topic, chie):
    assert arrive(answer("> 引用だけ\n"), to=told["Reply-To"]).why == "empty"
    topic.__class__.objects.filter(pk=topic.pk).update(state="hidden")
    assert arrive(answer(Message_ID="<g@x>"), to=told["Reply-To"]).why == "gone"


def test_an_absence_note_is_no_answer(told, topic):
    mail = arrive(answer("不在です", subject="自動応答: 不在"), to=told["Reply-To"])
    assert (mail.state, mail.why) == ("aside", "auto_reply")
    assert Post.objects.filter(topic=topic).count() == 2


def test_a_flood_of_forged_answers_is_not_passed_on(told, topic):
    for number in range(9):
        arrive(answer(From="mallory@evil.example", Message_ID=f"<f{number}@x>"), to=told["Reply-To"])
    assert OutgoingMail.objects.filter(kind="letter", address="chie@example.com").count() == 5


def test_which_addresses_are_wanted():
    assert is_wanted("reply+" + "0a" * 16 + "@mail.sakura.test")
    assert is_wanted("Reply@mail.sakura.test")
    for address in (
        "reply+zz@mail.sakura.test",
        "reply@sakura.test",
        "other@mail.sakura.test",
        "reply+" + "g" * 32 + "@mail.sakura.test",
    ):
        assert not is_wanted(address), address
    community.change_setting(REPLY_HOST, value="", member_id=None)
    assert not is_wanted("reply@mail.sakura.test")


def test_a_bounce_of_a_notice_stops_further_mail(told, topic, ben, viewer_of):
    from kizuna.core.inbound.tests.mails import bounce

    raw = bounce(message_id=told["Message-ID"], address="chie@example.com")
    mail = arrive(raw, to="no-reply@sakura.test", envelope_from="")
    assert (mail.state, mail.why) == ("report", "bounce")
    sent = OutgoingMail.objects.get(message_id=told["Message-ID"])
    assert sent.returned_as == "bounced"
    assert sent.recipient.stops.get().reason == "bounce"
    actions.post_reply(viewer=viewer_of(ben), topic=topic, body="もう一つ。", now=timezone.now())
    run_waiting()
    assert OutgoingMail.objects.filter(kind="topic.replied").latest("pk").error == "stopped"


def test_a_forged_bounce_stops_nothing(told, topic):
    from kizuna.core.inbound.tests.mails import bounce

    guessed = "<kizuna.sakura.1795000000.0123456789abcdef@sakura.test>"
    assert (
        arrive(bounce(message_id=guessed, address="chie@example.com"), to="no-reply@sakura.test", envelope_from="").why
        == "unknown_report"
    )
    other = bounce(message_id=told["Message-ID"], address="ben@example.com")
    assert arrive(other, to="no-reply@sakura.test", envelope_from="").why == "unknown_report"
    assert not OutgoingMail.objects.exclude(returned_as="").exists()


def test_the_host_of_answers_may_be_another_than_that_of_the_pages():
    """The listener asks each community for its hosts before it asks whether an address is wanted."""
    assert "mail.sakura.test" in hosts()
    community.change_setting(REPLY_HOST, value="answers.elsewhere.example", member_id=None)
    assert "answers.elsewhere.example" in hosts()
    community.change_setting(REPLY_HOST, value="", member_id=None)
    assert "" not in hosts()
