"""Groups of the directory: each fills a hand-made audience and may give one role. Changes are applied as differences."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.audit import actions as audit
from kizuna.core.community.actions import log_manager_action
from kizuna.core.identities.actions.directory import UNIQUE
from kizuna.core.identities.actions.providers import require_owner
from kizuna.core.identities.models import DirectoryGroup, DirectoryMembership, DirectoryUser
from kizuna.core.members import actions as members
from kizuna.core.members import queries as member_queries
from kizuna.core.members.models import Member, Role, RoleGrant
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer


@transaction.atomic
def make_group(
    *, display_name: str, external_id: str, user_ids: Iterable[int], actor_id: int | None, now: datetime
) -> DirectoryGroup:
    """Make a group and the audience that it fills."""
    name = display_name.strip()[:120]
    _require_free(name, own_id=0)
    audience = members.save_audience(
        viewer=members.system_viewer(), audience=None, label={"ja": name, "en": name}, now=now
    )
    try:
        with transaction.atomic():
            group = DirectoryGroup.objects.create(
                display_name=name, name_key=name.lower(), external_id=external_id, audience=audience,
                created_at=now, changed_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise _taken() from None
    audit.note("directory.group_added", actor_id=actor_id, detail={"group": group.pk}, now=now)
    _set_members(group, set(user_ids), actor_id=actor_id, now=now)
    return group


@transaction.atomic
def change_group(
    *,
    group: DirectoryGroup,
    display_name: str,
    external_id: str,
    user_ids: Iterable[int],
    actor_id: int | None,
    now: datetime,
) -> DirectoryGroup:
    """Take a group's name and who is in it. Only those who came or left are touched."""
    group = DirectoryGroup.objects.select_for_update(of=("self",)).select_related("audience").get(pk=group.pk)
    name = display_name.strip()[:120]
    _require_free(name, own_id=group.pk)
    if name != group.display_name:
        held = DirectoryMembership.objects.filter(group=group).values_list("user__member_id", flat=True)
        members.save_audience(
            viewer=members.system_viewer(), audience=group.audience, label={"ja": name, "en": name},
            member_ids=list(held), now=now,
        )  # fmt: skip
    group.display_name, group.name_key, group.external_id, group.changed_at = name, name.lower(), external_id, now
    group.save()
    _set_members(group, set(user_ids), actor_id=actor_id, now=now)
    return group


@transaction.atomic
def remove_group(*, group: DirectoryGroup, actor_id: int | None, now: datetime) -> None:
    """Remove a group with the role it gave. An audience that something uses stays, with nobody in it."""
    group = DirectoryGroup.objects.select_for_update(of=("self",)).select_related("audience").get(pk=group.pk)
    _set_members(group, set(), actor_id=actor_id, now=now)
    audit.note("directory.group_removed", actor_id=actor_id, detail={"group": group.pk}, now=now)
    audience = group.audience
    group.delete()
    try:
        with transaction.atomic():
            members.delete_audience(viewer=members.system_viewer(), audience=audience, now=now)
    except Refused:
        return


@transaction.atomic
def give_role_by_group(*, viewer: Viewer, group: DirectoryGroup, role: str, now: datetime) -> None:
    """Say which role a group gives. Whoever is in it has it at once; the one before goes where nothing else gives it."""
    require_owner(viewer)
    require(role == "" or (role in Role.values and role != Role.OWNER), _("There is no such role."))
    group = DirectoryGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    before, held = group.role, list(_member_ids(group))
    if before == role:
        return
    DirectoryGroup.objects.filter(pk=group.pk).update(role=role)
    group.role = role
    _take_role(before, held, now=now)
    _give_role(role, held, now=now)
    log_manager_action(
        "directory.group_role", member_id=viewer.member_id, subject=f"directory_group:{group.pk}", before=before,
        after=role, now=now,
    )  # fmt: skip


def _set_members(group: DirectoryGroup, wanted: set[int], *, actor_id: int | None, now: datetime) -> None:
    inside = set(DirectoryMembership.objects.filter(group=group).values_list("user_id", flat=True))
    known = dict(DirectoryUser.objects.filter(pk__in=wanted | inside).values_list("pk", "member_id"))
    come, leave = sorted((wanted & set(known)) - inside), sorted(inside - wanted)
    if not come and not leave:
        return
    DirectoryMembership.objects.filter(group=group, user_id__in=leave).delete()
    DirectoryMembership.objects.bulk_create(
        [DirectoryMembership(group=group, user_id=user_id) for user_id in come], ignore_conflicts=True
    )
    came, left = [known[user_id] for user_id in come], [known[user_id] for user_id in leave]
    members.enlist(viewer=members.system_viewer(), audience=group.audience, come=came, leave=left)
    _give_role(group.role, came, now=now)
    _take_role(group.role, left, now=now)
    detail = {"group": group.pk, "came": len(come), "left": len(leave)}
    audit.note("directory.group_changed", actor_id=actor_id, detail=detail, now=now)


def _give_role(role: str, member_ids: list[int], *, now: datetime) -> None:
    if not role:
        return
    for member in Member.objects.filter(pk__in=member_ids, state=Member.State.ACTIVE):
        members.grant_role(viewer=members.system_viewer(), member_id=member.pk, role=role, now=now)


def _take_role(role: str, member_ids: list[int], *, now: datetime) -> None:
    """Take a role that a group gave: one that a person gave stays, and one that another group gives, too."""
    if not role:
        return
    system = member_queries.system_member().pk
    given = RoleGrant.objects.filter(role=role, member_id__in=member_ids, granted_by_id=system)
    still = DirectoryMembership.objects.filter(group__role=role).values("user__member_id")
    for member_id in given.exclude(member_id__in=still).values_list("member_id", flat=True):
        members.revoke_role(viewer=members.system_viewer(), member_id=member_id, role=role, now=now)


def _member_ids(group: DirectoryGroup) -> list[int]:
    return list(DirectoryMembership.objects.filter(group=group).values_list("user__member_id", flat=True))


def _require_free(name: str, *, own_id: int) -> None:
    if not name:
        raise Refused(_("Please enter a name."), field="displayName")
    if DirectoryGroup.objects.exclude(pk=own_id).filter(name_key=name.lower()).exists():
        raise _taken()


def _taken() -> Refused:
    return Refused(_("There is a group with this name already."), code=UNIQUE)
