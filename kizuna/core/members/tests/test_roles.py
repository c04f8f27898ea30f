"""Roles, suspension and erasure: who may, and that the last owner stays."""

import pytest
from django.utils import timezone

from kizuna.core.activity.models import Activity
from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions, queries
from kizuna.core.members.models import ApiToken, HandleReservation, Member, RoleGrant, SignIn, Suspension
from kizuna.core.members.policies import Refused
from tests.cast import make_member

NOW = timezone.now()


def test_granting_writes_the_role_the_activity_and_the_audit(aoi, chie, viewer_of):
    actions.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="moderator", now=NOW)
    grant = RoleGrant.objects.get(member=chie)
    assert (grant.role, grant.granted_by_id) == ("moderator", aoi.pk)
    assert Activity.objects.get(verb="member.role_granted").props == {"role": "moderator"}
    assert ManagerAction.objects.get(action="role.granted").subject == f"member:{chie.pk}"


def test_granting_twice_changes_nothing(aoi, chie, viewer_of):
    for _time in range(2):
        actions.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="moderator", now=NOW)
    assert Activity.objects.filter(verb="member.role_granted").count() == 1


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_an_admin_cannot_make_their_equals(chie, viewer_of, role):
    admin = make_member("admin_one", "admin")
    with pytest.raises(Refused):
        actions.grant_role(viewer=viewer_of(admin), member_id=chie.pk, role=role, now=NOW)
    actions.grant_role(viewer=viewer_of(admin), member_id=chie.pk, role="analyst", now=NOW)


@pytest.mark.parametrize("handle", ["chie", "ben", "emi"])
def test_others_grant_nothing(chie, ben, emi, viewer_of, handle):
    who = Member.objects.get(handle=handle)
    with pytest.raises(Refused):
        actions.grant_role(viewer=viewer_of(who), member_id=who.pk, role="moderator", now=NOW)


def test_the_last_owner_stays(aoi, chie, viewer_of):
    for attempt in (
        lambda: actions.revoke_role(viewer=viewer_of(aoi), member_id=aoi.pk, role="owner", now=NOW),
        lambda: actions.erase_member(viewer=viewer_of(aoi), member_id=aoi.pk, now=NOW),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "last_owner"
    actions.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="owner", now=NOW)
    actions.revoke_role(viewer=viewer_of(aoi), member_id=aoi.pk, role="owner", now=NOW)
    assert not queries.viewer_of(aoi).roles


def test_a_suspended_owner_does_not_count_as_an_owner_left(aoi, viewer_of):
    second = make_member("second", "owner")
    actions.suspend_member(viewer=viewer_of(aoi), member_id=second.pk, reason="left the firm", now=NOW)
    with pytest.raises(Refused):
        actions.revoke_role(viewer=viewer_of(aoi), member_id=aoi.pk, role="owner", now=NOW)


def test_suspension_keeps_who_and_why_and_can_be_lifted(ben, chie, viewer_of):
    actions.suspend_member(viewer=viewer_of(ben), member_id=chie.pk, reason="spam", now=NOW)
    chie.refresh_from_db()
    assert chie.state == "suspended"
    assert not viewer_of(chie).is_member
    assert Suspension.objects.get(member=chie).reason == "spam"
    actions.restore_member(viewer=viewer_of(ben), member_id=chie.pk, now=NOW)
    chie.refresh_from_db()
    assert chie.is_active
    assert Suspension.objects.get(member=chie).lifted_by_id == ben.pk


def test_a_moderator_cannot_suspend_staff(ben, emi, aoi, viewer_of):
    for staff in (emi, aoi):
        with pytest.raises(Refused):
            actions.suspend_member(viewer=viewer_of(ben), member_id=staff.pk, reason="no", now=NOW)


def test_suspension_asks_for_a_reason(ben, chie, viewer_of):
    with pytest.raises(Refused) as refused:
        actions.suspend_member(viewer=viewer_of(ben), member_id=chie.pk, reason="  ", now=NOW)
    assert refused.value.field == "reason"


def test_erasing_leaves_no_trace_of_the_person(chie, viewer_of):
    chie.bio, chie.company = "花屋です", "森下花店"
    chie.save()
    actions.start_sign_in(member=chie, method="test", now=NOW)
    HandleReservation.objects.create(handle="chie_old", member=chie, reserved_at=NOW)
    actions.erase_member(viewer=viewer_of(chie), member_id=chie.pk, now=NOW)
    left = Member.objects.values().get(pk=chie.pk)
    assert left["state"] == "erased"
    assert not any(word in str(left) for word in ("千恵", "ちえ", "chie", "花", "example.com"))
    assert not SignIn.objects.exists()
    assert not HandleReservation.objects.exists()
    assert not ApiToken.objects.exists()


def test_only_the_member_and_owners_erase(chie, ben, aoi, viewer_of):
    with pytest.raises(Refused):
        actions.erase_member(viewer=viewer_of(ben), member_id=chie.pk, now=NOW)
    actions.erase_member(viewer=viewer_of(aoi), member_id=chie.pk, now=NOW)
    assert Member.objects.get(pk=chie.pk).state == "erased"
