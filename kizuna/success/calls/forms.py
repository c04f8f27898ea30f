"""Forms of calls: shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.success.calls import wording
from kizuna.success.calls.models import Call, CallSource
from kizuna.success.customers.forms import Refusable, area, day_field
from kizuna.success.customers.models import Account
from kizuna.success.encounters import queries as encounters
from kizuna.success.encounters import wording as encounter_words
from kizuna.success.encounters.forms import MOMENT

INSIDE, SHOWN = "internal", "customer"


def moment_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    """Return a field for a day and a time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    formats = [MOMENT, "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(
        label=label, required=required, input_formats=formats, widget=widget, help_text=help_text
    )


class CallForm(Refusable, forms.Form):
    """A call that somebody writes down or changes."""

    direction = forms.ChoiceField(
        label=_("Who called"), choices=list(wording.DIRECTIONS.items()), widget=forms.RadioSelect, initial="out"
    )
    outcome = forms.ChoiceField(
        label=_("What came of it"), choices=list(wording.OUTCOMES.items()), widget=forms.RadioSelect, initial="reached"
    )
    number = forms.CharField(
        label=_("Their number"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    at = moment_field(pgettext_lazy("call", "Began"))
    ended_at = moment_field(pgettext_lazy("call", "Ended"), required=False)
    title = forms.CharField(label=pgettext_lazy("call", "About"), max_length=160)
    body = area(pgettext_lazy("call", "What was said"), rows=5, longest=20_000)
    contacts = forms.MultipleChoiceField(label=_("Their people"), required=False, widget=forms.CheckboxSelectMultiple)
    members = forms.MultipleChoiceField(label=_("Our people"), required=False, widget=forms.CheckboxSelectMultiple)
    visibility = forms.ChoiceField(
        label=_("Who may read"),
        choices=[(INSIDE, _("Inside only")), (SHOWN, _("May be shown to the customer"))],
        initial=INSIDE,
        widget=forms.RadioSelect,
    )
    counts = forms.BooleanField(label=_("Note its length as my working time"), required=False)
    closes = forms.BooleanField(label=_("Close the inquiry as answered by telephone"), required=False)
    next_title = forms.CharField(label=_("Next task"), max_length=160, required=False)
    next_due_on = day_field(_("Due on"))

    def __init__(
        self, *args: Any, account: Account | None, call: Call | None = None, has_inquiry: bool = False,
        sees_number: bool = True, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), person.name) for person in encounters.contacts_at(account)] if account else []
        self.fields["contacts"].choices = people  # type: ignore[attr-defined]
        self.fields["members"].choices = [(str(row.pk), row.name) for row in encounters.team()]  # type: ignore[attr-defined]
        left_out = [] if people else ["contacts"]
        left_out += [] if account else ["members", "visibility", "counts", "next_title", "next_due_on"]
        left_out += [] if has_inquiry and call is None else ["closes"]
        left_out += [] if call is None else ["counts", "next_title", "next_due_on"]
        left_out += [] if sees_number else ["number"]
        # What a telephone system told is its word.
        left_out += ["direction", "number", "at", "ended_at"] if call is not None and call.external_id else []
        self.leave_out(left_out)

    @staticmethod
    def initial_from(call: Call) -> dict[str, Any]:
        """Return what the form shows of a call."""
        own = {
            "direction": call.direction,
            "outcome": call.outcome,
            "number": call.number,
            "at": timezone.localtime(call.at),
            "ended_at": timezone.localtime(call.ended_at) if call.ended_at else None,
        }
        said = call.encounter
        if said is None:
            title, _break, body = call.note.partition("\n")
            return {**own, "title": title, "body": body}
        people = encounter_words.people_of(said)
        return {
            **own,
            "title": said.title,
            "body": said.body,
            "contacts": [str(person.pk) for person in people["contacts"]],
            "members": [str(member.pk) for member in people["members"]],
            "visibility": INSIDE if said.is_internal else SHOWN,
        }

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the actions take it."""
        clean = self.cleaned_data
        names = (
            "direction",
            "outcome",
            "number",
            "at",
            "ended_at",
            "title",
            "body",
            "counts",
            "closes",
            "next_title",
            "next_due_on",
        )
        return {
            **{name: clean[name] for name in names if name in clean},
            "contact_ids": [int(number) for number in clean.get("contacts", ())],
            "member_ids": [int(number) for number in clean.get("members", ())],
            "is_internal": clean.get("visibility", INSIDE) == INSIDE,
        }


class SourceForm(Refusable, forms.Form):
    """A telephone system that is added."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Your colleagues read it."))
    kind = forms.ChoiceField(
        label=_("How it tells of calls"),
        choices=list(wording.KINDS.items()),
        widget=forms.RadioSelect,
        initial=CallSource.Kind.STANDARD,
    )
    token = forms.CharField(
        label=_("Auth token (Twilio only)"),
        max_length=80,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("By it Twilio signs what it sends. Kept sealed, never shown again."),
    )


class SourceChangeForm(Refusable, forms.Form):
    """A telephone system that is changed."""

    name = forms.CharField(label=_("Name"), max_length=80)
    is_active = forms.BooleanField(label=_("Take what it tells"), required=False)


class DaysForm(Refusable, forms.Form):
    """How long links to recordings are kept."""

    days = forms.IntegerField(label=_("Days for which the link to a recording is kept"), min_value=1, max_value=3650)
