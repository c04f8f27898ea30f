"""Everything that writes hours: rows, timers, weeks, functions, and what comes from a source."""

from kizuna.success.effort.actions.checking import Work
from kizuna.success.effort.actions.deriving import Derived, note_derived, take_offer
from kizuna.success.effort.actions.entries import change_effort, note_effort, remove_effort
from kizuna.success.effort.actions.erasing import erase_contact, erase_person
from kizuna.success.effort.actions.exporting import note_export
from kizuna.success.effort.actions.functions import define_function, retire_function, set_timer_hours
from kizuna.success.effort.actions.grid import fill_week
from kizuna.success.effort.actions.timing import Forgotten, flag_forgotten, settle_timer, start_timer, stop_timer
from kizuna.success.effort.actions.weeks import close_week, reopen_week

__all__ = [
    "Derived",
    "Forgotten",
    "Work",
    "change_effort",
    "close_week",
    "define_function",
    "erase_contact",
    "erase_person",
    "fill_week",
    "flag_forgotten",
    "note_derived",
    "note_effort",
    "note_export",
    "remove_effort",
    "reopen_week",
    "retire_function",
    "set_timer_hours",
    "settle_timer",
    "start_timer",
    "stop_timer",
    "take_offer",
]
