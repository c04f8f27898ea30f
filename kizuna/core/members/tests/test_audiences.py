"""Audiences by rule and by hand: who is in, kept up to date, and what that opens and closes."""

from datetime import timedelta

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.base.rules import parse
from kizuna.core.activity import rollups
from kizuna.core.activity.models import Activity, MemberDayCount, RollupCursor
from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions, queries
from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.members.policies import Refused
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Space
from tests.cast import NOW, make_member

pytestmark = pytest.mark.django_db
HOBBY = {"fact": "attribute.hobby", "op": "is", "value": "登山"}
POSTS = {"fact": "discussions.posts", "op": "gte", "value": 1, "days": 30}


def rule_of(root):
    return parse({"version": 1, "entity": "member", "root": root})


@pytest.fixture
def by_rule(aoi, viewer_of):
    def make(root, audience=None):
        label = {"ja": "登山好き", "en": "Climbers"}
        return actions.save_audience(viewer=viewer_of(aoi), audience=audience, label=label, rule=rule_of(root), now=NOW)

    return make


@pytest.fixture
def hobby(aoi, viewer_of):
    said = {
        "label": {"ja": "趣味", "en": "hobby"},
        "hint": {},
        "choices": [],
        "sees": "own",
        "edits": "member",
        "asked": "later",
    }
    return actions.save_attribute(viewer=viewer_of(aoi), attribute=None, now=NOW, key="hobby", kind="text", **said)


def names(audience):
    rows = AudienceMember.objects.filter(audience=audience)
    return set(rows.values_list("member__handle", flat=True))


def test_that_a_rule_lost_what_it_asks_for_is_said_at_once(hobby, by_rule, aoi, chie, viewer_of, client_of):
    audience = by_rule(HOBBY)
    client = client_of(aoi)
    assert "停止中" not in client.get("/studio/audiences/").content.decode()
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=hobby, is_archived=True, now=NOW)
    assert "停止中" in client.get("/studio/audiences/").content.decode()
    assert "この公開範囲は止まっています" in client.get(f"/studio/audiences/{audience.pk}/").content.decode()
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=hobby, is_archived=False, now=NOW)
    assert "停止中" not in client.get("/studio/audiences/").content.decode()


def say(viewer, member, hobby):
    actions.set_answers(viewer=viewer, member_id=member.pk, answers={"hobby": hobby}, now=NOW)


def test_an_audience_by_rule_holds_whom_its_rule_picks(hobby, by_rule, aoi, chie, ben, viewer_of):
    say(viewer_of(chie), chie, "登山")
    audience = by_rule(HOBBY)
    assert names(audience) == {"chie"}
    assert names(by_rule({"none": [HOBBY]}, audience)) == {"aoi", "ben"}
    assert ManagerAction.objects.filter(action="audience.changed").count() == 2


def test_each_minute_those_whom_an_activity_concerns_are_looked_at(hobby, by_rule, chie, ben, viewer_of):
    audience = by_rule(HOBBY)
    assert names(audience) == set()
    say(viewer_of(chie), chie, "登山")
    assert actions.refresh_stale(now=NOW) == 1
    assert names(audience) == {"chie"}
    assert actions.refresh_stale(now=NOW) == 0
    say(viewer_of(chie), chie, "釣り")
    actions.refresh_stale(now=NOW)
    assert names(audience) == set()


def test_what_is_counted_is_counted_before_anybody_is_looked_at(by_rule, aoi, chie, viewer_of):
    space = Space.objects.create(slug="s", kind="discussion", name={"ja": "s"}, audience_id=2, created_at=NOW)
    audience = by_rule(POSTS)
    discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文です。", now=NOW)
    actions.refresh_stale(now=NOW)
    assert names(audience) == {"chie"}


def test_the_clock_alone_lets_members_out_hourly(by_rule, aoi, chie, viewer_of):
    Member.objects.filter(pk=chie.pk).update(joined_at=NOW - timedelta(days=10))
    audience = by_rule({"all": [{"fact": "member.joined_at", "op": "past_within", "value": 20}]})
    assert "chie" in names(audience)
    actions.refresh_clocked(now=NOW + timedelta(days=15))
    assert "chie" not in names(audience)


