"""What can happen to customers. `channel`: what stands on the timeline is written by the actions themselves, so none is named here."""

from kizuna.core.activity.types import ActivityType

ACCOUNT_ADDED = ActivityType("account.added", "An account was added.", {"kind": str})
ACCOUNT_CHANGED = ActivityType("account.changed", "Facts of an account were changed.", {"fields": str})
ACCOUNT_OWNED = ActivityType("account.owned", "An account got another owner.", {"owner": int, "before": int})
ACCOUNT_MERGED = ActivityType("account.merged", "Another account was absorbed by this one.", {"absorbed": int})
ACCOUNT_UNMERGED = ActivityType("account.unmerged", "A merge was undone.", {"absorbed": int})
ACCOUNT_JOINED = ActivityType(
    "account.joined", "A member was linked to an account.", {"member": int, "contact": int, "how": str}
)
CONTACT_ADDED = ActivityType("contact.added", "A person at an account was added.", {"account": int})
CONTACT_CHANGED = ActivityType("contact.changed", "What is known of a person was changed.", {"fields": str})
EMPLOYMENT_BEGUN = ActivityType("employment.begun", "A person began at an account.", {"contact": int, "account": int})
EMPLOYMENT_ENDED = ActivityType("employment.ended", "A person left an account.", {"contact": int, "account": int})
CONTRACT_SIGNED = ActivityType("contract.signed", "A contract was made.", {"account": int})
CONTRACT_CHANGED = ActivityType("contract.changed", "A contract or its lines were changed.", {"account": int})
CONTRACT_RENEWED = ActivityType("contract.renewed", "A contract went on for another term.", {"account": int})
CONTRACT_NOTICED = ActivityType("contract.noticed", "Notice was given on a contract.", {"account": int})
CONTRACT_REVOKED = ActivityType("contract.notice_revoked", "A notice was taken back.", {"account": int})
PURCHASE_MADE = ActivityType(
    "purchase.made", "A customer bought, paused, skipped or returned.", {"account": int, "kind": str}
)
CANCELLATION_NOTED = ActivityType(
    "cancellation.noted", "It was noted that a customer left, and why.", {"account": int, "contract": int}
)
CANCELLATION_CORRECTED = ActivityType(
    "cancellation.corrected", "A note that a customer left was corrected.", {"account": int, "fields": str}
)
ATTRIBUTE_DEFINED = ActivityType(
    "account_attribute.defined", "A field for accounts was defined or changed.", {"kind": str}
)
SUCCESS_DEFINED = ActivityType("success.defined", "It was agreed what success means for an account.", {"account": int})
STEP_PUT_OFF = ActivityType("step.put_off", "A next step was put off.", {"key": str, "until": str})
STEP_BROUGHT_BACK = ActivityType("step.brought_back", "A next step that was put off is shown again.", {"key": str})
NOTE_WRITTEN = ActivityType(
    "note.written", "A note was written.", {"account": int, "is_internal": bool, "mentions": int}
)
NOTE_EDITED = ActivityType("note.edited", "A note was edited.", {"account": int, "mentions": int})
NOTE_REMOVED = ActivityType("note.removed", "A note was removed.", {"account": int})
MATCH_DECIDED = ActivityType(
    "match.decided", "Somebody said whether two rows are one.", {"account": int, "verdict": str}
)
