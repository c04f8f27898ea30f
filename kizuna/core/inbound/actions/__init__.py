"""Keep what arrives, take it to whoever wants it, let it go when its time is over."""

from kizuna.core.inbound.actions.boxes import look, poll, remove_box, save_box
from kizuna.core.inbound.actions.forgetting import forget_person, prune
from kizuna.core.inbound.actions.keeping import NotTaken, keep
from kizuna.core.inbound.actions.settling import change_settings
from kizuna.core.inbound.actions.taking import take, take_by_hand

__all__ = [
    "NotTaken",
    "change_settings",
    "forget_person",
    "keep",
    "look",
    "poll",
    "prune",
    "remove_box",
    "save_box",
    "take",
    "take_by_hand",
]
