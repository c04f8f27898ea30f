"""What members do stands on the timeline of their company: once, in order, and only for those who may read it."""

from datetime import timedelta

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.discussions import actions as discussions
from kizuna.success.customers import actions
from kizuna.success.customers.consumers import rebuild_touchpoints
from kizuna.success.customers.models import Touchpoint
from kizuna.success.customers.queries.timeline import timeline_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(account, person, chie, aoi, desk, viewer_of, now):
    """A question by Chie, who works at the account."""
    actions.link_member(viewer=desk, contact=person, member=chie, now=now)
    names = {"ja": "質問", "en": "Questions"}
    space = discussions.create_space(
        viewer=viewer_of(aoi), slug="qa", kind="question", name=names, audience_id=PUBLIC, now=now
    )
    later = now + timedelta(hours=1)
    made = discussions.open_topic(
        viewer=viewer_of(chie), space=space, title="在庫が合いません", body="二重に減ります", now=later
    )
    run_waiting()
    return made


def told(touches):
    return sorted(touches.values_list("key", "account_id", "contact_id", "at", "kind", "title", "excerpt", "url"))


def test_a_question_stands_on_the_timeline_of_the_company_and_the_person(topic, account, person, desk):
    (entry,) = [item for item in timeline_of(desk, account=account).entries if item.touch.channel == "community"]
    assert (entry.title, entry.url) == ("在庫が合いません", f"/t/{topic.pk}/")
    assert entry.touch.contact_id == person.pk
    assert timeline_of(desk, contact=person).entries
    account.refresh_from_db()
    assert account.last_touched_at == entry.touch.at


def test_rebuilding_gives_the_same(topic):
    before = told(Touchpoint.objects.all())
    rebuild_touchpoints(report=lambda line: None)
    assert told(Touchpoint.objects.all()) == before
    rebuild_touchpoints(report=lambda line: None)
    assert told(Touchpoint.objects.all()) == before


def test_what_was_taken_away_is_gone_from_the_timeline(topic, account, desk, viewer_of, aoi, now):
    discussions.hide_post(
        viewer=viewer_of(aoi), post=topic.posts.get(number=1), reason="x", now=now + timedelta(hours=2)
    )
    channels = {item.touch.channel for item in timeline_of(desk, account=account).entries}
    assert "community" not in channels


def test_somebody_without_the_desk_sees_no_timeline(topic, account, chie, ben, viewer_of):
    assert timeline_of(viewer_of(chie), account=account).entries == []
    assert timeline_of(viewer_of(ben), account=account).entries == []


def test_a_long_timeline_is_read_by_key_to_its_end(account, desk, now):
    touches = [
        actions.Touch(
            key=f"x:{number}", channel="note", kind="x", account_id=account.pk, at=now - timedelta(minutes=number // 3)
        )
        for number in range(25)
    ]
    actions.write_touchpoints(touches)
    seen, after = [], ""
    while True:
        page = timeline_of(desk, account=account, after=after, limit=7)
        seen += [item.touch.pk for item in page.entries]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 25


def test_a_permalink_leads_to_the_place(topic, account, client_of, emi):
    touch = Touchpoint.objects.get(channel="community")
    client = client_of(emi)
    response = client.get(f"/desk/touchpoints/{touch.pk}/", follow=True)
    assert f'id="t-{touch.pk}"' in response.content.decode()


def test_an_open_question_of_a_member_is_shown(topic, account, client_of, emi):
    assert "在庫が合いません" in client_of(emi).get(f"/desk/customers/{account.pk}/").content.decode()
