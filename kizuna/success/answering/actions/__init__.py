"""Everything that writes what is alike, templates' acts and batches."""

from kizuna.success.answering.actions.batching import Chosen, answer_item, answer_many, take_back_batch
from kizuna.success.answering.actions.comparing import (
    compare_again,
    give_meanings,
    link_waiting,
    remove_similar,
    take_in,
)
from kizuna.success.answering.actions.forgetting import forget_person
from kizuna.success.answering.actions.inserting import act_afterwards, drop_acts, insert, use_template
from kizuna.success.answering.actions.keeping import save_macro
from kizuna.success.answering.actions.writing_up import post_answered, require_anonymous, write_faq

__all__ = [
    "Chosen",
    "act_afterwards",
    "answer_item",
    "answer_many",
    "compare_again",
    "drop_acts",
    "forget_person",
    "give_meanings",
    "insert",
    "link_waiting",
    "post_answered",
    "remove_similar",
    "require_anonymous",
    "save_macro",
    "take_back_batch",
    "take_in",
    "use_template",
    "write_faq",
]
