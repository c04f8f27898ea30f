"""A member who calls somebody of the team in a topic: one inquiry while it is open, one mail for each person and act."""

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.queries import viewer_of
from kizuna.core.notifications.models import Notification, OutgoingMail
from kizuna.engagement.discussions.actions import open_topic, post_reply
from kizuna.engagement.discussions.models import Space
from kizuna.success.inbox import actions
from kizuna.success.inbox.models import Inquiry
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    now = timezone.now()
    return Space.objects.create(slug="qa", name={"ja": "質問"}, kind="question", audience_id=2, created_at=now)


@pytest.fixture
def topic(ben, space):
    """A topic of the team, where nobody waits for the team."""
    return open_topic(viewer=viewer_of(ben), space=space, title="のしの話", body="どう書きますか。", now=timezone.now())


def reply(member, topic, body, **fields):
    """Post a reply and let everything follow."""
    post = post_reply(viewer=viewer_of(member), topic=topic, body=body, now=timezone.now(), **fields)
    run_waiting()
    return post


def mails_to(member) -> list[str]:
    return list(OutgoingMail.objects.filter(address=member.email).order_by("pk").values_list("kind", flat=True))


def test_whoever_calls_again_goes_on_with_what_is_open(topic, chie, emi):
    reply(chie, topic, "@emi さん、これで合っていますか。")
    reply(chie, topic, "@emi さん、もうひとつあります。")
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.member_id, inquiry.owner_id) == ("mention", chie.pk, emi.pk)
    bodies = [message.body for message in inquiry.messages.order_by("pk")]
    assert bodies == ["@emi さん、これで合っていますか。", "@emi さん、もうひとつあります。"]


def test_another_person_or_another_time_is_another_inquiry(topic, chie, emi):
    reply(chie, topic, "@emi さん、これで合っていますか。")
    reply(make_member("dan"), topic, "@emi さん、私も知りたいです。")
    assert Inquiry.objects.count() == 2
    first = Inquiry.objects.get(member=chie)
    actions.close_inquiry(viewer=viewer_of(emi), inquiry=first, because="phone", now=timezone.now())
    reply(chie, topic, "@emi さん、別の話です。")
    assert Inquiry.objects.filter(member=chie).count() == 2


def test_whoever_is_called_gets_one_mail_and_sees_both_in_the_list(topic, chie, emi):
    reply(chie, topic, "@emi さん、これで合っていますか。")
    assert mails_to(emi) == ["member.mentioned"]
    assert set(Notification.objects.filter(member=emi).values_list("kind", flat=True)) == {
        "member.mentioned",
        "inquiry.given",
    }


def test_an_urgent_question_that_calls_one_of_the_team_is_one_mail_for_each(space, chie, emi, aoi):
    open_topic(
        viewer=viewer_of(chie),
        space=space,
        title="決済できない",
        body="@emi さん、至急お願いします。",
        urgency="urgent",
        now=timezone.now(),
    )
    run_waiting()
    assert mails_to(emi) == ["member.mentioned"]
    assert mails_to(aoi) == ["question.reached_staff"]
    assert Inquiry.objects.get().owner_id == emi.pk


def test_an_answer_in_the_topic_answers_the_call(topic, chie, emi):
    asked = reply(chie, topic, "@emi さん、これで合っていますか。")
    reply(emi, topic, "合っています。", reply_to=asked)
    inquiry = Inquiry.objects.get()
    assert (inquiry.state, inquiry.messages.count()) == ("waiting", 2)
    assert inquiry.first_response_at is not None
