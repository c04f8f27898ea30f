"""Tables of members, by noun."""

from kizuna.core.members.models.audience import Audience, AudienceMember
from kizuna.core.members.models.member import HandleReservation, Member, Role, RoleGrant
from kizuna.core.members.models.signin import ApiToken, SignIn

__all__ = [
    "ApiToken",
    "Audience",
    "AudienceMember",
    "HandleReservation",
    "Member",
    "Role",
    "RoleGrant",
    "SignIn",
]
