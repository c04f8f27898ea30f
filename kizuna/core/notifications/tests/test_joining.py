"""Owners and admins hear of who asks to join, as long as it waits for them."""

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.activity import actions as activity
from kizuna.core.members import actions as members
from kizuna.core.members.activities import MEMBER_REQUESTED
from kizuna.core.members.models import JoinRequest
from kizuna.core.notifications import queries
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.tests.sink import listening
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(settings):
    with listening() as sink:
        settings.KIZUNA_MAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        yield sink


@pytest.fixture
def waiting(mails, aoi, ben, chie):
    """Let somebody ask to join whom the managers are told of."""
    now = timezone.now()
    member = make_member("sae", name="<b>紗枝</b>", state="waiting")
    JoinRequest.objects.create(member=member, message="店を開きました。", created_at=now)
    activity.record(MEMBER_REQUESTED, actor_id=member.pk, object_type="member", object_id=member.pk, at=now)
    run_waiting()
    return member


def test_managers_are_told_in_the_list_and_by_mail(waiting, mails, aoi, client_of):
    told = Notification.objects.get()
    assert (told.member_id, told.kind) == (aoi.pk, "member.requested"), "nobody else lets people in"
    page = client_of(aoi).get("/notifications/").content.decode()
    assert "&lt;b&gt;紗枝&lt;/b&gt;さんが参加を希望しています" in page
    [sent] = mails.messages()
    assert sent["To"] == aoi.email
    assert sent["Subject"].strip() == "<b>紗枝</b>さんが参加を希望しています"
    words = sent.get_body(("plain",)).get_content()
    assert "店を開きました。" in words
    assert "/notifications/" in words
    assert client_of(aoi).get(f"/notifications/{told.pk}/")["Location"].endswith("/studio/members/")


@pytest.mark.parametrize("decide", [members.approve_request, members.decline_request])
def test_what_was_decided_upon_is_told_no_longer(waiting, aoi, viewer_of, decide):
    viewer = viewer_of(aoi)
    assert queries.unread_count(viewer) == 1
    decide(viewer=viewer, member_id=waiting.pk, now=timezone.now())
    assert queries.unread_count(viewer) == 0


def test_a_kind_for_managers_is_not_offered_to_others(client_of, aoi, chie):
    offered = "参加を希望する人"
    assert offered in client_of(aoi).get("/notifications/settings/").content.decode()
    assert offered not in client_of(chie).get("/notifications/settings/").content.decode()
