"""Forms of LINE accounts: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.forms.refusing import Refusable


class ChannelForm(Refusable, forms.Form):
    """A LINE account; of one that is there secret and token may stay empty."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Your colleagues read it."))
    secret = forms.CharField(
        label=_("Channel secret"), max_length=64, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    token = forms.CharField(
        label=_("Channel access token (long-lived)"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Both stand in LINE Developers under Messaging API. Kept sealed, never shown again."),
    )
    is_active = forms.BooleanField(label=_("Take what is written there into the inbox"), required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_active"]
            return
        for name in ("secret", "token"):
            self.fields[name].required = False
        self.fields["secret"].help_text = _("Empty: stays as it is.")
