"""Write what usage adds up to, by noun. Each function is one short transaction; the fold's lock makes it the only writer."""

from kizuna.success.usage.actions.changes import note_usage
from kizuna.success.usage.actions.folds import Books, begin_again, begin_fold, clear_some, count_step, end_fold, state
from kizuna.success.usage.actions.lines import Said, bring_counts, change_counts, take_back_counts
from kizuna.success.usage.actions.persons import forget_subjects, note_forgotten

__all__ = [
    "Books",
    "Said",
    "begin_again",
    "begin_fold",
    "bring_counts",
    "change_counts",
    "clear_some",
    "count_step",
    "end_fold",
    "forget_subjects",
    "note_forgotten",
    "note_usage",
    "state",
    "take_back_counts",
]
