"""Messages arrive, are tried again by their own schedule, and prove where they come from."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from kizuna.core.members.models import Member
from kizuna.core.notifications.models import Notification
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Topic
from kizuna.interfaces.webhooks import actions, queries, retrying
from kizuna.interfaces.webhooks.actions import sending
from kizuna.interfaces.webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db
MARK = "ひみつの合言葉"


@pytest.fixture
def topic(aoi, chie, viewer_of):
    """Chie opens a topic that everybody may read."""
    space = discussions.create_space(
        viewer=viewer_of(aoi),
        slug="qa",
        kind="question",
        name={"ja": "質問", "en": "Q"},
        audience_id=2,
        now=timezone.now(),
    )
    return discussions.open_topic(
        viewer=viewer_of(chie), space=space, title=f"題 {MARK}", body=f"本文 {MARK}", now=timezone.now()
    )


def test_an_activity_arrives_signed(endpoint, receiver, topic, work):
    work()
    came = next(item for item in receiver.received if json.loads(item.body)["type"] == "topic.posted")
    told = Webhook(endpoint.secret).verify(came.body, came.headers)
    assert told["data"]["object"] == {"type": "topic", "id": topic.pk, "url": f"http://sakura.test/t/{topic.pk}/"} or (
        told["data"]["object"]["url"].endswith(f"/t/{topic.pk}/")
    )
    assert told["data"]["actor"]["handle"] == "chie"
    assert told["data"]["props"]["space"] == topic.space_id
    assert came.headers["content-type"] == "application/json"
    delivery = Delivery.objects.get(event=came.event)
    assert (delivery.state, delivery.attempts, delivery.body) == ("done", 1, came.body)
    assert Attempt.objects.get(delivery=delivery).status == 204


def test_no_words_leave(endpoint, receiver, topic, work):
    work()
    assert receiver.received
    assert all(MARK not in item.body for item in receiver.received)


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_whatever_is_changed_on_the_way_is_noticed(endpoint, receiver, topic, work, change):
    work()
    came, secret = receiver.received[0], endpoint.secret
    if change == "body":
        came.body = came.body.replace("topic.", "tопic.") + " "
    elif change == "id":
        came.headers["webhook-id"] += "x"
    elif change == "time":
        came.headers["webhook-timestamp"] = str(int(came.headers["webhook-timestamp"]) - 1)
    else:
        secret = "whsec_" + "A" * 43 + "="
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(came.body, came.headers)


def test_both_secrets_prove_a_message_for_a_day_after_a_rotation(endpoint, receiver, aoi, viewer_of, work):
    now = timezone.now()
    _row, fresh = actions.rotate_secret(viewer=viewer_of(aoi), endpoint=endpoint, now=now)
    for hours, proving, failing in ((1, (endpoint.secret, fresh), ()), (25, (fresh,), (endpoint.secret,))):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
            sending.hand_out(now=timezone.now())
            came = receiver.received[-1]
            for secret in proving:
                assert Webhook(secret).verify(came.body, came.headers)["type"] == "kizuna.test"
            for secret in failing:
                with pytest.raises(WebhookVerificationError):
                    Webhook(secret).verify(came.body, came.headers)


def test_secrets_are_sealed_at_rest(endpoint):
    row = Endpoint.objects.get()
    assert endpoint.secret.removeprefix("whsec_") not in row.sealed_secret


def test_only_wanted_verbs_are_told(endpoint, receiver, aoi, topic, viewer_of, work):
    work()
    before = len(receiver.received)
    actions.change_endpoint(
        viewer=viewer_of(aoi), endpoint=endpoint, fields={"verbs": ["post.replied"]}, now=timezone.now()
    )
    discussions.close_topic(viewer=viewer_of(aoi), topic=Topic.objects.get(pk=topic.pk), now=timezone.now())
    discussions.reopen_topic(viewer=viewer_of(aoi), topic=Topic.objects.get(pk=topic.pk), now=timezone.now())
    work()
    assert len(receiver.received) == before
    discussions.post_reply(
        viewer=viewer_of(aoi),
        topic=Topic.objects.select_related("space").get(pk=topic.pk),
        body="答え",
        now=timezone.now(),
    )
    work()
    assert [json.loads(item.body)["type"] for item in receiver.received[before:]] == ["post.replied"]


def test_imported_history_is_not_told(endpoint, receiver, chie, work):
    from django.db import transaction

    from kizuna.core.activity.actions import record_imported
    from kizuna.core.members.activities import MEMBER_JOINED

    with transaction.atomic():
        record_imported(
            [
                (
                    MEMBER_JOINED,
                    {"at": timezone.now(), "actor_id": chie.pk, "object_type": "member", "object_id": chie.pk},
                )
            ],
            import_id=3,
        )
    work()
    assert not Delivery.objects.exists()


def test_a_failure_is_tried_again_by_the_schedule_with_the_same_id_and_body(endpoint, receiver, aoi, viewer_of):
    receiver.answer(500, body=b"<b>broken</b>\x00" + b"x" * 9000)
    now = timezone.now()
    delivery = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=now)
    at = now
    for number, seconds in enumerate(retrying.DELAYS, start=1):
        with time_machine.travel(at, tick=False):
            sending.hand_out(now=at)
        delivery.refresh_from_db()
        assert delivery.attempts == number
        assert abs((delivery.next_at - at).total_seconds() - seconds) <= seconds / 10 + 1
        at = delivery.next_at + retrying.LONGEST_REST
    with time_machine.travel(at, tick=False):
        sending.hand_out(now=at)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", len(retrying.DELAYS) + 1)
    assert {(item.event, item.body) for item in receiver.received} == {(delivery.event, delivery.body)}
    assert len({item.headers["webhook-signature"] for item in receiver.received}) > 1
    attempt = Attempt.objects.first()
    assert (attempt.status, len(attempt.answer)) == (500, 500)
    assert "\x00" not in attempt.answer


def test_what_failed_goes_again_under_the_same_id(endpoint, receiver, aoi, viewer_of):
    delivery = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    Delivery.objects.update(state="failed", done_at=timezone.now())
    viewer = viewer_of(aoi)
    since = timezone.now() - timedelta(hours=1)
    assert actions.resend_failed(viewer=viewer, endpoint=endpoint, since=since, now=timezone.now()) == 1
    sending.hand_out(now=timezone.now())
    delivery.refresh_from_db()
    assert delivery.state == "done"
    actions.resend(viewer=viewer, delivery=delivery, now=timezone.now())
    sending.hand_out(now=timezone.now())
    assert [item.event for item in receiver.received] == [delivery.event] * 2


def test_410_switches_off_and_the_owners_are_told(endpoint, receiver, aoi, viewer_of):
    receiver.answer(410)
    delivery = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    sending.hand_out(now=timezone.now())
    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert (endpoint.state, endpoint.why, delivery.state) == ("disabled", "gone", "failed")
    assert Notification.objects.filter(kind="webhook.stopped", member=aoi).count() == 1
    assert not queries.is_anything_told()


def test_five_days_of_nothing_but_failures_switch_off(endpoint, receiver, aoi, viewer_of):
    receiver.answer(503)
    now = timezone.now()
    for days, state in ((0, "active"), (4, "active"), (6, "disabled")):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
            sending.hand_out(now=timezone.now())
        endpoint.refresh_from_db()
        assert endpoint.state == state
    assert endpoint.why == "failing"


def test_one_success_starts_the_days_over(endpoint, receiver, aoi, viewer_of):
    receiver.answers = [(503, {}, b""), (204, {}, b""), (503, {}, b"")]
    now = timezone.now()
    for days in (0, 4, 6):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            Delivery.objects.all().delete()
            actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
            sending.hand_out(now=timezone.now())
    endpoint.refresh_from_db()
    assert endpoint.state == "active"


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("120", 119, 121), ("0", 4, 6), ("99999999", 86_000, 86_401), ("-5", 4, 6), ("soon", 4, 6), ("٣٠٠", 4, 6)],
)
def test_retry_after_is_kept_within_bounds(endpoint, receiver, aoi, viewer_of, said, least, most):
    receiver.answer(429, {"Retry-After": said} if said.isascii() else {})
    delivery = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    now = timezone.now()
    sending.hand_out(now=now)
    delivery.refresh_from_db()
    assert least <= (delivery.next_at - now).total_seconds() <= most


def test_retry_after_may_be_a_date():
    now = timezone.now()
    later = (now + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    wish = retrying.wish_of({"retry-after": later}, now=now)
    assert timedelta(minutes=9) < wish <= timedelta(minutes=10)


def test_redirects_are_not_followed(endpoint, receiver, aoi, viewer_of):
    receiver.answer(302, {"Location": receiver.url})
    actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    sending.hand_out(now=timezone.now())
    assert len(receiver.received) == 1
    assert Delivery.objects.get().state == "waiting"


def test_a_paused_endpoint_hears_nothing_and_goes_on_where_it_was(endpoint, receiver, aoi, viewer_of, topic, work):
    viewer = viewer_of(aoi)
    delivery = actions.send_test(viewer=viewer, endpoint=endpoint, now=timezone.now())
    actions.pause(viewer=viewer, endpoint=endpoint, now=timezone.now())
    work()
    assert not receiver.received
    assert list(Delivery.objects.all()) == [delivery]  # what happened meanwhile is not told later
    actions.resume(viewer=viewer, endpoint=endpoint, now=timezone.now())
    work()
    assert [item.event for item in receiver.received] == [delivery.event]


def test_an_endpoint_whose_maker_has_lost_the_role_pauses_and_the_owners_are_told(receiver, aoi, viewer_of, work):
    from kizuna.core.members.models import RoleGrant
    from tests.cast import make_member

    admin = make_member("gen", "admin")
    made, _secret = actions.make_endpoint(viewer=viewer_of(admin), url=receiver.url, now=timezone.now())
    delivery = actions.send_test(viewer=viewer_of(admin), endpoint=made, now=timezone.now())
    RoleGrant.objects.filter(member=admin).delete()
    work()
    made.refresh_from_db()
    assert (made.state, made.why) == ("paused", "maker")
    assert not receiver.received
    assert Notification.objects.filter(kind="webhook.stopped", member=aoi).exists()
    actions.resume(viewer=viewer_of(aoi), endpoint=made, now=timezone.now())
    work()
    delivery.refresh_from_db()
    assert delivery.state == "done"
    assert Endpoint.objects.get().made_by_id == aoi.pk


def test_a_suspended_maker_pauses_the_endpoint(endpoint, receiver, aoi, viewer_of, work):
    actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    Member.objects.filter(pk=aoi.pk).update(state="suspended")
    work()
    assert not receiver.received
    assert Endpoint.objects.get().why == "maker"


def test_a_secret_that_cannot_be_opened_pauses_and_a_new_one_helps(endpoint, receiver, aoi, viewer_of, settings, work):
    viewer = viewer_of(aoi)
    actions.send_test(viewer=viewer, endpoint=endpoint, now=timezone.now())
    Endpoint.objects.update(sealed_secret="gAAAAABnonsense")
    work()
    assert Endpoint.objects.get().why == "secret"
    _row, fresh = actions.rotate_secret(viewer=viewer, endpoint=endpoint, now=timezone.now())
    actions.resume(viewer=viewer, endpoint=endpoint, now=timezone.now())
    work()
    assert Webhook(fresh).verify(receiver.received[0].body, receiver.received[0].headers)


def test_old_deliveries_are_forgotten(endpoint, aoi, viewer_of):
    now = timezone.now()
    old = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=now)
    waiting = actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=now)
    Delivery.objects.filter(pk=old.pk).update(state="done", done_at=now - timedelta(days=31))
    Attempt.objects.create(delivery=old, at=now, milliseconds=1)
    assert actions.prune(now=now) == 1
    assert list(Delivery.objects.all()) == [waiting]
    assert not Attempt.objects.exists()


def test_a_copy_tells_nobody(endpoint, aoi, viewer_of, receiver, work):
    actions.send_test(viewer=viewer_of(aoi), endpoint=endpoint, now=timezone.now())
    assert actions.stop_after_copy(now=timezone.now()) == 1
    work()
    assert not receiver.received
