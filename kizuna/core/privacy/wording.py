"""The words of privacy."""

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kizuna.base import registry
from kizuna.core.members.wording import CONSENT_SOURCES, PURPOSE_NAMES, ROLE_NAMES

AUDIT_WORDS: dict[str, Any] = {
    "request.received": _("Request about personal data received"),
    "request.checked": _("Identity checked"),
    "request.extended": _("Deadline of a request put off"),
    "request.copied": _("Copy attached to a request"),
    "request.erased": _("Erasure begun by a request"),
    "request.answered": _("Request answered"),
    "request.refused": _("Request refused"),
    "request.withdrawn": _("Request taken back"),
    "consent.recorded": _("Consent of a person written down"),
    "person.erasure_begun": _("Erasure of a person begun"),
    "person.erased": _("A person erased"),
    "person.copy_asked": _("Copy of a person's records asked for"),
    "person.copy_taken": _("Copy of a person's records taken"),
    "person.viewed": _("A person's page opened"),
    "people.listed": _("Lists read by a program"),
    "audit.exported": _("Audit log exported"),
    "member.viewed_as": _("Looked at the community as a member"),
    "setting.changed": _("Setting changed"),
    "attribute.saved": _("Member attribute changed, with who sees it"),
    "attribute.archived": _("Member attribute put away"),
    "attribute.restored": _("Member attribute taken into use again"),
}
AUDIT_PAGES: dict[str, Any] = {"consents": _("Consents and requests")}
AUDIT_SETTINGS: dict[str, Any] = {
    "privacy.appi_days": _("Days for answers under APPI changed"),
    "privacy.disclosure": _("What stays out of copies changed"),
    "privacy.gdpr_days": _("Days for answers under the GDPR changed"),
    "privacy.sender": _("Sender of promotional mail changed"),
}
KINDS: dict[str, Any] = {
    "access": _("Show what is held (disclosure)"),
    "correction": _("Correct or complete"),
    "stop": _("Stop using"),
    "erasure": _("Erase"),
    "portability": _("Hand over to take elsewhere"),
}
LAWS: dict[str, Any] = {"appi": _("Japan (APPI)"), "gdpr": _("EU (GDPR)")}
CHANNELS: dict[str, Any] = {
    "page": _("Own settings page"),
    "mail": pgettext_lazy("channel", "Mail"),
    "telephone": pgettext_lazy("channel", "Telephone"),
    "paper": _("On paper"),
    "other": _("Another way"),
}
STATES: dict[str, Any] = {
    "open": pgettext_lazy("request", "Open"),
    "answered": _("Answered"),
    "refused": _("Refused"),
    "withdrawn": _("Taken back"),
}
TONES = {"open": "warn", "answered": "good", "refused": "bad", "withdrawn": "line"}
STEPS: dict[str, Any] = {
    "received": pgettext_lazy("request", "Received"),
    "checked": _("Identity checked"),
    "extended": _("Deadline put off"),
    "copied": _("Copy attached"),
    "erased": _("Erasure begun"),
    **{name: STATES[name] for name in ("answered", "refused", "withdrawn")},
}
MAIL_REASONS: dict[str, Any] = {
    "no_address": _("There is no address to mail to."),
    "left": _("The person has left or is suspended."),
    "no_consent": _("The person never agreed to it."),
    "withdrawn": _("The person took the consent back."),
    "stopped": _("Mail to this address was stopped."),
    "no_sender": _("Studio has not said yet who sends promotional mail."),
}
# How the small facts of the audit log are called; a value of a known list is said in words as well.
DETAIL_WORDS: dict[str, Any] = {
    "about": _("About"),
    "action": _("What was done"),
    "copy": pgettext_lazy("audit", "copy"),
    "due": _("Due"),
    "erasure": _("Erasure"),
    "given": _("Given"),
    "hidden": pgettext_lazy("audit", "hidden"),
    "kept": _("Kept"),
    "kind": _("Kind"),
    "name": _("Name"),
    "page": pgettext_lazy("audit", "page"),
    "purpose": _("Purpose"),
    "removed": _("Removed"),
    "role": _("Role"),
    "since": _("From"),
    "source": _("Source"),
    "until": _("Until"),
    "who": _("By whom"),
}
VALUE_WORDS: dict[str, dict[str, Any]] = {
    "purpose": PURPOSE_NAMES,
    "role": ROLE_NAMES,
    "source": CONSENT_SOURCES,
}
# How the columns of copies are called. What is not here keeps the name that it has in the JSON.
FIELD_WORDS: dict[str, Any] = {
    "account__name": _("Customer"),
    "action": _("What was done"),
    "after": pgettext_lazy("column", "After"),
    "amount": _("Amount"),
    "answered_at": pgettext_lazy("column", "Answered on"),
    "at": _("When"),
    "before": pgettext_lazy("column", "Before"),
    "body": _("Text"),
    "category": pgettext_lazy("column", "Category"),
    "channel": _("Channel"),
    "closed_at": pgettext_lazy("column", "Closed"),
    "comment": _("Comment"),
    "company": _("Company"),
    "count": _("Times"),
    "created_at": _("Made"),
    "day": _("Day"),
    "department": _("Department"),
    "direction": pgettext_lazy("column", "Direction"),
    "due_on": pgettext_lazy("column", "Due"),
    "email": _("E-mail address"),
    "ended_at": _("Until"),
    "excerpt": _("Excerpt"),
    "external_id": _("Outside number"),
    "first_response_at": pgettext_lazy("column", "First answered"),
    "handle": _("Handle"),
    "is_given": _("Given"),
    "joined_at": _("Joined"),
    "kana": _("Reading"),
    "kind": _("Kind"),
    "line": pgettext_lazy("column", "Line of the table"),
    "minutes": pgettext_lazy("column", "Minutes"),
    "name": _("Name"),
    "phone": _("Telephone"),
    "purpose": _("Purpose"),
    "received_at": pgettext_lazy("column", "Received on"),
    "score": pgettext_lazy("column", "Score"),
    "source": _("Source"),
    "started_at": _("From"),
    "state": _("State"),
    "survey__title": pgettext_lazy("column", "Survey"),
    "text": _("Words searched"),
    "title": _("Title"),
    "url": _("Address"),
    "value": _("Value"),
    "verb": _("Act"),
    "wording": _("Words shown"),
}


