"""Everything that writes chats."""

from kizuna.interfaces.chat.actions.channels import change_channel, make_channel, remove_channel
from kizuna.interfaces.chat.actions.forgetting import forget_person
from kizuna.interfaces.chat.actions.linking import link_contact, make_code, unlink
from kizuna.interfaces.chat.actions.pressing import do_press, forget_presses, keep_press, link_slack, unlink_slack
from kizuna.interfaces.chat.actions.taking import forget_old, keep_events, name_user, take_left, take_waiting

__all__ = [
    "change_channel",
    "do_press",
    "forget_old",
    "forget_person",
    "forget_presses",
    "keep_events",
    "keep_press",
    "link_contact",
    "link_slack",
    "make_channel",
    "make_code",
    "name_user",
    "remove_channel",
    "take_left",
    "take_waiting",
    "unlink",
    "unlink_slack",
]
