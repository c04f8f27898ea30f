"""Read what is alike, what helps an answer, and batches."""

from kizuna.success.answering.queries.batches import batch_for, batches_for, items_of, states_of
from kizuna.success.answering.queries.clues import Clue, clues_for, customer_of
from kizuna.success.answering.queries.near import features_of, near, text_of, weights_of
from kizuna.success.answering.queries.redacting import names_of, without_names
from kizuna.success.answering.queries.similar import DAYS, Group, Similar, counts_of, growing, similar_to, to_call
from kizuna.success.answering.queries.templates import (
    day_in_words,
    facts_of,
    hidden_templates,
    macro_of,
    macros_for,
    templates_for,
    used_in,
)

__all__ = [
    "DAYS",
    "Clue",
    "Group",
    "Similar",
    "batch_for",
    "batches_for",
    "clues_for",
    "counts_of",
    "customer_of",
    "day_in_words",
    "facts_of",
    "features_of",
    "growing",
    "hidden_templates",
    "items_of",
    "macro_of",
    "macros_for",
    "names_of",
    "near",
    "similar_to",
    "states_of",
    "templates_for",
    "text_of",
    "to_call",
    "used_in",
    "weights_of",
    "without_names",
]
