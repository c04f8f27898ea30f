"""Words for what templates do, and for how items of a batch stand."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from kizuna.base.registry import ReplyDoor
from kizuna.success.answering.models import AnswerItem, Macro
from kizuna.success.inbox import wording
from kizuna.success.inbox.models import Inquiry

STATES: dict[str, tuple[Any, str]] = {
    "held": (pgettext_lazy("answer item", "Waits"), "warn"),
    "sending": (pgettext_lazy("answer item", "On its way"), "warn"),
    "sent": (pgettext_lazy("answer item", "Sent"), "good"),
    "failed": (pgettext_lazy("answer item", "Not sent"), "bad"),
    "call": (pgettext_lazy("answer item", "Task to call"), "brand"),
    "skipped": (pgettext_lazy("answer item", "Left out"), "warn"),
    "taken_back": (pgettext_lazy("answer item", "Taken back"), ""),
}
WHY: dict[str, Any] = {
    AnswerItem.Why.ANSWERED: pgettext_lazy("why left out", "Answered already. Nobody gets two answers."),
    AnswerItem.Why.CLOSED: pgettext_lazy("why left out", "It was closed."),
    AnswerItem.Why.WROTE: pgettext_lazy("why left out", "The customer wrote meanwhile. Please look at it."),
    AnswerItem.Why.CALL: pgettext_lazy("why left out", "A task to call them is there already."),
    AnswerItem.Why.NO_DOOR: pgettext_lazy("why left out", "Nothing can be sent on this channel."),
    AnswerItem.Why.REFUSED: pgettext_lazy("why left out", "It could not be sent."),
}
IN_PUBLIC = (Inquiry.Channel.QUESTION, Inquiry.Channel.MENTION)


def way_of(inquiry: Inquiry, door: ReplyDoor | None) -> str:
    """Return how an answer gets to the customer."""
    if door is None:
        return _("Task to call") if inquiry.account_id else _("Cannot be reached from here")
    if inquiry.channel in IN_PUBLIC:
        return _("Answer in the community")
    if door.name.startswith("mailbox."):
        return _("Mail")
    if inquiry.channel == Inquiry.Channel.FORM:
        return _("Answer to the form")
    return str(wording.CHANNELS[Inquiry.Channel(inquiry.channel)])


def acts_of(macro: Macro | None) -> list[str]:
    """Return what follows an answer that was written with a template, in words."""
    if macro is None:
        return []
    said = []
    if macro.next_state == Inquiry.State.SNOOZED:
        days = macro.snooze_days or 1
        said.append(ngettext("put off for %(n)d day", "put off for %(n)d days", days) % {"n": days})
    elif macro.next_state:
        said.append(_("state: %(word)s") % {"word": wording.STATES[Inquiry.State(macro.next_state)]})
    if macro.priority:
        said.append(_("priority: %(word)s") % {"word": wording.PRIORITIES[Inquiry.Priority(macro.priority)]})
    if macro.category:
        said.append(_("category: %(word)s") % {"word": macro.category})
    if macro.owner is not None:
        said.append(_("owner: %(word)s") % {"word": macro.owner.name})
    return said
