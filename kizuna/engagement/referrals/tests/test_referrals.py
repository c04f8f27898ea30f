"""A link opens no door, tells nothing, and who came by whom is a fact with a history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.core.members.actions import Person
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.engagement.referrals import actions, queries
from kizuna.engagement.referrals.models import Referral, ReferralChange, ReferralLink
from tests.cast import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(chie, viewer_of, now):
    return actions.make_link(viewer=viewer_of(chie), now=now)


@pytest.fixture
def join(db):
    """Return a function that joins as somebody new."""

    def run(handle="dan", *, mode="open", came_by=""):
        community.change_setting(keys.JOINING, value=mode, member_id=None)
        email = f"{handle}@example.org"
        person = Person(name=handle, handle=handle)
        now = timezone.now()
        member = members.join(email=email, person=person, documents=[], purposes={}, now=now, came_by=came_by)
        run_waiting()
        return member

    return run


def test_who_came_by_a_link_is_noted_once(join, link, chie):
    dan = join(came_by=link.code)
    referral = Referral.objects.get()
    assert (referral.member, referral.referrer, referral.how) == (dan, chie, "link")
    assert ReferralChange.objects.count() == 1
    actions.credit_link(member=dan, code=link.code, now=timezone.now())
    assert ReferralChange.objects.count() == 1


def test_a_link_opens_no_door(join, link, chie, viewer_of):
    with pytest.raises(Refused):
        join(mode="invitation", came_by=link.code)
    waiting = join("eri", mode="approval", came_by=link.code)
    assert Member.objects.get(pk=waiting.pk).state == "waiting"
    assert queries.own(viewer_of(chie)).waiting == 1


@pytest.mark.parametrize("code", ["", "x", "aaaaaaaaaa", "<script>", "１２３", "a" * 40])
def test_a_code_that_leads_to_nobody_changes_nothing(join, link, code):
    join(came_by=code)
    assert not Referral.objects.exists()


def test_every_code_is_answered_alike(client_of, link, opened):
    community.change_setting(keys.JOINING, value="open", member_id=None)
    real = client_of().get(f"/r/{link.code}/")
    other = client_of().get("/r/zzzzzzzzzz/")
    assert (real.status_code, real["Location"]) == (other.status_code, other["Location"])
    cookies = [answer.cookies["came_by"] for answer in (real, other)]
    assert [{**cookie, "expires": ""} for cookie in cookies] == [{**cookies[0], "expires": ""}] * 2
    assert client_of().get("/r/-/").status_code == 302


def test_a_browser_is_counted_once(client_of, link, viewer_of, chie, opened):
    client = client_of()
    for _look in range(3):
        client.get(f"/r/{link.code}/")
    assert queries.own(viewer_of(chie)).visits == 1


def test_looks_are_limited_by_network(client_of, opened):
    client = client_of()
    answers = {client.get("/r/zzzzzzzzzz/").status_code for _look in range(105)}
    assert answers != {302}


def test_a_renewed_or_switched_off_link_leads_to_nobody(link, chie, aoi, viewer_of, now):
    old = link.code
    new = actions.make_link(viewer=viewer_of(chie), now=now)
    assert queries.open_link(old) is None
    assert queries.open_link(new.code).member == chie
    with pytest.raises(Refused):
        actions.switch_link(viewer=viewer_of(chie), link=new, is_on=False, now=now)
    actions.switch_link(viewer=viewer_of(aoi), link=new, is_on=False, now=now)
    assert queries.open_link(new.code) is None
    with pytest.raises(Refused):  # nobody switches it on by renewing it
        actions.make_link(viewer=viewer_of(chie), now=now)


def test_referring_is_switched_off_for_all(link, aoi, chie, viewer_of, now):
    actions.change_referring(viewer=viewer_of(aoi), is_on=False, share_text={"ja": "x"}, now=now)
    assert queries.open_link(link.code) is None
    with pytest.raises(Refused):
        actions.make_link(viewer=viewer_of(chie), now=now)
    with pytest.raises(Refused):
        actions.change_referring(viewer=viewer_of(chie), is_on=True, share_text={}, now=now)


def test_a_suspended_members_link_leads_to_nobody(link, chie):
    Member.objects.filter(pk=chie.pk).update(state="suspended")
    assert queries.open_link(link.code) is None


def test_staff_set_a_referrer_with_a_reason_and_the_history_stays(chie, ben, emi, aoi, viewer_of, now):
    viewer = viewer_of(emi)
    actions.set_referrer(viewer=viewer, member=chie, referrer=ben, reason="電話で伺った", now=now)
    actions.set_referrer(viewer=viewer, member=chie, referrer=None, reason="聞きちがい", now=now)
    assert Referral.objects.get().referrer is None
    changes = queries.changes_of(viewer, chie.pk)
    assert [(change.referrer, change.reason) for change in changes] == [(None, "聞きちがい"), (ben, "電話で伺った")]
    assert queries.changes_of(viewer_of(chie), chie.pk) == []
    for reason in ("", "  ", "x" * 401):
        with pytest.raises(Refused):
            actions.set_referrer(viewer=viewer, member=chie, referrer=ben, reason=reason, now=now)
    for member in (chie, ben):
        with pytest.raises(Refused):
            actions.set_referrer(viewer=viewer_of(member), member=chie, referrer=ben, reason="x", now=now)


def test_nobody_refers_themselves_and_no_chain_closes_into_a_circle(chie, ben, emi, aoi, viewer_of, now):
    viewer = viewer_of(emi)

    def by(member, referrer):
        actions.set_referrer(viewer=viewer, member=member, referrer=referrer, reason="x", now=now)

    with pytest.raises(Refused):
        by(chie, chie)
    by(ben, chie)
    by(aoi, ben)
    for member, referrer in ((chie, ben), (chie, aoi), (ben, aoi)):
        with pytest.raises(Refused):
            by(member, referrer)


def test_an_inviter_sees_no_name_until_the_person_allows_it(client_of, join, link, chie, viewer_of):
    dan = join("danjuro", came_by=link.code)
    assert "danjuro" not in client_of(chie).get("/referrals/").content.decode()
    client_of(dan).post("/referrals/name/", {"shows_name": "1"})
    assert "danjuro" in client_of(chie).get("/referrals/").content.decode()
    client_of(dan).post("/referrals/name/", {"shows_name": "0"})
    assert "danjuro" not in client_of(chie).get("/referrals/").content.decode()


def test_another_referrer_learns_no_name_that_was_told_to_the_first(join, link, chie, ben, emi, viewer_of, now):
    dan = join(came_by=link.code)
    actions.decide_name(viewer=viewer_of(dan), shows_name=True, now=now)
    actions.set_referrer(viewer=viewer_of(emi), member=dan, referrer=ben, reason="x", now=now)
    assert queries.own(viewer_of(ben)).invited[0].name == ""


def test_ones_own_page_works_without_scripts(client_of, chie, viewer_of):
    client = client_of(chie)
    assert "紹介リンクを作る" in client.get("/referrals/").content.decode()
    client.post("/referrals/link/")
    code = ReferralLink.objects.get().code
    page = client.get("/referrals/").content.decode()
    assert f'value="http://testserver/r/{code}/" readonly' in page or f"/r/{code}/" in page
    assert "{link}" not in page


def test_who_opens_the_pages_of_staff(client_of, chie, ben, emi, aoi):
    assert [client_of(one).get("/studio/referrals/").status_code for one in (chie, ben, emi, aoi)] == [
        403,
        403,
        403,
        200,
    ]
    page = f"/studio/referrals/members/{chie.handle}/"
    assert [client_of(one).get(page).status_code for one in (chie, ben, emi, aoi)] == [404, 404, 200, 200]
    answer = client_of(emi).post(page, {"referrer": "@ben", "reason": "紹介カード"})
    assert answer.status_code == 302
    assert Referral.objects.get().referrer == ben
    assert client_of(emi).post(page, {"referrer": "nobody_here", "reason": "x"}).status_code == 422
    assert client_of(emi).post(page, {"referrer": "chie", "reason": "x"}).status_code == 422


def test_an_erased_person_is_named_nowhere(join, link, chie, emi, viewer_of, now):
    dan = join(came_by=link.code)
    assert queries.personal_rows_of(chie)["referral_link"]
    actions.erase_person(chie)
    assert queries.personal_rows_of(chie) == {"referral_link": [], "referral": [], "referred": []}
    assert Referral.objects.get(member=dan).referrer is None
    assert ReferralChange.objects.get().referrer is None


def test_the_cookie_stays_two_weeks_out_of_reach_of_scripts(client_of, link, opened):
    community.change_setting(keys.JOINING, value="open", member_id=None)
    client = client_of()
    client.get(f"/r/{link.code}/")
    assert client.cookies["came_by"]["max-age"] == int(timedelta(days=14).total_seconds())
    assert client.cookies["came_by"]["httponly"]


def test_somebody_known_already_is_won_by_no_link(link, now):
    known = make_member("kei", is_imported=True, email="kei@example.org", email_key="kei@example.org")
    community.change_setting(keys.JOINING, value="open", member_id=None)
    person = Person(name="Kei", handle="kei")
    members.join(email="kei@example.org", person=person, documents=[], purposes={}, now=now, came_by=link.code)
    run_waiting()
    assert not Referral.objects.filter(member=known).exists()
