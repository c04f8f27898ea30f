"""Words of calls."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from kizuna.success.calls.models import Call, CallSource

DIRECTIONS = {
    Call.Direction.IN: pgettext_lazy("call", "They called us"),
    Call.Direction.OUT: pgettext_lazy("call", "We called them"),
}
OUTCOMES = {
    Call.Outcome.REACHED: pgettext_lazy("call", "We talked"),
    Call.Outcome.CALL_BACK: pgettext_lazy("call", "To be called back"),
    Call.Outcome.VOICEMAIL: pgettext_lazy("call", "Message left on the machine"),
    Call.Outcome.NO_ANSWER: pgettext_lazy("call", "Nobody answered"),
    Call.Outcome.WRONG: pgettext_lazy("call", "Wrong number"),
}
KINDS = {
    CallSource.Kind.STANDARD: pgettext_lazy("call source", "Signed webhook"),
    CallSource.Kind.TWILIO: pgettext_lazy("call source", "Twilio"),
}


def state_of(call: Call) -> tuple[str, str, str]:
    """Return how a call went: words, tone, icon."""
    if call.state == Call.State.RINGING:
        return _("End not told"), "line", "phone"
    if call.direction == Call.Direction.IN:
        if call.state == Call.State.MISSED:
            return _("Missed call"), "warn", "phone-missed"
        return pgettext("call", "Taken"), "good", "phone"
    if call.state == Call.State.MISSED:
        return _("Not reached"), "line", "phone"
    return _("Talked"), "good", "phone"


def outcome_of(call: Call) -> str:
    """Say what came of a call, where somebody said it."""
    return str(OUTCOMES[Call.Outcome(call.outcome)]) if call.outcome else ""


def length_of(call: Call) -> str:
    """Say how long a talk took: 4:05."""
    if call.seconds is None or call.state != Call.State.TALKED:
        return ""
    minutes, seconds = divmod(call.seconds, 60)
    return f"{minutes}:{seconds:02d}"


def whom_of(call: Call) -> str:
    """Return with whom a call was, as far as that is known."""
    names = [call.account.name if call.account else "", call.contact.name if call.contact else ""]
    return " ".join(name for name in names if name)


def version_words(state: dict[str, Any]) -> str:
    """Say what a call was before an edit."""
    said = [DIRECTIONS.get(state.get("direction", "")), OUTCOMES.get(state.get("outcome", "")), state.get("note", "")]
    return "・".join(str(part) for part in said if part)
