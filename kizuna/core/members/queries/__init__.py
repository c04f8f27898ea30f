"""Read members, what they may see, what they agreed to and how they came in."""

from kizuna.core.members.queries.directory import (
    by_name,
    current_handle,
    members_visible_to,
    mentionable,
    page_of_members,
    person_for,
)
from kizuna.core.members.queries.joining import (
    audit_of,
    batch_for,
    batches,
    invitation_by_token,
    invitations,
    join_requests,
    joining_mode,
    member_counts,
    member_for_studio,
    members_for_studio,
    owners_left,
)
from kizuna.core.members.queries.sign_ins import (
    active_tokens,
    has_second_proof,
    needs_second_proof,
    own_sign_ins,
    purpose_consents,
)
from kizuna.core.members.queries.terms import (
    consents_of,
    document_in_force,
    documents_in_force,
    documents_to_consent,
    versions_of,
)
from kizuna.core.members.queries.viewers import (
    member_by_email,
    system_member,
    viewer_of,
    visitor,
)

__all__ = [
    "active_tokens",
    "audit_of",
    "batch_for",
    "batches",
    "by_name",
    "consents_of",
    "current_handle",
    "document_in_force",
    "documents_in_force",
    "documents_to_consent",
    "has_second_proof",
    "invitation_by_token",
    "invitations",
    "join_requests",
    "joining_mode",
    "member_by_email",
    "member_counts",
    "member_for_studio",
    "members_for_studio",
    "members_visible_to",
    "mentionable",
    "needs_second_proof",
    "own_sign_ins",
    "owners_left",
    "page_of_members",
    "person_for",
    "purpose_consents",
    "system_member",
    "versions_of",
    "viewer_of",
    "visitor",
]
