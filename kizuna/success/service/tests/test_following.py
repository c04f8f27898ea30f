"""What came after a question at the form is recorded on any channel, with a score; erasing a person takes it away."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.registry import Person
from kizuna.engagement.discussions.actions import open_topic
from kizuna.engagement.discussions.models import Space
from kizuna.success.customers import actions as customers
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.models import FormAsk
from kizuna.success.service import actions, personal
from kizuna.success.service.actions.following import similarity
from kizuna.success.service.models import LaterContact

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
ASKED = datetime(2026, 11, 2, 10, tzinfo=TOKYO)


@pytest.fixture
def solved(chie):
    """A question at the form that Chie says an answer solved."""
    return FormAsk.objects.create(
        member=chie, subject="請求書の宛名を変えたい", outcome="solved", began_at=ASKED, ended_at=ASKED
    )


def ask(desk, at, **fields):
    said = {"title": "請求書の宛名の変更", "channel": "phone", "received_at": at, "body": "箱", **fields}
    return inbox.open_inquiry(viewer=desk, fields=said, now=at)


def rows() -> list[tuple]:
    return list(
        LaterContact.objects.order_by("pk").values_list("ask_id", "inquiry_id", "topic_id", "matched_by", "channel")
    )


def test_the_same_person_by_telephone(desk, chie, account, person, solved):
    customers.link_member(viewer=desk, contact=person, member=chie, now=ASKED)
    later = ask(desk, ASKED + timedelta(days=3), contact_id=person.pk, account_id=account.pk)
    run_waiting()
    assert rows() == [(solved.pk, later.pk, None, "person", "phone")]
    assert LaterContact.objects.get().similarity > 0.5
    assert actions.follow_inquiry(inquiry=later) == 0  # told twice, recorded once


def test_a_colleague_at_the_same_customer(desk, chie, account, person, solved):
    customers.link_member(viewer=desk, contact=person, member=chie, now=ASKED)
    later = ask(desk, ASKED + timedelta(days=3), account_id=account.pk, title="ログインできない")
    actions.follow_inquiry(inquiry=later)
    assert rows() == [(solved.pk, later.pk, None, "account", "phone")]
    assert LaterContact.objects.get().similarity == 0


def test_a_question_in_the_community(viewer_of, chie, solved):
    at = ASKED + timedelta(days=1)
    space = Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=at)
    topic = open_topic(viewer=viewer_of(chie), space=space, title="請求書の宛名", body="箱", now=at)
    run_waiting()
    assert rows() == [(solved.pk, None, topic.pk, "person", "question")]


def test_too_late_too_early_somebody_else_and_its_own_inquiry(desk, chie, ben, solved):
    for days, member in ((15, chie), (-1, chie), (3, ben)):
        actions.follow_inquiry(inquiry=ask(desk, ASKED + timedelta(days=days), member_id=member.pk))
    assert rows() == []
    own = ask(desk, ASKED + timedelta(minutes=1), member_id=chie.pk)
    FormAsk.objects.filter(pk=solved.pk).update(inquiry=own, outcome="sent")
    actions.follow_inquiry(inquiry=own)
    assert rows() == []


def test_an_erased_person_leaves_no_row(desk, chie, solved):
    actions.follow_inquiry(inquiry=ask(desk, ASKED + timedelta(days=3), member_id=chie.pk))
    assert len(rows()) == 1
    assert len(list(personal.later(person=Person(member_id=chie.pk)))) == 1
    erased = actions.forget_person(person=Person(member_id=chie.pk), now=ASKED)
    assert erased.removed == 1
    assert rows() == []


def test_similarity_is_of_words():
    assert similarity("請求書の宛名を変えたい", "請求書の宛名を変えたい") == 1
    assert similarity("請求書の宛名", "在庫が減る") == 0
    assert similarity("請求書", "") is None
