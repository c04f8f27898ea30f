"""Forms of testimonials: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.web.dates import DayField
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Member
from kizuna.engagement.testimonials import wording
from kizuna.engagement.testimonials.actions import Words


class WordsForm(Refusable, forms.Form):
    text = forms.CharField(label=_("Your words"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}))
    shown_name = forms.CharField(label=_("Name as shown"), max_length=80)
    shown_company = forms.CharField(label=_("Company or shop as shown"), max_length=120, required=False)
    places = forms.MultipleChoiceField(label=_("Where they may stand"), widget=forms.CheckboxSelectMultiple)
    until = DayField(
        label=pgettext_lazy("testimonial", "Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until you take them back."),
    )
    agreed = forms.BooleanField(
        label=_("I agree that my words are shown in the places chosen, until the day named, with the name as entered."),
        required=False,
        help_text=_("You can take them back at any time; they then disappear from all of these places."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = list(wording.place_names().items())  # type: ignore[attr-defined]

    def words(self) -> Words:
        """Return what was given, with the wording that was agreed to."""
        said = self.cleaned_data
        places = said["places"]
        agreed = wording.consent_wording(places=places, until=said["until"]) if said["agreed"] else ""
        return Words(
            text=said["text"],
            shown_name=said["shown_name"],
            shown_company=said["shown_company"],
            in_community="in_community" in places,
            on_site="on_site" in places,
            in_sales="in_sales" in places,
            until=said["until"],
            wording=agreed,
        )


class AskForm(Refusable, forms.Form):
    member = forms.CharField(label=_("Handle"), max_length=31)
    note = forms.CharField(label=_("A line to the member"), max_length=400, required=False)

    def clean_member(self) -> Member:
        """Return the member meant."""
        handle = self.cleaned_data["member"].strip().removeprefix("@")
        member = Member.objects.filter(handle=handle).first()
        if member is None:
            raise forms.ValidationError(_("There is no such member."))
        return member
