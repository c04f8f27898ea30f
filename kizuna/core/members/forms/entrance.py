"""Forms of signing in and joining."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kizuna.core.members import actions, limits
from kizuna.core.members.forms.attributes import Asking
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Member, TermsDocument
from kizuna.core.members.policies import Refused
from kizuna.core.members.wording import ASKED_ON_JOINING, KIND_NAMES, PURPOSES

PASSWORD_LENGTH = 256  # what is hashed is bounded; long phrases are welcome


def password_field(label: Any, *, autocomplete: str, **options: Any) -> forms.CharField:
    """Return a field for a password, never trimmed and never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=PASSWORD_LENGTH, widget=widget, **options)


def code_field(label: Any) -> forms.CharField:
    """Return a field for digits: phones show the number pad and offer the code from the mail."""
    attrs = {"class": "input--code", "inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attrs))


class EmailForm(Refusable, forms.Form):
    """The address, to which six digits go."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "inputmode": "email"}),
    )


class SignInForm(EmailForm):
    """The address and, where one was set, the password."""

    password = password_field(
        _("Password"),
        autocomplete="current-password",
        required=False,
        help_text=_("Leave it empty, and we send six digits to your address instead."),
    )


class CodeForm(Refusable, forms.Form):
    """The digits of the mail."""

    code = code_field(_("Six digits"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("Full-width digits and spaces are fine.")


class SecondStepForm(AuthenticateForm):
    """The digits of an authenticator app, or a recovery code. Tries are counted; digits are good once."""

    code = code_field(_("Digits of your app, or a recovery code"))

    def clean_code(self) -> str:
        now = timezone.now()
        try:
            actions.attempt(limits.SECOND_STEP_BY_MEMBER, key=str(self.user.pk), now=now)
            code = super().clean_code()
            if len(code) == 6:
                actions.attempt(limits.TOTP_ONCE, key=f"{self.user.pk}:{code}", now=now)
        except Refused as refused:
            raise ValidationError(refused.reason, code=refused.code) from None
        actions.forgive(limits.SECOND_STEP_BY_MEMBER, key=str(self.user.pk))
        return code


class PersonForm(Refusable, forms.Form):
    """What others see of a member."""

    name = forms.CharField(
        label=_("Display name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    kana = forms.CharField(
        label=_("Reading"),
        max_length=80,
        required=False,
        help_text=_("In kana. Those who search in hiragana will find you as well."),
    )
    company = forms.CharField(
        label=_("Company or shop"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class AboutForm(Asking, PersonForm):
    """The last step of joining: the person, their handle, and what they agree to."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=30,
        required=False,
        help_text=_("Small letters, digits and underscores: the address of your page. Left empty, we choose one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    message = forms.CharField(
        label=_("A word to the team"),
        max_length=500,
        required=False,
        help_text=_("They read it before they let you in."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    documents = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, documents: list[TermsDocument], asks_message: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = documents
        shown = ",".join(str(document.pk) for document in documents)
        self.fields["documents"].initial = shown
        if not asks_message:
            del self.fields["message"]
        if documents:
            self.fields["agreed"] = forms.BooleanField(
                label=agreement_label(documents),
                help_text=_("You find the version and the time of your agreement in your settings at any time."),
                error_messages={"required": _("Please agree to go on.")},
            )
        for purpose in ASKED_ON_JOINING:
            wording = PURPOSES[purpose]
            self.fields[purpose] = forms.BooleanField(label=wording.question, help_text=wording.note, required=False)

    def clean_handle(self) -> str:
        return self.cleaned_data["handle"].strip().lower()

    def clean(self) -> dict[str, Any] | None:
        """Refuse an agreement to a text that has changed since the page was opened."""
        cleaned = super().clean()
        if self.is_bound and self.data.get("documents", "") != self.fields["documents"].initial:
            self.add_error("agreed" if "agreed" in self.fields else None, gettext(
                "The terms have just changed. Please read the new version and agree again."
            ))  # fmt: skip
        return cleaned

    def purposes(self) -> dict[str, str]:
        """Return the optional uses said yes to, with the words that were shown."""
        return {
            purpose: str(wording.question) for purpose, wording in PURPOSES.items() if self.cleaned_data.get(purpose)
        }


class NewPasswordForm(forms.Form):
    """A password, typed once: it may be shown while typing, and a reset is at hand."""

    password1 = password_field(
        _("New password"),
        autocomplete="new-password",
        help_text=_("At least 8 characters, better 15. A few words in a row are easy to remember."),
    )

    def __init__(self, *args: Any, user: Member | None = None, temp_key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def save(self) -> None:
        """Store the password and end the member's sign-ins (called by allauth's view)."""
        if self.user is not None:
            actions.set_password(member=self.user, password=self.cleaned_data["password1"], now=timezone.now())


def agreement_label(documents: list[TermsDocument]) -> str:
    """Return "I agree to the terms (version 4) and …" with links that open beside the form."""
    links = format_html_join(
        gettext(", "),
        '<a class="link" href="{}" target="_blank" rel="noopener">{}</a>',
        (
            (
                reverse("members:terms-version", args=[document.kind, document.version]),
                gettext("%(name)s (version %(version)s)")
                % {"name": KIND_NAMES[document.kind], "version": document.version},
            )
            for document in documents
        ),
    )
    return format_html(gettext("I agree to {documents}"), documents=links)
