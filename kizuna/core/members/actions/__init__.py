"""The only writers of members: joining, profiles, roles, states, sign-ins, tokens, invitations and terms."""

from kizuna.core.members.actions.accounts import (
    import_authors,
    make_member,
    set_password,
    system_viewer,
)
from kizuna.core.members.actions.counters import add_to_counts, set_counts
from kizuna.core.members.actions.limits import Limit, TooManyAttempts, attempt, forget_old_attempts, forgive
from kizuna.core.members.actions.roles import grant_role, revoke_role
from kizuna.core.members.actions.sign_ins import (
    confirm_sign_in,
    finish_sign_in,
    note_seen,
    revoke_sign_in,
    sign_out_everywhere,
    start_sign_in,
)
from kizuna.core.members.actions.states import erase_member, restore_member, suspend_member
from kizuna.core.members.actions.tokens import make_token, note_token_used, revoke_token

__all__ = [
    "Limit",
    "TooManyAttempts",
    "add_to_counts",
    "attempt",
    "confirm_sign_in",
    "erase_member",
    "finish_sign_in",
    "forget_old_attempts",
    "forgive",
    "grant_role",
    "import_authors",
    "make_member",
    "make_token",
    "note_seen",
    "note_token_used",
    "restore_member",
    "revoke_role",
    "revoke_sign_in",
    "revoke_token",
    "set_counts",
    "set_password",
    "sign_out_everywhere",
    "start_sign_in",
    "suspend_member",
    "system_viewer",
]
