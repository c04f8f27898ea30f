"""Who may be told: the readers of a notification and what they may see of its target."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from kizuna.base.registry import NotificationText, Target, by_name
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Audience, AudienceMember, Member, Role, RoleGrant
from kizuna.core.members.queries.viewers import DEFINED
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF, Viewer


class UnknownKind(LookupError):
    """No declared NotificationText or Target has that name."""


def text_of(kind: str) -> NotificationText:
    """Return the declared text of a kind, or raise UnknownKind."""
    text = by_name(NotificationText, kind)
    if text is None:
        raise UnknownKind(f"No NotificationText is declared for {kind!r}.")
    return text


def target_of(target_type: str) -> Target:
    """Return the declared target, or raise UnknownKind."""
    target = by_name(Target, target_type)
    if target is None:
        raise UnknownKind(f"No Target is declared for {target_type!r}.")
    return target


def readers(ids: Iterable[int]) -> list[Member]:
    """Return the members who are told anything at all: active ones, neither imported nor the system's own."""
    wanted = Member.objects.filter(pk__in=set(ids), state=Member.State.ACTIVE, is_imported=False, is_system=False)
    return list(wanted.only("id", "handle", "name", "email", "email_key", "language", "state").order_by("pk"))


def viewers_of(members: Iterable[Member]) -> dict[int, Viewer]:
    """Return the viewer that each member is, in two queries for all of them, and one more for who defines audiences."""
    people = list(members)
    ids = [member.pk for member in people]
    roles: dict[int, set[str]] = {}
    for member_id, role in RoleGrant.objects.filter(member_id__in=ids).values_list("member_id", "role"):
        roles.setdefault(member_id, set()).add(role)
    listed: dict[int, set[int]] = {}
    for member_id, audience_id in AudienceMember.objects.filter(member_id__in=ids).values_list(
        "member_id", "audience_id"
    ):
        listed.setdefault(member_id, set()).add(audience_id)
    if managers := [member_id for member_id, held in roles.items() if held & {Role.OWNER, Role.ADMIN}]:
        defined = set(Audience.objects.filter(kind__in=DEFINED).values_list("pk", flat=True))
        for member_id in managers:
            listed[member_id] = listed.get(member_id, set()) | defined
    zone = community.setting(keys.TIME_ZONE)
    return {
        member.pk: Viewer(
            member_id=member.pk,
            handle=member.handle,
            name=member.name,
            audience_ids=tuple(
                sorted({PUBLIC, MEMBERS} | ({STAFF} if member.pk in roles else set()) | listed.get(member.pk, set()))
            ),
            roles=frozenset(roles.get(member.pk, ())),
            language=member.language,
            time_zone=zone,
        )
        for member in people
    }


def who_may_see(viewers: Iterable[Viewer], *, target_type: str, target_id: int) -> set[int]:
    """Return the ids of those who may see the target, asking once for all who share their audiences.

    What anybody of an audience set sees, each of them sees; only where that says no is the person asked about,
    who may be the author of something that waits.
    """
    target = target_of(target_type)
    shared: dict[tuple[int, ...], bool] = {}
    seeing = set()
    for viewer in viewers:
        key = viewer.audience_ids
        if key not in shared:
            nobody_in_particular = Viewer(audience_ids=key, time_zone=viewer.time_zone)
            shared[key] = target_id in target.visible(viewer=nobody_in_particular, ids=[target_id])
        if shared[key] or target_id in target.visible(viewer=viewer, ids=[target_id]):
            seeing.add(viewer.member_id or 0)
    return seeing


def may_see(viewer: Viewer, *, target_type: str, target_id: int) -> Any | None:
    """Return the target's row if the viewer may see it now, else None."""
    return target_of(target_type).visible(viewer=replace(viewer, is_view_as=False), ids=[target_id]).get(target_id)
