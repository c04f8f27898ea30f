"""Killed anywhere, no mail that came in is lost or taken twice, and no answer is lost or sent under two numbers."""

from collections import Counter
from email.utils import format_datetime

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.base.jobs import declared
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.jobs.tests.killing import Workers, stop, wait_until
from kizuna.core.inbound import actions as inbound
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.tests.mails import file_part, multipart, text_part
from kizuna.core.notifications.tests.sink import listening
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage
from kizuna.success.mailbox.models import Acknowledgement, MailLine, SupportAddress
from kizuna.success.mailbox.tests.faulty import POINTS_IN, POINTS_OUT, POINTS_RECEIVED

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]
MAILS = 4
WRITTEN = format_datetime(timezone.now())  # brought again, a mail is the same to the letter


@pytest.fixture
def workers(lent_communities, sakura, support):
    made = Workers("kizuna.success.mailbox.tests.faulty")
    yield made
    made.end()
    declared._by_name.cache_clear()


def bring(number: int) -> None:
    sender = f"taro{number}@customer.example"
    raw = multipart(
        text_part(f"本文{number}"), file_part('filename="a.txt"', b"text"), Message_ID=f"<k{number}@customer.example>",
        From=sender, Date=WRITTEN,
    )  # fmt: skip
    inbound.keep(raw=raw, recipient="support@sakura.test", envelope_from=sender, door="lmtp", now=timezone.now())


def assert_each_comes_in_once(workers, point: str) -> None:
    for number in range(MAILS):
        bring(number)
    workers.start_and_see_killed(point, 2)
    for number in range(MAILS):  # the mail server, which heard nothing, brings them again
        bring(number)
    last = workers.start()
    wait_until(lambda: not InboundMail.objects.filter(state="waiting").exists())
    stop(last)
    assert sorted(InquiryMessage.objects.values_list("body", flat=True)) == [f"本文{number}" for number in range(MAILS)]
    assert (
        Inquiry.objects.count()
        == MailLine.objects.count()
        == InboundMail.objects.filter(state="taken").count()
        == MAILS
    )


def assert_each_goes_out(workers, monkeypatch, point: str, desk) -> None:
    for number in range(MAILS):
        bring(number)
    for mail in InboundMail.objects.all():
        inbound.take(mail_id=mail.pk, now=timezone.now())
    with listening() as sink:
        monkeypatch.setenv("KIZUNA_MAIL_URL", f"smtp://127.0.0.1:{sink.port}")
        with transaction.atomic():
            for inquiry in Inquiry.objects.all():
                delivery = inbox.send_reply(viewer=desk, inquiry=inquiry, body="返信", now=timezone.now())
                Delivery.objects.filter(pk=delivery.pk).update(send_at=timezone.now())
                enqueue("inbox.deliver", args={"delivery": delivery.pk}, priority=9)
        workers.start_and_see_killed(point, 2)
        last = workers.start()
        wait_until(lambda: not Delivery.objects.exclude(state="sent").exists())
        stop(last)
        copies = Counter(message["Message-ID"].strip() for message in sink.messages())
    assert len(copies) == MAILS
    assert sum(copies.values()) - MAILS == (1 if point == "after_sending" else 0)


def assert_each_is_told_once(workers, monkeypatch, point: str) -> None:
    SupportAddress.objects.update(acknowledges=True)
    with listening() as sink:
        monkeypatch.setenv("KIZUNA_MAIL_URL", f"smtp://127.0.0.1:{sink.port}")
        for number in range(MAILS):
            bring(number)
        workers.start_and_see_killed(point, 2)
        last = workers.start()
        wait_until(lambda: Acknowledgement.objects.filter(state="sent").count() == MAILS)
        stop(last)
        copies = Counter(message["Message-ID"].strip() for message in sink.messages())
    assert len(copies) == MAILS
    assert sum(copies.values()) - MAILS == (1 if point == "after_sending" else 0)


def test_a_worker_killed_while_it_acknowledges_tells_each_once(workers, monkeypatch):
    assert_each_is_told_once(workers, monkeypatch, "after_its_line")


def test_a_worker_killed_with_the_work_done_and_not_noted_takes_nothing_twice(workers):
    assert_each_comes_in_once(workers, "after_the_note")


def test_a_worker_killed_after_sending_sends_a_copy_under_the_same_number(workers, monkeypatch, desk):
    assert_each_goes_out(workers, monkeypatch, "after_sending", desk)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS_IN)
def test_no_mail_is_lost_or_taken_twice(workers, point):
    assert_each_comes_in_once(workers, point)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS_OUT)
def test_no_answer_is_lost_or_numbered_twice(workers, monkeypatch, point, desk):
    assert_each_goes_out(workers, monkeypatch, point, desk)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS_RECEIVED)
def test_each_is_told_once(workers, monkeypatch, point):
    assert_each_is_told_once(workers, monkeypatch, point)