def test_while_activities_are_counted_again_nobody_moves(by_rule, chie, viewer_of):
    space = Space.objects.create(slug="s", kind="discussion", name={"ja": "s"}, audience_id=2, created_at=NOW)
    discussions.open_topic(viewer=viewer_of(chie), space=space, title="題", body="本文です。", now=NOW)
    rollups.roll_up()
    audience = by_rule(POSTS)
    assert names(audience) == {"chie"}
    RollupCursor.objects.update(position=0, ceiling=0, again_upto=Activity.objects.latest("pk").pk)
    MemberDayCount.objects.all().delete()
    assert actions.evaluate_audience(audience=audience, now=NOW) == 0
    assert names(audience) == {"chie"}
    assert actions.refresh_clocked(now=NOW) == actions.refresh_stale(now=NOW) == 0
    assert names(audience) == {"chie"}
    rollups.roll_up()
    Member.objects.filter(pk=chie.pk).update(state=Member.State.SUSPENDED)
    audience.refresh_from_db()
    assert audience.evaluated_at is None
    actions.refresh_clocked(now=NOW)
    assert names(audience) == set()


def test_a_rule_that_lost_a_fact_moves_nobody_and_says_so_until_it_is_back(
    hobby, by_rule, aoi, chie, ben, viewer_of, client_of
):
    say(viewer_of(chie), chie, "登山")
    audience = by_rule({"all": [HOBBY]})
    excluding = by_rule({"none": [HOBBY]})
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=hobby, is_archived=True, now=NOW)
    make_member("dai")
    actions.refresh_clocked(now=NOW)
    actions.refresh_stale(now=NOW)
    assert (names(audience), names(excluding)) == ({"chie"}, {"aoi", "ben"})
    audience.refresh_from_db()
    assert audience.missing == ["attribute.hobby"]
    page = client_of(aoi).get(f"/studio/audiences/{audience.pk}/").content.decode()
    assert "attribute.hobby" in page
    assert audience.rule["root"] == {"all": [HOBBY]}
    actions.archive_attribute(viewer=viewer_of(aoi), attribute=hobby, is_archived=False, now=NOW)
    actions.refresh_clocked(now=NOW)
    audience.refresh_from_db()
    assert audience.missing == []
    assert names(excluding) == {"aoi", "ben", "dai"}


def test_leaving_an_audience_closes_space_topic_and_search_at_once(
    hobby, by_rule, aoi, chie, ben, viewer_of, client_of
):
    say(viewer_of(chie), chie, "登山")
    audience = by_rule(HOBBY)
    space = Space.objects.create(
        slug="climb", kind="discussion", name={"ja": "山"}, audience_id=audience.pk, created_at=NOW
    )
    topic = discussions.open_topic(
        viewer=viewer_of(chie), space=space, title="穂高の水場", body="どこですか。", now=NOW
    )
    client, other = client_of(chie), client_of(ben)
    paths = ["/s/climb/", f"/t/{topic.pk}/"]
    assert [client.get(path, follow=True).status_code for path in paths] == [200, 200]
    assert [other.get(path, follow=True).status_code for path in paths] == [404, 404]
    assert "の水場" in client.get("/search/?q=穂高").content.decode()
    say(viewer_of(chie), chie, "釣り")
    actions.refresh_stale(now=NOW)
    assert [client.get(path, follow=True).status_code for path in paths] == [404, 404]
    assert "水場" not in client.get("/search/?q=穂高").content.decode()
    assert client_of(aoi).get("/s/climb/").status_code == 200


def test_a_large_audience_is_filled_in_parts(by_rule, aoi):
    Member.objects.bulk_create([Member(handle=f"m{n}", name="x", joined_at=NOW, company="x") for n in range(1_100)])
    audience = by_rule({"fact": "member.company", "op": "is", "value": "x"})
    assert AudienceMember.objects.filter(audience=audience).count() == 500
    run_waiting()
    assert AudienceMember.objects.filter(audience=audience).count() == 1_100


