"""Forms of one's own account."""

from datetime import datetime, time, timedelta
from typing import Any

from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.dates import DayField
from kizuna.core.members import actions, limits, policies
from kizuna.core.members.forms.entrance import PersonForm, Refusable, code_field, password_field
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.core.members.wording import PURPOSES


class ProfileForm(PersonForm):
    """What others see of a member, and who they are."""

    bio = forms.CharField(
        label=_("About you"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    audience = forms.TypedChoiceField(
        label=_("Who may open your page"),
        coerce=int,
        choices=(
            (PUBLIC, _("Everybody who may read here")),
            (MEMBERS, _("Members")),
            (STAFF, _("Only the team")),
        ),
        widget=forms.RadioSelect,
    )

    @staticmethod
    def initial_from(member: Member) -> dict[str, Any]:
        """Return what the form shows at first."""
        return {
            "name": member.name,
            "kana": member.kana,
            "company": member.company,
            "bio": member.bio,
            "audience": member.audience_id,
        }


class HandleForm(Refusable, forms.Form):
    """Another handle."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=30,
        help_text=_("Old links keep leading to you: nobody else can take a handle that was yours."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_handle(self) -> str:
        return self.cleaned_data["handle"].strip().lower()


class PreferencesForm(forms.Form):
    """Language and theme."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=(("system", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))),
        widget=forms.RadioSelect,
    )


class PurposesForm(forms.Form):
    """The optional uses, each with its own yes or no."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for purpose, wording in PURPOSES.items():
            self.fields[purpose] = forms.BooleanField(label=wording.question, help_text=wording.note, required=False)


class TokenForm(Refusable, forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        required=False,
        help_text=_("Nothing chosen means: all that you may do."),
        choices=(
            (policies.READ, _("Read what you may see")),
            (policies.WRITE, _("Write in your name")),
            (policies.ADMIN, _("Manage and moderate")),
            (policies.USAGE_WRITE, _("Send product usage")),
            (policies.SCIM, _("Keep members as the company's directory (SCIM); choose nothing else beside it")),
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = DayField(
        label=_("Valid until"),
        required=False,
        help_text=_("Left empty, it is valid until you revoke it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def expires_at(self) -> datetime | None:
        """Return the end of the chosen day."""
        day = self.cleaned_data["expires_on"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


class PasswordConfirmForm(forms.Form):
    """The password once more."""

    password = password_field(_("Password"), autocomplete="current-password")


class LeaveForm(Refusable, forms.Form):
    """Leaving cannot be undone, so the handle is typed."""

    handle = forms.CharField(
        label=_("Your handle"),
        max_length=30,
        help_text=_("Please type it to show that you are sure."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, handle: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = handle

    def clean_handle(self) -> str:
        typed = self.cleaned_data["handle"].strip().lstrip("@").lower()
        if typed != self.expected:
            raise ValidationError(_("This is not your handle."))
        return typed


class TwoStepForm(ActivateTOTPForm):
    """The first digits of an authenticator app: they prove that it works."""

    code = code_field(_("Digits of your app"))

    def clean_code(self) -> str:
        try:
            actions.attempt(limits.SECOND_STEP_BY_MEMBER, key=str(self.user.pk), now=timezone.now())
        except Refused as refused:
            raise ValidationError(refused.reason, code=refused.code) from None
        return super().clean_code()


class PasskeyForm(AddWebAuthnForm):
    """A passkey's answer and its name."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=80, required=False)
    passwordless = None  # ours always open the account by themselves


class PasskeyNameForm(forms.Form):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=80)
