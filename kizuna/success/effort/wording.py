"""Words of hours: functions, kinds of touch, how a row came about, lengths."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuna.core.community.settings import in_language
from kizuna.success.effort import durations
from kizuna.success.effort.models import Effort, EffortFunction, Touch
from kizuna.success.effort.queries.rows import WITHOUT_TOUCH

TOUCHES: dict[str, Any] = {
    Touch.HIGH: gettext_lazy("High touch"),
    Touch.LOW: gettext_lazy("Low touch"),
    Touch.TECH: gettext_lazy("Tech touch"),
    Touch.COMMUNITY: gettext_lazy("Community touch"),
}
NO_TOUCH = pgettext_lazy("kind of touch", "Not stated")
HOWS: dict[str, Any] = {
    Effort.How.MANUAL: gettext_lazy("By hand"),
    Effort.How.TIMER: gettext_lazy("Timer"),
    Effort.How.DERIVED: gettext_lazy("From calls and notes"),
}
HOW_MEANINGS: dict[str, Any] = {
    Effort.How.MANUAL: gettext_lazy("Typed by the person, answers to forgotten timers included."),
    Effort.How.TIMER: gettext_lazy("Started and stopped, to the minute."),
    Effort.How.DERIVED: gettext_lazy("The length that a call, a ticket or a note states."),
}


def function_name(function: EffortFunction, language: str) -> str:
    """Return the name of a function."""
    return in_language(function.label, language) or function.slug


def touch_name(touch: str) -> str:
    return str(TOUCHES.get(touch, NO_TOUCH))


def touch_choices() -> list[tuple[str, Any]]:
    """Return the kinds of touch for a filter, with the rows that state none."""
    return [*TOUCHES.items(), (WITHOUT_TOUCH, NO_TOUCH)]


def length_text(minutes: int) -> str:
    """Say the length of one piece of work to the minute: 1 h 25 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    words = _("%(hours)d h %(minutes)d min") if rest else _("%(hours)d h")
    return words % {"hours": hours, "minutes": rest}


def hours_text(minutes: int) -> str:
    """Say minutes as hours: 4.5 hours."""
    return _("%(hours)s hours") % {"hours": durations.hours(minutes)}
