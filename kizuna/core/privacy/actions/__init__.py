"""Everything that writes copies, erasures, tombstones, requests and consents."""

from kizuna.core.privacy.actions.consenting import record_consent
from kizuna.core.privacy.actions.copies import (
    ask_for_copy,
    expire_copies,
    finish_copy,
    note_download,
    remove_copies,
)
from kizuna.core.privacy.actions.deciding import change_settings
from kizuna.core.privacy.actions.erasing import begin_erasure, erase_person, work_on_erasure
from kizuna.core.privacy.actions.requests import (
    answer,
    ask,
    attach_copy,
    carry_out_erasure,
    extend,
    forget_asker,
    note_check,
    record_request,
    withdraw,
)
from kizuna.core.privacy.actions.tombstones import add_tombstones, replay

__all__ = [
    "add_tombstones",
    "answer",
    "ask",
    "ask_for_copy",
    "attach_copy",
    "begin_erasure",
    "carry_out_erasure",
    "change_settings",
    "erase_person",
    "expire_copies",
    "extend",
    "finish_copy",
    "forget_asker",
    "note_check",
    "note_download",
    "record_consent",
    "record_request",
    "remove_copies",
    "replay",
    "withdraw",
    "work_on_erasure",
]
