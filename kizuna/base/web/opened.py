"""Two people change the same thing: what a form was opened on goes along with it, and the action compares it under its lock.

The page writes an `Opened` into the form: the number of the last change that was written down, and a mark of the values it
showed. The action asks `require_unchanged` with the values of the locked row. Only values that the form shows count, so that
nobody hears of fields they do not see, nor of what a job keeps on the same row. A form without one is not checked.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.forms import BooleanField
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

NAME = "opened"
WRITTEN = re.compile(r"(\d{1,18})\.([0-9a-f]{16})")
LONGEST = 2000
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Opened:
    """What a form was opened on."""

    number: int
    mark: str

    @classmethod
    def on(cls, values: Mapping[str, Any], *, number: int | None) -> "Opened":
        """Return what a form is opened on: the values it shows, and the last change that was written down."""
        return cls(number or 0, mark_of(values))

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> "Opened | None":
        """Return what a form that was sent had been opened on, None where it does not say."""
        written = WRITTEN.fullmatch(str(sent.get(NAME, "")))
        return cls(int(written[1]), written[2]) if written else None

    def __str__(self) -> str:
        return f"{self.number}.{self.mark}"


@dataclass(frozen=True)
class Standing:
    """What a form shows of something as it stands, and what it is opened on."""

    initial: dict[str, Any]
    opened: Opened


@dataclass(frozen=True)
class Change:
    """What somebody else did since: `by` is a name, "" for nobody in particular; `fields` are names of what changed."""

    by: str
    at: datetime
    fields: Sequence[str] = ()


class Overtaken(Exception):
    """Somebody else changed it after the form was opened; nothing was written."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__("changed since the form was opened")
        self.changes = list(changes)


def require_unchanged(
    opened: Opened | None, values: Mapping[str, Any], changes: Callable[[int], Sequence[Change]]
) -> None:
    """Raise Overtaken where the values are no longer those that the form was opened on; `changes` since that number."""
    if opened is not None and opened.mark != mark_of(values):
        raise Overtaken(changes(opened.number))


def mark_of(values: Mapping[str, Any]) -> str:
    """Return a short mark of values, another one for other values."""
    written = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.blake2b(written.encode(), digest_size=8).hexdigest()


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of a form's fields: words in two languages have a field for each."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value.keys() <= set(LANGUAGES):
            found |= {f"{name}_{language}": value.get(language, "") for language in LANGUAGES}
        else:
            found[name] = value
    return found


def overtaken_words(form: Any, changes: Sequence[Change], initial: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said above a form that was overtaken: who changed what, and what is there now where it differs.

    `initial` is what the form would show if it were opened now.
    """
    named = {name for change in changes for name in change.fields}
    now = []
    for name, field in form.fields.items():
        is_theirs = not named or name in named or f"{name}_id" in named
        if is_theirs and field.has_changed(initial.get(name, field.initial), _sent(form[name].data)):
            now.append({"label": field.label, "value": _shown(field, initial.get(name, field.initial))})
    said = [
        {
            "by": change.by,
            "at": change.at,
            "fields": [label for name in change.fields if (label := _label_of(form, name))],
        }
        for change in changes
    ]
    return {"changes": said, "now": now}


def _label_of(form: Any, name: str) -> Any:
    """Return how the page calls what changed: a field, or what it asks beside the form (`labels_beside`)."""
    field = form.fields.get(name) or form.fields.get(name.removesuffix("_id"))
    return field.label if field else getattr(form, "labels_beside", {}).get(name)


def _sent(data: Any) -> Any:
    """Return what was typed with the line ends that it is kept with: browsers send others."""
    return data.replace("\r\n", "\n") if isinstance(data, str) else data


def _shown(field: Any, value: Any) -> str:
    """Return a value as its field would say it."""
    if isinstance(field, BooleanField):
        return _("Yes") if value else _("No")
    if value is None or value == "" or value == []:
        return _("(empty)")
    if choices := dict(getattr(field, "choices", ())):
        labels = {str(key): str(label) for key, label in choices.items()}
        several = value if isinstance(value, list | tuple) else [value]
        return "・".join(labels.get(str(item), str(item)) for item in several)
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return str(value)[:LONGEST]
