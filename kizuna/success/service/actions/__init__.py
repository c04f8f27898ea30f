"""Count inquiries, and record what came after a question at the form."""

from kizuna.success.service.actions.counting import count_inquiry, count_stale, rebuild
from kizuna.success.service.actions.exporting import note_export
from kizuna.success.service.actions.following import follow_inquiry, follow_topic, forget_person

__all__ = [
    "count_inquiry",
    "count_stale",
    "follow_inquiry",
    "follow_topic",
    "forget_person",
    "note_export",
    "rebuild",
]
