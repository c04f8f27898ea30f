"""An endpoint hears what its maker may see at that moment, and nothing of anything else."""

import json

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.core.activity.actions import record
from kizuna.core.activity.catalogue import declared_types
from kizuna.core.activity.models import Activity
from kizuna.core.activity.types import ActivityType
from kizuna.core.community import actions as community
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Topic
from kizuna.interfaces.webhooks import actions
from kizuna.interfaces.webhooks.envelope import envelope_for
from kizuna.interfaces.webhooks.models import Delivery, Endpoint
from kizuna.success.customers.activities import ACCOUNT_CHANGED, SUCCESS_DEFINED
from kizuna.success.customers.seeing import HIDDEN
from tests.cast import make_member

pytestmark = pytest.mark.django_db


def told(receiver) -> list[dict]:
    return [json.loads(item.body) for item in receiver.received]


def types(receiver) -> list[str]:
    return [item["type"] for item in told(receiver)]


@pytest.fixture
def gen(db):
    """An admin: sees what managers see, but not what is hidden from admins."""
    return make_member("gen", "admin")


@pytest.fixture
def space(aoi, viewer_of):
    names = {"ja": "質問", "en": "Q"}
    return discussions.create_space(
        viewer=viewer_of(aoi), slug="qa", kind="question", name=names, audience_id=2, now=timezone.now()
    )


def fact(verb: ActivityType, *, kind: str, number: int, actor_id: int | None = None, **props) -> Activity:
    with transaction.atomic():
        return record(verb, actor_id=actor_id, object_type=kind, object_id=number, props=props)


def test_what_is_gone_before_it_is_told_is_told_as_nothing(endpoint, receiver, chie, space, viewer_of, work):
    work()
    receiver.received.clear()
    topic = discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文", now=timezone.now())
    discussions.delete_post(viewer=viewer_of(chie), post=topic.posts.get(number=1), now=timezone.now())
    work()
    assert receiver.received == []
    assert set(Delivery.objects.filter(verb__startswith="topic.").values_list("state", flat=True)) == {"dropped"}
    assert not Delivery.objects.filter(state="dropped").exclude(body="").exists()


def test_that_a_thing_is_gone_is_told_where_it_was_told_of(endpoint, receiver, chie, space, viewer_of, work):
    topic = discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文", now=timezone.now())
    work()
    discussions.delete_post(viewer=viewer_of(chie), post=topic.posts.get(number=1), now=timezone.now())
    work()
    last = told(receiver)[-1]
    assert last["type"] == "topic.removed"
    assert last["data"]["object"] == {"type": "topic", "id": topic.pk, "url": None}


def test_what_became_invisible_between_two_attempts_is_not_tried_again(
    endpoint, receiver, chie, space, viewer_of, work
):
    work()
    receiver.received.clear()
    receiver.answer(500)
    topic = discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文", now=timezone.now())
    work()
    assert types(receiver) == ["topic.posted"]
    Topic.objects.filter(pk=topic.pk).update(state="hidden")
    receiver.answer(204)
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    Endpoint.objects.update(rest_until=None)
    work()
    assert types(receiver) == ["topic.posted"]
    row = Delivery.objects.get(verb="topic.posted")
    assert (row.state, row.body) == ("dropped", "")


def test_names_of_hidden_fields_are_left_out_for_whom_they_are_hidden(aoi, gen, viewer_of, emi):
    from kizuna.success.customers.actions import create_account

    account = create_account(viewer=viewer_of(emi), fields={"name": "箱屋"}, now=timezone.now())
    community.change_setting(HIDDEN, value={"admin": ["judgement"]}, member_id=aoi.pk)
    changed = fact(ACCOUNT_CHANGED, kind="account", number=account.pk, fields="fit,fit_reason")
    assert envelope_for(viewer_of(aoi), changed)["data"]["props"] == {"fields": "fit,fit_reason"}
    assert envelope_for(viewer_of(gen), changed)["data"]["props"] == {}
    defined = fact(SUCCESS_DEFINED, kind="account", number=account.pk, account=account.pk)
    assert envelope_for(viewer_of(aoi), defined) is not None
    assert envelope_for(viewer_of(gen), defined) is None


