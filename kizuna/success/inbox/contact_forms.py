"""The contact form as people see it, and Studio's form about it."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.community.queries import setting
from kizuna.core.community.settings import in_language
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.forms import Refusable
from kizuna.success.inbox.actions import Asked
from kizuna.success.inbox.actions.asking import LONGEST
from kizuna.success.inbox.forms import EnclosingForm
from kizuna.success.inbox.settings import FORM

HONEY = "website"  # no person sees it


class ContactForm(EnclosingForm):
    """What it is about; from visitors also how to answer them."""

    title = forms.CharField(label=pgettext_lazy("contact form", "What is it about?"), max_length=200)
    category = forms.ChoiceField(label=pgettext_lazy("contact form", "Kind"), required=False)
    body = forms.CharField(
        label=pgettext_lazy("contact form", "Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}), required=False
    )
    company = forms.CharField(
        label=pgettext_lazy("contact form", "Company"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        required=False,
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel"}), required=False
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    is_urgent = forms.BooleanField(label=pgettext_lazy("contact form", "It is urgent"), required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": secrets.token_hex(16), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        said = setting(FORM)
        kinds = said["categories"]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *((kind, kind) for kind in kinds)]
        own = {"category": bool(kinds), "company": said["company"], "phone": said["phone"], "is_urgent": said["urgent"]}
        hidden = {name for name, is_asked in own.items() if not is_asked}
        if viewer.is_member:
            hidden |= {"name", "email", "company"}
        else:  # whoever is nobody here keeps nothing here
            hidden.add("attachments")
        self.leave_out(hidden)

    def asked(self) -> Asked:
        """Return what was written."""
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value and name != "attachments"})

    @property
    def is_honey(self) -> bool:
        return bool(self.data.get(HONEY))


class WriteOnForm(EnclosingForm):
    """What is added to one's own inquiry."""

    body = forms.CharField(
        label=pgettext_lazy("contact form", "Write on"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )


class FormForm(Refusable, forms.Form):
    """How the contact form is."""

    is_on = forms.BooleanField(label=_("The contact form can be used"), required=False)
    for_visitors = forms.BooleanField(label=_("Visitors who are not signed in may use it, too"), required=False)
    place = forms.ChoiceField(
        label=_("Where it is found"),
        choices=[
            ("navigation", _("In the side navigation")),
            ("menu", _("In the menu of the person")),
            ("nowhere", _("Only by its address /contact/")),
        ],
    )
    company = forms.BooleanField(label=_("Ask visitors for their company"), required=False)
    phone = forms.BooleanField(label=_("Ask for a telephone number"), required=False)
    urgent = forms.BooleanField(label=_("Let people say that it is urgent"), required=False)
    categories = forms.CharField(
        label=_("Kinds to choose from"),
        help_text=_("One a line; empty: no choice."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    intro_ja = forms.CharField(
        label=_("Words above (Japanese)"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    intro_en = forms.CharField(
        label=_("Words above (English)"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    privacy_ja = forms.CharField(
        label=_("What the words are used for (Japanese)"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    privacy_en = forms.CharField(
        label=_("What the words are used for (English)"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @staticmethod
    def initial_from() -> dict[str, Any]:
        """Return the form's first values."""
        said = setting(FORM)
        texts = {
            f"{name}_{language}": said[name].get(language, "")
            for name in ("intro", "privacy")
            for language in ("ja", "en")
        }
        return {**said, "categories": "\n".join(said["categories"]), **texts}

    def value(self) -> dict[str, Any]:
        """Return the setting."""
        clean = self.cleaned_data
        plain = {name: clean[name] for name in ("is_on", "for_visitors", "place", "company", "phone", "urgent")}
        return {
            **plain,
            "categories": clean["categories"].splitlines(),
            **{name: {"ja": clean[f"{name}_ja"], "en": clean[f"{name}_en"]} for name in ("intro", "privacy")},
        }


def words_of(name: str, language: str) -> str:
    """Return the words above the form, or about privacy."""
    return in_language(setting(FORM)[name], language)
