"""From a member to the viewer that they are."""

from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Audience, AudienceMember, Member, Role, RoleGrant
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF, Viewer

DEFINED = (Audience.Kind.HAND, Audience.Kind.RULE)


def visitor(*, language: str = "ja") -> Viewer:
    """Return the viewer of somebody not signed in: the public audience once the owner has opened the community."""
    is_open = community.setting(keys.IS_OPEN)
    return Viewer(
        audience_ids=(PUBLIC,) if is_open else (),
        language=language,
        time_zone=community.setting(keys.TIME_ZONE),
    )


def viewer_of(
    member: Member, *, language: str = "", scopes: tuple[str, ...] | None = None, sign_in_id: int | None = None
) -> Viewer:
    """Return the viewer that `member` is: built-in audiences by rule, others by list."""
    if not member.is_active and not member.is_system:
        return visitor(language=language or member.language)
    roles = _roles_of(member)
    listed = set(AudienceMember.objects.filter(member_id=member.pk).values_list("audience_id", flat=True))
    if roles & {Role.OWNER, Role.ADMIN}:  # whoever defines an audience cannot lock themselves out of it
        listed |= set(Audience.objects.filter(kind__in=DEFINED).values_list("pk", flat=True))
    built_in = (PUBLIC, MEMBERS, STAFF) if roles else (PUBLIC, MEMBERS)
    return Viewer(
        member_id=member.pk,
        handle=member.handle,
        name=member.name,
        audience_ids=tuple(sorted({*built_in, *listed})),
        roles=roles,
        language=language or member.language,
        theme=member.theme,
        time_zone=community.setting(keys.TIME_ZONE),
        scopes=scopes,
        sign_in_id=sign_in_id,
    )


def system_member() -> Member:
    """Return the member as whom automated work acts."""
    return Member.objects.get(is_system=True)


def member_by_email(email: str) -> Member | None:
    """Return the one member with that address, in whatever state."""
    key = normalised_email(email)
    return Member.objects.filter(email_key=key).first() if key else None


def _roles_of(member: Member) -> frozenset[str]:
    if member.is_system:  # automated work may do what an owner may; there is no flag that skips a policy
        return frozenset({Role.OWNER})
    return frozenset(RoleGrant.objects.filter(member_id=member.pk).values_list("role", flat=True))
