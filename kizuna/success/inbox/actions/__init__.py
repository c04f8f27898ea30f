"""Everything that writes inquiries."""

from kizuna.success.inbox.actions.asking import Asked, begin_ask, find_ask, send_form, solve_ask, write_on
from kizuna.success.inbox.actions.changing import change_inquiries, change_inquiry
from kizuna.success.inbox.actions.closing import close_inquiries, close_inquiry, reopen_inquiry
from kizuna.success.inbox.actions.delivering import deliver, give_up, give_up_lost, note_sent
from kizuna.success.inbox.actions.drafting import forget_presence, note_presence, save_draft
from kizuna.success.inbox.actions.forgetting import asked_by, forget_asked, forget_drafts, forget_person, written_with
from kizuna.success.inbox.actions.handing import answer_handover, hand_over, take_inquiry_back
from kizuna.success.inbox.actions.noting import add_note
from kizuna.success.inbox.actions.opening import checked, open_inquiries, open_inquiry, take_back_inquiries
from kizuna.success.inbox.actions.receiving import Arrival, Received, blank_message, receive
from kizuna.success.inbox.actions.recounting import recount_dues
from kizuna.success.inbox.actions.replying import HELD_FOR, send_again, send_reply, take_back
from kizuna.success.inbox.actions.returning import note_returned
from kizuna.success.inbox.actions.sources import (
    close_solved,
    go_on_with_post,
    note_missed_call,
    take_mention,
    take_question,
)
from kizuna.success.inbox.actions.timing import count_effort, note_minutes, start_timer
from kizuna.success.inbox.actions.tuning import set_form, set_hours, set_rules
from kizuna.success.inbox.actions.watching import watch
from kizuna.success.inbox.actions.working import assign, assign_many, prioritise, snooze, wait, wake

__all__ = [
    "HELD_FOR",
    "Arrival",
    "Asked",
    "Received",
    "add_note",
    "answer_handover",
    "asked_by",
    "assign",
    "assign_many",
    "begin_ask",
    "blank_message",
    "change_inquiries",
    "change_inquiry",
    "checked",
    "close_inquiries",
    "close_inquiry",
    "close_solved",
    "count_effort",
    "deliver",
    "find_ask",
    "forget_asked",
    "forget_drafts",
    "forget_person",
    "forget_presence",
    "give_up",
    "give_up_lost",
    "go_on_with_post",
    "hand_over",
    "note_minutes",
    "note_missed_call",
    "note_presence",
    "note_returned",
    "note_sent",
    "open_inquiries",
    "open_inquiry",
    "prioritise",
    "receive",
    "recount_dues",
    "reopen_inquiry",
    "save_draft",
    "send_again",
    "send_form",
    "send_reply",
    "set_form",
    "set_hours",
    "set_rules",
    "snooze",
    "solve_ask",
    "start_timer",
    "take_back",
    "take_back_inquiries",
    "take_inquiry_back",
    "take_mention",
    "take_question",
    "wait",
    "wake",
    "watch",
    "write_on",
    "written_with",
]
