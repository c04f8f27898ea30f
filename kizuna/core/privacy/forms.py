"""Forms of privacy: shape only; the rules are in the actions."""

import unicodedata
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.base import registry
from kizuna.base.registry import audit_words
from kizuna.base.registry.personal import GIVEN, WITHHELD
from kizuna.base.web.dates import DayField
from kizuna.base.web.numbers import whole
from kizuna.core.community import queries as community
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Member
from kizuna.core.members.settings import withheld_records
from kizuna.core.members.wording import CONSENT_SOURCES, PURPOSE_NAMES
from kizuna.core.privacy.queries.audit import AuditFilter
from kizuna.core.privacy.settings import APPI_DAYS, GDPR_DAYS, SENDER
from kizuna.core.privacy.wording import CHANNELS, KINDS, LAWS, things


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> DayField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, required=required, widget=widget, help_text=help_text)


class AuditForm(forms.Form):
    """What to look for in the audit log."""

    who = forms.CharField(
        label=_("By whom"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("A name or a handle")}),
    )
    action = forms.ChoiceField(label=_("What was done"), required=False)
    page = forms.ChoiceField(label=_("Which page"), required=False)
    kind = forms.ChoiceField(label=_("About what"), required=False)
    about = forms.RegexField(r"^[a-z_]{1,30}:[0-9]{1,18}$", required=False, widget=forms.HiddenInput)
    since = day_field(_("From"))
    until = day_field(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {"action": audit_words("words"), "page": audit_words("pages"), "kind": things()}
        for name, words in offered.items():
            said = sorted(((key, str(label)) for key, label in words.items()), key=lambda pair: pair[1])
            cast(forms.ChoiceField, self.fields[name]).choices = [("", _("Everything")), *said]

    def wanted(self) -> AuditFilter:
        """Return the filter; what makes no sense is left out."""
        self.is_valid()
        clean = self.cleaned_data
        return AuditFilter(
            **{name: clean.get(name) or "" for name in ("action", "page", "kind", "who", "about")},
            since=clean.get("since"),
            until=clean.get("until"),
        )


class AskForm(Refusable, forms.Form):
    """What a member asks for."""

    kind = forms.ChoiceField(label=_("What do you ask for?"), choices=list(KINDS.items()))
    text = forms.CharField(
        label=_("More about it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a correction: what is wrong, and how it should be."),
    )
    law = forms.ChoiceField(
        label=_("By which law"), choices=list(LAWS.items()), help_text=_("Choose the EU if you live there.")
    )


class RecordForm(AskForm):
    """What somebody asked for by mail, telephone or on paper."""

    channel = forms.ChoiceField(
        label=_("How it came in"), choices=[pair for pair in CHANNELS.items() if pair[0] != "page"]
    )
    who = forms.CharField(
        label=_("About whom"),
        required=False,
        max_length=40,
        help_text=_("@handle, or contact:12 for the number of a contact. Empty when you do not know yet."),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=80)
    address = forms.CharField(label=_("Address for the answer"), required=False, max_length=254)
    received_on = day_field(_("Came in on"), required=True)
    field_order = ("kind", "who", "name", "address", "channel", "received_on", "law", "text")

    def clean_who(self) -> dict[str, int | None]:
        """Find the member or the contact that is named."""
        text = self.cleaned_data["who"].strip()
        kind, _colon, number = text.partition(":")
        if not text:
            return {}
        if kind == "contact" and whole(number):
            return {"contact_id": whole(number)}
        member = Member.objects.filter(handle=text.removeprefix("@"), is_system=False).first()
        if member is None:
            raise forms.ValidationError(_("There is no such person."))
        return {"member_id": member.pk}


class CheckForm(Refusable, forms.Form):
    """How it was made sure who asks."""

    note = forms.CharField(
        label=_("How did you check?"), max_length=400, help_text=_("Such as: called back on the number we know.")
    )


class ExtensionForm(Refusable, forms.Form):
    """Until when, and why."""

    until = day_field(_("New day"), required=True)
    reason = forms.CharField(label=_("Why"), max_length=400, help_text=_("The person reads it."))


class AnswerForm(Refusable, forms.Form):
    """The answer to a request."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A member reads it on their own page; to others send it as you received the request."),
    )


class ErasureForm(Refusable, forms.Form):
    """The name once more: an erasure cannot be undone."""

    sure = forms.CharField(label=_("Enter the person's name to confirm"), max_length=80)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["sure"].widget.attrs["autocomplete"] = "off"

    def clean_sure(self) -> str:
        """Accept the name in any width and spacing."""
        said: str = self.cleaned_data["sure"]
        if _folded(said) != _folded(self.name):
            raise forms.ValidationError(_("This is not the name of this person."))
        return said


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


class SettingsForm(forms.Form):
    """Days for answers, and what goes into copies."""

    appi_days = forms.IntegerField(label=_("Days for an answer (APPI)"), min_value=1, max_value=60)
    gdpr_days = forms.IntegerField(label=_("Days for an answer (GDPR)"), min_value=1, max_value=30)
    sender_name = forms.CharField(
        label=_("Sender of promotional mail"),
        required=False,
        max_length=300,
        help_text=_("The law asks for all three lines below such mail; without them none is sent."),
    )
    sender_postal = forms.CharField(label=_("Postal address"), required=False, max_length=300)
    sender_contact = forms.CharField(label=_("Where to ask or complain"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {GIVEN: _("Goes into copies"), WITHHELD: _("Stays out, with the reason")}
        for declared in registry.of(registry.PersonalData):
            if declared.collect is not None and str(declared.withheld_because):
                field = forms.ChoiceField(
                    label=declared.label, choices=list(words.items()), help_text=declared.withheld_because
                )
                self.fields[declared.name] = field

    @staticmethod
    def initial_values() -> dict[str, Any]:
        """Return what holds now."""
        withheld = withheld_records()
        decisions = {
            declared.name: WITHHELD if declared.name in withheld else GIVEN
            for declared in registry.of(registry.PersonalData)
        }
        days = {"appi_days": community.setting(APPI_DAYS), "gdpr_days": community.setting(GDPR_DAYS)}
        sender = {f"sender_{name}": text for name, text in community.setting(SENDER).items()}
        return {**decisions, **days, **sender}

    def sender(self) -> dict[str, str]:
        """Return who sends promotional mail."""
        return {name: self.cleaned_data[f"sender_{name}"] for name in ("name", "postal", "contact")}

    def decisions(self) -> dict[str, str]:
        """Return the decision on each kind of record that may stay out."""
        return {name: value for name, value in self.cleaned_data.items() if "." in name}


class ConsentForm(Refusable, forms.Form):
    """A yes or a no that came in another way."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=list(PURPOSE_NAMES.items()))
    is_given = forms.ChoiceField(label=_("Decision"), choices=[("yes", _("Given")), ("no", _("Withdrawn"))])
    source = forms.ChoiceField(
        label=_("How it came in"),
        choices=[(name, CONSENT_SOURCES[name]) for name in ("form", "import", "paper", "telephone", "mail")],
    )
    decided_on = day_field(_("Decided on"), required=True)
    wording = forms.CharField(
        label=_("Words shown"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the person read or was told when they agreed."),
    )
    note = forms.CharField(
        label=_("What proves it"), required=False, max_length=200, help_text=_("Such as: the card in folder 3.")
    )
