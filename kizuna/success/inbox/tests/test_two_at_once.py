"""Two at once: an arrival comes in once, an answer goes out once, and a taken back one never does."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.core.members.queries import viewer_of
from kizuna.engagement.discussions.actions import open_topic
from kizuna.engagement.discussions.models import Post, Space
from kizuna.success.inbox import actions
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.models import Delivery, Inquiry, InquiryMessage

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = (OperationalError,)  # SQLite has one writer, and its queue an end


@pytest.fixture
def question(chie):
    """A question that has reached the team."""
    now = timezone.now()
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=now)
    topic = open_topic(viewer=viewer_of(chie), space=space, title="休業日の出し方", body="どこですか。", now=now)
    return actions.take_question(topic=topic, now=now).inquiry


def test_an_arrival_comes_in_once(at_once):
    now = timezone.now()
    arrival = Arrival("mail", "件名", "本文", now, external_id="<same@example.com>")
    got = at_once([lambda: receive(arrival=arrival, now=now)] * 4)
    assert (Inquiry.objects.count(), InquiryMessage.objects.count()) == (1, 1)
    assert [one.is_new for one in got if not isinstance(one, Exception)].count(True) == 1
    assert all(isinstance(one, BUSY) for one in got if isinstance(one, Exception))


def test_an_answer_goes_out_once(at_once, question, emi):
    now = timezone.now()
    delivery = actions.send_reply(viewer=viewer_of(emi), inquiry=question, body="ここです。", now=now)
    due = delivery.send_at + timedelta(seconds=1)
    at_once([lambda: actions.deliver(delivery_id=delivery.pk, now=due)] * 3)
    assert Post.objects.filter(topic_id=question.source_id, number__gt=1).count() == 1
    assert Delivery.objects.get().state == "sent"


def test_taken_back_or_sent_never_both(at_once, question, emi):
    now = timezone.now()
    delivery = actions.send_reply(viewer=viewer_of(emi), inquiry=question, body="ここです。", now=now)
    due = delivery.send_at + timedelta(seconds=1)
    told = at_once(
        [
            lambda: actions.take_back(viewer=viewer_of(emi), delivery=delivery, now=now),
            lambda: actions.deliver(delivery_id=delivery.pk, now=due),
        ]
    )
    state, posts = Delivery.objects.get().state, Post.objects.filter(topic_id=question.source_id, number__gt=1).count()
    assert (state, posts) in (("sent", 1), ("taken_back", 0))
    assert all(isinstance(one, (Refused, *BUSY)) for one in told if isinstance(one, Exception))


def test_one_owner_whoever_was_faster(at_once, question, emi, aoi):
    now = timezone.now()
    at_once(
        [
            lambda who=who: actions.assign(viewer=viewer_of(who), inquiry=question, owner_id=who.pk, now=now)
            for who in (emi, aoi)
        ]
    )
    question.refresh_from_db()
    assert question.owner_id in (emi.pk, aoi.pk)
    assert question.changes.filter(what="assigned").count() in (1, 2)
