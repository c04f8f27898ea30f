"""Forms of arriving mail: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.community import queries as community
from kizuna.core.inbound.settings import RAW_DAYS, RECEIVER
from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.notifications.settings import REPLY_HOST

HOST = r"^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,190}[a-zA-Z0-9])?$"


class SettingsForm(Refusable, forms.Form):
    """How mail comes in."""

    reply_host = forms.RegexField(
        HOST,
        label=_("Host for answers to notifications"),
        required=False,
        max_length=192,
        help_text=_("Mail to this host must reach this installation. Empty: notifications cannot be answered by mail."),
        widget=forms.TextInput(attrs={"placeholder": "community.example.com", "autocapitalize": "none"}),
    )
    receiver = forms.RegexField(
        HOST,
        label=_("Trusted receiving server"),
        required=False,
        max_length=192,
        help_text=_(
            "The name under which your own mail server writes Authentication-Results."
            " It must remove such headers from mail that comes in. Empty: only signatures (DKIM) are looked at."
        ),
        widget=forms.TextInput(attrs={"placeholder": "mx.example.com", "autocapitalize": "none"}),
    )
    raw_days = forms.IntegerField(
        label=_("Days for which originals are kept"),
        min_value=1,
        max_value=400,
        help_text=_("The mail as it came, with everything in it. What was taken from it stays where it went."),
    )

    @staticmethod
    def initial_values() -> dict[str, Any]:
        """Return what holds now."""
        return {
            "reply_host": community.setting(REPLY_HOST),
            "receiver": community.setting(RECEIVER),
            "raw_days": community.setting(RAW_DAYS),
        }