def things() -> dict[str, Any]:
    """Return how each kind of thing that entries of the audit log are about is said."""
    return registry.audit_words("things") | {target.name: target.label for target in registry.of(registry.Target)}


def detail_text(detail: dict[str, Any]) -> str:
    """Return the small facts of an audit entry in words."""
    said = []
    for name, value in detail.items():
        if value in (None, ""):
            continue
        word = _value_text(name, value)
        # What became of a setting needs no word before it.
        is_sentence = name == "name" and value in _known_values(name)
        said.append(word if is_sentence else f"{DETAIL_WORDS.get(name, name)}: {word}")
    return ", ".join(said)


def _value_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, list):
        return "・".join(_value_text(name, item) for item in value) or "—"
    if name == "hidden" and (group := registry.by_name(registry.FieldGroup, str(value))):
        return str(group.label)
    return str(_known_values(name).get(str(value), value))


def _known_values(name: str) -> dict[str, Any]:
    """Return how the values of a fact are said; apps declare those of pages, actions and settings."""
    part = {"page": "pages", "action": "words", "name": "settings"}.get(name)
    if name == "kind":
        return things() | KINDS
    return registry.audit_words(part) if part else VALUE_WORDS.get(name, {})


def _yes_no(value: bool) -> str:
    return gettext("Yes") if value else gettext("No")


def field_word(name: str) -> str:
    """Return how a column of a copy is called in the language of the moment."""
    return str(FIELD_WORDS.get(name, name))
