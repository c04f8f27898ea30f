"""Everything that writes addresses, lines of mail, signatures and templates."""

from kizuna.success.mailbox.actions.acknowledging import acknowledge, settle_acknowledgement
from kizuna.success.mailbox.actions.forgetting import forget_person
from kizuna.success.mailbox.actions.lines import note_line, reply_address
from kizuna.success.mailbox.actions.tuning import (
    archive_template,
    save_address,
    save_signature,
    save_template,
    use_template,
)

__all__ = [
    "acknowledge",
    "archive_template",
    "forget_person",
    "note_line",
    "reply_address",
    "save_address",
    "save_signature",
    "save_template",
    "settle_acknowledgement",
    "use_template",
]
