"""Forms of audiences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.members import queries
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Audience, Member

MAX_LISTED = 5_000


class AudienceForm(Refusable, forms.Form):
    """How an audience is called."""

    labels_beside = {"rule": _("Conditions")}
    label_ja = forms.CharField(label=_("Name in Japanese"), max_length=60, required=False)
    label_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    shown_label_ja = forms.CharField(
        label=_("Name that those in it read, in Japanese"),
        max_length=60,
        required=False,
        help_text=_("Empty: they read only that something is for some. Nobody else reads either name."),
    )
    shown_label_en = forms.CharField(label=_("Name that those in it read, in English"), max_length=60, required=False)

    @staticmethod
    def initial_from(audience: Audience | None) -> dict[str, Any]:
        """Return what the form shows at first."""
        if audience is None:
            return {}
        words = ("label", "shown_label")
        return {f"{name}_{lang}": getattr(audience, name).get(lang, "") for name in words for lang in ("ja", "en")}

    def labels(self) -> dict[str, Any]:
        """Return both names, in both languages."""
        said = self.cleaned_data
        return {name: {lang: said[f"{name}_{lang}"] for lang in ("ja", "en")} for name in ("label", "shown_label")}


class HandAudienceForm(AudienceForm):
    """The name, and who is in it."""

    who = forms.CharField(
        label=_("Who is in it"),
        required=False,
        max_length=300_000,
        help_text=_("Handles or e-mail addresses, one a line; at most 5,000."),
        widget=forms.Textarea(attrs={"rows": 10, "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_who(self) -> list[Member]:
        """Return the members named, or say who is nobody."""
        words = list(dict.fromkeys(self.cleaned_data["who"].replace(",", "\n").split()))
        if len(words) > MAX_LISTED:
            raise forms.ValidationError(_("These are more than 5,000."))
        members, unknown = queries.members_named(words)
        if unknown:
            raise forms.ValidationError(
                _("Nobody has this handle or address: %(words)s") % {"words": " ".join(unknown[:20])}
            )
        return members
