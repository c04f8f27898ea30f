"""Everything that writes calls."""

from kizuna.success.calls.actions.following import answer_by_telephone, follow_encounter, follow_missed
from kizuna.success.calls.actions.forgetting import forget_old, forget_person
from kizuna.success.calls.actions.noting import edit_call, log_call, place_call, remove_call, restore_call
from kizuna.success.calls.actions.sources import (
    change_source,
    keys_of,
    make_source,
    remove_source,
    rotate_secret,
    set_recording_days,
)
from kizuna.success.calls.actions.taking import Clash, Taken, take_event

__all__ = [
    "Clash",
    "Taken",
    "answer_by_telephone",
    "change_source",
    "edit_call",
    "follow_encounter",
    "follow_missed",
    "forget_old",
    "forget_person",
    "keys_of",
    "log_call",
    "make_source",
    "place_call",
    "remove_call",
    "remove_source",
    "restore_call",
    "rotate_secret",
    "set_recording_days",
    "take_event",
]
