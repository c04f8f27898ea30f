"""Forms of arriving mail: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.community import queries as community
from kizuna.core.inbound.models import MailAccount
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


class BoxForm(Refusable, forms.Form):
    """A mailbox that is looked into."""

    address = forms.EmailField(
        label=_("Counts as mail to"), max_length=254, help_text=_("A support address, as customers write to it.")
    )
    host = forms.RegexField(
        HOST,
        label=_("Server"),
        max_length=190,
        widget=forms.TextInput(attrs={"placeholder": "imap.example.com", "autocapitalize": "none"}),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[
            ("tls", _("From the beginning (TLS)")),
            ("starttls", "STARTTLS"),
            ("none", _("None: only for servers that the operator lists")),
        ],
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=190,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password"), required=False, max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown. Empty: the one that is there stays."),
    )  # fmt: skip
    folder = forms.CharField(label=_("Folder"), max_length=100, initial="INBOX")
    is_active = forms.BooleanField(label=_("Look into it every minute"), required=False, initial=True)

    @staticmethod
    def initial_values(box: MailAccount | None) -> dict[str, Any]:
        """Return what a mailbox is now, without its password."""
        if box is None:
            return {"port": 993, "folder": "INBOX", "is_active": True}
        names = ("address", "host", "port", "security", "username", "folder", "is_active")
        return {name: getattr(box, name) for name in names}

    def fields_of(self) -> dict[str, Any]:
        """Return what is stored as it is."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}
