"""What a viewer may do to the community. Predicates on the viewer; apps add their own on (viewer, thing)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import shows_more
from kizuna.core.members import queries
from kizuna.core.members.models import Attribute, Invitation, Role
from kizuna.core.members.viewer import Viewer

MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
MODERATORS = MANAGERS | {Role.MODERATOR}
DESK = MANAGERS | {Role.SUCCESS_MANAGER, Role.ANALYST}
ATTRIBUTE_KEEPERS = MANAGERS | {Role.SUCCESS_MANAGER}
ARTICLE_KEEPERS = MODERATORS | {Role.SUCCESS_MANAGER}
# What an admin may hand on: never a role as strong as their own, and none that sees fields they do not see.
GRANTABLE_BY_ADMIN = frozenset({Role.MODERATOR, Role.SUCCESS_MANAGER, Role.ANALYST})

READ, WRITE, ADMIN, USAGE_WRITE, SCIM = "read", "write", "admin", "usage:write", "scim"
SCOPES = (READ, WRITE, ADMIN, USAGE_WRITE, SCIM)


class Refused(Exception):
    """A permission or a rule says no. `reason` is translatable and shown to the person; `field` names a form field."""

    def __init__(self, reason: Any, *, field: str = "", code: str = "refused") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.field = field
        self.code = code


class SignInRequired(Refused):
    """Nobody is signed in. The middleware leads to the sign-in page and back, with what was typed."""

    def __init__(self) -> None:
        super().__init__(_("Please sign in first."), code="sign_in")


class ConfirmationRequired(Refused):
    """The page is sensitive and the person has not proven who they are for a while."""

    def __init__(self) -> None:
        super().__init__(_("Please confirm that it is you."), code="confirm")


def require(allowed: bool, reason: Any) -> None:
    """Raise Refused with `reason` unless `allowed`."""
    if not allowed:
        raise Refused(reason)


def require_sign_in(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor. Views of members begin with it."""
    if not viewer.is_member:
        raise SignInRequired


def require_manager(viewer: Viewer) -> None:
    """Raise SignInRequired for a visitor and Refused for anybody who may not use Studio."""
    require_sign_in(viewer)
    require(can_manage(viewer), _("Only owners and admins may do this."))


def has_scope(viewer: Viewer, scope: str) -> bool:
    """Tell whether the viewer's token covers `scope`; a person in a browser, or a token without scopes, covers all."""
    return viewer.scopes is None or scope in viewer.scopes


def can_act(viewer: Viewer) -> bool:
    """Tell whether the viewer may write anything: the one gate for web, API, mail-in and widget."""
    return viewer.is_member and not viewer.is_view_as and has_scope(viewer, WRITE)


def can_manage(viewer: Viewer) -> bool:
    """Tell whether the viewer may use Studio."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & MANAGERS)


def keeps_articles(viewer: Viewer) -> bool:
    """Tell whether the viewer writes articles, and so sees drafts and archived ones."""
    return viewer.is_member and bool(viewer.roles & ARTICLE_KEEPERS)


def can_own(viewer: Viewer) -> bool:
    """Tell whether the viewer may do what only owners may."""
    return can_manage(viewer) and Role.OWNER in viewer.roles


def can_moderate(viewer: Viewer) -> bool:
    """Tell whether the viewer may hide, move and close what others wrote."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & MODERATORS)


def can_use_desk(viewer: Viewer) -> bool:
    """Tell whether the viewer may read the desk of the customer-success team."""
    return viewer.is_member and has_scope(viewer, ADMIN) and bool(viewer.roles & DESK)


def can_read_audit(viewer: Viewer) -> bool:
    """Tell whether the viewer may read who saw and took out what: owners and admins."""
    is_own = viewer.is_member and not viewer.is_view_as and bool(viewer.roles & MANAGERS)
    return is_own and has_scope(viewer, ADMIN)


def can_grant(viewer: Viewer, role: str) -> bool:
    """Tell whether the viewer may give or take `role` ("" is plain membership, which managers give by inviting)."""
    if can_own(viewer):
        return True
    if not can_manage(viewer):
        return False
    return role == "" or (role in GRANTABLE_BY_ADMIN and not shows_more(role=role, viewer=viewer))


def is_backed(invitation: Invitation) -> bool:
    """Tell whether whoever invited still holds the right to invite to that role; else the invitation is void."""
    inviter = invitation.invited_by
    return inviter is not None and can_grant(queries.viewer_of(inviter), invitation.role)


def can_suspend(viewer: Viewer, *, roles: frozenset[str]) -> bool:
    """Tell whether the viewer may suspend a member who holds `roles`."""
    if can_own(viewer):
        return True
    if can_manage(viewer):
        return not roles & MANAGERS
    return can_moderate(viewer) and not roles


def keeps_attributes(viewer: Viewer) -> bool:
    """Tell whether the viewer may fill in what is known of any member."""
    return can_act(viewer) and has_scope(viewer, ADMIN) and bool(viewer.roles & ATTRIBUTE_KEEPERS)


def can_answer(viewer: Viewer, attribute: Attribute, *, member_id: int) -> bool:
    """Tell whether the viewer may fill in this attribute of a member."""
    if attribute.is_archived:
        return False
    is_own = can_act(viewer) and viewer.own_id == member_id
    return keeps_attributes(viewer) or (is_own and attribute.edits == Attribute.Edits.MEMBER)


def can_keep_tokens(viewer: Viewer) -> bool:
    """Tell whether the viewer may list, make and revoke their own tokens: only in a browser, never by a token."""
    return can_act(viewer) and viewer.sign_in_id is not None