def test_an_admin_who_changes_the_address_of_an_owner_hears_only_what_admins_may(
    endpoint, receiver, aoi, gen, emi, viewer_of, work
):
    from kizuna.success.customers.actions import create_account

    community.change_setting(HIDDEN, value={"admin": ["judgement"]}, member_id=aoi.pk)
    account = create_account(viewer=viewer_of(emi), fields={"name": "箱屋"}, now=timezone.now())
    receiver.answer(500)
    fact(SUCCESS_DEFINED, kind="account", number=account.pk, account=account.pk)
    fact(ACCOUNT_CHANGED, kind="account", number=account.pk, fields="fit")
    work()
    receiver.received.clear()
    receiver.answer(204)
    row = Endpoint.objects.get()
    actions.change_endpoint(
        viewer=viewer_of(gen), endpoint=row, fields={"url": f"{receiver.url}/two"}, now=timezone.now()
    )
    assert Endpoint.objects.get().made_by_id == gen.pk
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    work()
    assert "success.defined" not in types(receiver)
    changed = next(item for item in told(receiver) if item["type"] == "account.changed")
    assert changed["data"]["props"] == {}


def test_words_and_verbs_may_be_changed_without_becoming_the_maker(endpoint, aoi, gen, viewer_of):
    actions.change_endpoint(
        viewer=viewer_of(gen), endpoint=endpoint, fields={"description": "経理"}, now=timezone.now()
    )
    assert Endpoint.objects.get().made_by_id == aoi.pk


@pytest.mark.parametrize("roles", [(), ("moderator",), ("success_manager",), ("analyst",)])
def test_whoever_keeps_no_webhooks_is_told_nothing(roles, viewer_of):
    member = make_member("hana", *roles)
    joined = fact(ActivityType("member.joined", ""), kind="member", number=member.pk)
    assert envelope_for(viewer_of(member), joined) is None


def test_things_of_an_unknown_type_are_told_to_nobody(aoi, viewer_of):
    assert envelope_for(viewer_of(aoi), fact(ActivityType("x.y", ""), kind="unheard_of", number=1)) is None


def test_who_rated_and_voted_is_not_told(aoi, chie, viewer_of):
    for verb in ("article.rated", "idea.voted"):
        activity = fact(ActivityType(verb, ""), kind="member", number=chie.pk, actor_id=chie.pk)
        assert envelope_for(viewer_of(aoi), activity)["data"]["actor"] is None


def test_the_system_is_nobody(aoi, viewer_of):
    activity = fact(ActivityType("x.y", ""), kind="member", number=aoi.pk, actor_id=members.system_viewer().member_id)
    assert envelope_for(viewer_of(aoi), activity)["data"]["actor"] is None


def test_an_erased_member_is_named_nowhere_any_more(endpoint, receiver, aoi, chie, space, viewer_of, work):
    discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文", now=timezone.now())
    work()
    assert Delivery.objects.filter(body__contains='"chie"').exists()
    assert actions.forget_person(member_id=chie.pk) > 0
    assert not Delivery.objects.filter(body__contains='"chie"').exists()
    Member.objects.filter(pk=chie.pk).update(state="erased")
    receiver.received.clear()
    for row in Delivery.objects.filter(verb="topic.posted"):
        actions.resend(viewer=viewer_of(aoi), delivery=row, now=timezone.now())
    work()
    assert [item["data"]["actor"] for item in told(receiver)] == [None]


def test_every_declared_activity_holds_only_small_facts():
    """Properties that are text are short words; a body that came in here would leave."""
    text = {
        f"{item.verb}.{name}"
        for kinds in declared_types().values()
        for item in kinds
        for name, kind in item.props.items()
        if kind is str
    }
    assert not {
        name for name in text if name.rpartition(".")[2] in {"body", "title", "text", "comment", "name", "email"}
    }