def test_by_hand_it_holds_those_listed(aoi, ben, chie, viewer_of):
    viewer = viewer_of(aoi)
    audience = actions.save_audience(
        viewer=viewer, audience=None, label={"ja": "試用"}, member_ids=[chie.pk, 999], now=NOW
    )
    assert names(audience) == {"chie"}
    actions.save_audience(viewer=viewer, audience=audience, label={"ja": "試用"}, member_ids=[ben.pk], now=NOW)
    assert names(audience) == {"ben"}
    assert audience.pk in viewer_of(ben).audience_ids
    assert audience.pk in viewer_of(aoi).audience_ids
    assert audience.pk not in viewer_of(chie).audience_ids


def test_only_managers_define_and_what_is_used_is_not_removed(aoi, ben, chie, viewer_of):
    with pytest.raises(Refused):
        actions.save_audience(viewer=viewer_of(ben), audience=None, label={"ja": "x"}, now=NOW)
    viewer = viewer_of(aoi)
    audience = actions.save_audience(viewer=viewer, audience=None, label={"ja": "x"}, member_ids=[chie.pk], now=NOW)
    space = Space.objects.create(slug="s", kind="discussion", name={"ja": "s"}, audience_id=audience.pk, created_at=NOW)
    with pytest.raises(Refused):
        actions.delete_audience(viewer=viewer, audience=audience, now=NOW)
    space.delete()
    actions.delete_audience(viewer=viewer, audience=audience, now=NOW)
    assert not Audience.objects.filter(pk=audience.pk).exists()


def test_a_rule_that_does_not_work_is_not_saved(by_rule):
    with pytest.raises(Refused):
        by_rule({"fact": "gone", "op": "is", "value": "x"})


def test_a_large_community_shows_an_estimate_with_its_interval(chie):
    Member.objects.bulk_create([Member(handle=f"m{n}", name="x", joined_at=NOW, company="x") for n in range(3_000)])
    rule = rule_of({"fact": "member.company", "op": "is", "value": "x"})
    count = queries.live_count(rule, now=NOW, sampled_from=1_000)
    assert count.low < count.count <= count.high
    assert 10 <= count.sample <= 60
    assert queries.live_count(rule, now=NOW).high is None


def form_of(**more):
    return {
        "label_ja": "最近の人", "rule.join": "all", "rule.0.fact": "member.company", "rule.0.op": "contains",
        "rule.0.value": "山田", **more,
    }  # fmt: skip


def test_studio_previews_before_it_saves_and_needs_no_script(aoi, chie, client_of):
    Member.objects.filter(pk=chie.pk).update(company="山田商店")
    client = client_of(aoi)
    page = client.get("/studio/audiences/rule/")
    assert page.status_code == 200
    page = client.post("/studio/audiences/rule/", form_of(do="add:rule")).content.decode()
    assert 'name="rule.1.fact"' in page
    assert 'value="山田"' in page
    page = client.post("/studio/audiences/rule/", form_of(step="preview", who="chie")).content.decode()
    assert "会社名に『山田』を含むメンバー" in page
    assert "千恵" in page
    assert not Audience.objects.filter(kind="rule").exists()
    assert client.post("/studio/audiences/rule/", form_of(step="apply", label_ja="")).status_code == 422
    assert client.post("/studio/audiences/rule/", form_of(step="apply", **{"rule.0.value": ""})).status_code == 422
    assert client.post("/studio/audiences/rule/", form_of(step="apply")).status_code == 302
    audience = Audience.objects.get(kind="rule")
    assert names(audience) == {"chie"}
    assert "会社名に『山田』を含むメンバー" in client.get("/studio/audiences/").content.decode()
    assert client.get(f"/studio/audiences/{audience.pk}/").status_code == 200
    assert "最近の人" in client.get("/studio/spaces/new/").content.decode()
    assert client.post(f"/studio/audiences/{audience.pk}/removal/").status_code == 302
    assert not Audience.objects.filter(kind="rule").exists()


def test_studio_lists_by_hand_and_names_who_is_nobody(aoi, chie, client_of):
    client = client_of(aoi)
    assert client.post("/studio/audiences/hand/", {"label_ja": "x", "who": "nobody"}).status_code == 422
    assert client.post("/studio/audiences/hand/", {"label_ja": "x", "who": "chie@example.com"}).status_code == 302
    audience = Audience.objects.get(kind="hand")
    assert names(audience) == {"chie"}
    assert "chie" in client.get(f"/studio/audiences/{audience.pk}/").content.decode()
