"""The only writers of members: joining, profiles, roles, states, sign-ins, tokens, invitations and terms."""

from kizuna.core.members.actions.accounts import (
    free_handle,
    import_authors,
    make_member,
    set_password,
    system_viewer,
)
from kizuna.core.members.actions.attributes import (
    answer_on_joining,
    archive_attribute,
    clean_answer,
    order_attributes,
    save_attribute,
    set_answers,
    set_answers_of_many,
)
from kizuna.core.members.actions.audiences import (
    delete_audience,
    evaluate_audience,
    refresh_clocked,
    refresh_stale,
    save_audience,
)
from kizuna.core.members.actions.batches import start_batch, start_batch_of_rows, work_on_batch
from kizuna.core.members.actions.counters import add_to_counts, add_to_many_counts, set_counts
from kizuna.core.members.actions.invitations import (
    cancel_invitation,
    invite,
    note_sent,
    open_invitation_for,
    send_invitation_again,
    token_of,
)
from kizuna.core.members.actions.joining import Person, approve_request, decline_request, join
from kizuna.core.members.actions.limits import Limit, TooManyAttempts, attempt, forget_old_attempts, forgive
from kizuna.core.members.actions.personal import forget_member_rows
from kizuna.core.members.actions.profile import (
    change_email,
    change_handle,
    change_preferences,
    change_profile,
    set_avatar,
)
from kizuna.core.members.actions.roles import ask_second_proof, grant_role, revoke_role
from kizuna.core.members.actions.sign_ins import (
    confirm_sign_in,
    finish_sign_in,
    forget_old_sign_ins,
    note_seen,
    revoke_sign_in,
    sign_out_everywhere,
    start_sign_in,
)
from kizuna.core.members.actions.states import (
    blank_member,
    close_membership,
    erase_member,
    restore_member,
    suspend_member,
)
from kizuna.core.members.actions.terms import agree, decide_purpose, publish_terms, save_terms_draft, write_consent
from kizuna.core.members.actions.tokens import make_token, note_token_used, revoke_token
from kizuna.core.members.actions.viewing import note_viewed_as

__all__ = [
    "Limit",
    "Person",
    "TooManyAttempts",
    "add_to_counts",
    "add_to_many_counts",
    "agree",
    "answer_on_joining",
    "approve_request",
    "archive_attribute",
    "ask_second_proof",
    "attempt",
    "blank_member",
    "cancel_invitation",
    "change_email",
    "change_handle",
    "change_preferences",
    "change_profile",
    "clean_answer",
    "close_membership",
    "confirm_sign_in",
    "decide_purpose",
    "decline_request",
    "delete_audience",
    "erase_member",
    "evaluate_audience",
    "finish_sign_in",
    "forget_member_rows",
    "forget_old_attempts",
    "forget_old_sign_ins",
    "forgive",
    "free_handle",
    "grant_role",
    "import_authors",
    "invite",
    "join",
    "make_member",
    "make_token",
    "note_seen",
    "note_sent",
    "note_token_used",
    "note_viewed_as",
    "open_invitation_for",
    "order_attributes",
    "publish_terms",
    "refresh_clocked",
    "refresh_stale",
    "restore_member",
    "revoke_role",
    "revoke_sign_in",
    "revoke_token",
    "save_attribute",
    "save_audience",
    "save_terms_draft",
    "send_invitation_again",
    "set_answers",
    "set_answers_of_many",
    "set_avatar",
    "set_counts",
    "set_password",
    "sign_out_everywhere",
    "start_batch",
    "start_batch_of_rows",
    "start_sign_in",
    "suspend_member",
    "system_viewer",
    "token_of",
    "work_on_batch",
    "write_consent",
]
