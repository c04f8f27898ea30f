"""Everything that writes customers, accounts, people, contracts, notes and the timeline."""

from kizuna.success.customers.actions.accounts import (
    change_account,
    create_account,
    create_accounts,
    set_community_touch,
    set_owner,
    verify_domain,
)
from kizuna.success.customers.actions.contracts import (
    change_contract,
    change_lines,
    change_whole_contract,
    give_notice,
    renew_due,
    revoke_notice,
    sign_contract,
    sign_contracts,
)
from kizuna.success.customers.actions.exporting import note_export
from kizuna.success.customers.actions.finding import keep_tails, rebuild_tails
from kizuna.success.customers.actions.knowing import (
    archive_attribute,
    define_attribute,
    define_success,
    delete_view,
    edit_note,
    remove_note,
    save_view,
    set_attributes,
    write_note,
)
from kizuna.success.customers.actions.merging import decide_match, merge_accounts, note_match, undo_merge
from kizuna.success.customers.actions.people import (
    add_contact,
    add_contacts,
    begin_employment,
    change_contact,
    end_employment,
    join_by_address,
    link_member,
    unlink_member,
)
from kizuna.success.customers.actions.purchases import note_purchases
from kizuna.success.customers.actions.sums import accounts_to_refresh, refresh_accounts
from kizuna.success.customers.actions.touching import (
    Touch,
    forget_touches_of_activities,
    remove_touchpoint,
    rewrite_touchpoint,
    touches_of_member,
    write_touchpoints,
)

__all__ = [
    "Touch",
    "accounts_to_refresh",
    "add_contact",
    "add_contacts",
    "archive_attribute",
    "begin_employment",
    "change_account",
    "change_contact",
    "change_contract",
    "change_lines",
    "change_whole_contract",
    "create_account",
    "create_accounts",
    "decide_match",
    "define_attribute",
    "define_success",
    "delete_view",
    "edit_note",
    "end_employment",
    "forget_touches_of_activities",
    "give_notice",
    "join_by_address",
    "keep_tails",
    "link_member",
    "merge_accounts",
    "note_export",
    "note_match",
    "note_purchases",
    "rebuild_tails",
    "refresh_accounts",
    "remove_note",
    "remove_touchpoint",
    "renew_due",
    "revoke_notice",
    "rewrite_touchpoint",
    "save_view",
    "set_attributes",
    "set_community_touch",
    "set_owner",
    "sign_contract",
    "sign_contracts",
    "touches_of_member",
    "undo_merge",
    "unlink_member",
    "verify_domain",
    "write_note",
    "write_touchpoints",
]
