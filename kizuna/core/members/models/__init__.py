"""Tables of members, by noun."""

from kizuna.core.members.models.attributes import Attribute, AttributeValue
from kizuna.core.members.models.audience import Audience, AudienceCursor, AudienceMember
from kizuna.core.members.models.joining import Invitation, InvitationBatch, JoinRequest
from kizuna.core.members.models.member import HandleReservation, Member, Role, RoleGrant
from kizuna.core.members.models.signin import ApiToken, AttemptCount, SignIn
from kizuna.core.members.models.state import Erasure, Suspension
from kizuna.core.members.models.terms import Consent, PurposeConsent, TermsDocument

__all__ = [
    "ApiToken",
    "AttemptCount",
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceCursor",
    "AudienceMember",
    "Consent",
    "Erasure",
    "HandleReservation",
    "Invitation",
    "InvitationBatch",
    "JoinRequest",
    "Member",
    "PurposeConsent",
    "Role",
    "RoleGrant",
    "SignIn",
    "Suspension",
    "TermsDocument",
]
