"""The form of an encounter: shape only; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.success.customers.forms import Refusable, area
from kizuna.success.customers.models import Account
from kizuna.success.encounters import queries, wording
from kizuna.success.encounters.models import Encounter

MOMENT = "%Y-%m-%dT%H:%M"


class EncounterForm(Refusable, forms.Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("encounter", "Kind"), choices=list(wording.KINDS.items()), widget=forms.RadioSelect
    )
    title = forms.CharField(label=pgettext_lazy("encounter", "About"), max_length=160)
    at = forms.DateTimeField(
        label=pgettext_lazy("encounter", "When"),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    minutes = forms.IntegerField(label=_("Time taken (minutes)"), min_value=0, max_value=1440, required=False)
    direction = forms.ChoiceField(
        label=_("Who began"), choices=list(wording.DIRECTIONS.items()), widget=forms.RadioSelect, initial="out"
    )
    contacts = forms.MultipleChoiceField(label=_("Their people"), required=False, widget=forms.CheckboxSelectMultiple)
    members = forms.MultipleChoiceField(label=_("Our people"), required=False, widget=forms.CheckboxSelectMultiple)
    body = area(pgettext_lazy("encounter", "What was said"), rows=5, longest=20_000)
    visibility = forms.ChoiceField(
        label=_("Who may read"),
        choices=[("internal", _("Inside only")), ("customer", _("May be shown to the customer"))],
        initial="internal",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), person.name) for person in queries.contacts_at(account)]
        self.fields["contacts"].choices = people  # type: ignore[attr-defined]
        if not people:
            del self.fields["contacts"]
        team = [(str(member.pk), member.name) for member in queries.team()]
        self.fields["members"].choices = team  # type: ignore[attr-defined]

    @staticmethod
    def initial_from(encounter: Encounter) -> dict[str, Any]:
        """Return what the form shows of an encounter."""
        people = wording.people_of(encounter)
        return {
            **{name: getattr(encounter, name) for name in ("kind", "title", "minutes", "direction", "body")},
            "at": timezone.localtime(encounter.at),
            "contacts": [str(person.pk) for person in people["contacts"]],
            "members": [str(member.pk) for member in people["members"]],
            "visibility": "internal" if encounter.is_internal else "customer",
        }

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the actions take it."""
        clean = self.cleaned_data
        return {
            **{name: clean[name] for name in ("kind", "title", "at", "minutes", "direction", "body")},
            "contact_ids": [int(number) for number in clean.get("contacts", ())],
            "member_ids": [int(number) for number in clean["members"]],
            "is_internal": clean["visibility"] == "internal",
        }
