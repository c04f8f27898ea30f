"""Forms of the mailbox: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.members.forms.refusing import Refusable
from kizuna.success.mailbox.models import SupportAddress


class AddressForm(Refusable, forms.Form):
    """A support address."""

    address = forms.EmailField(
        label=pgettext_lazy("mail", "Address"), max_length=254, widget=forms.EmailInput(attrs={"placeholder": "support@example.com"}),
        help_text=_("Mail to it must reach this installation: by your mail server (LMTP) or by a mailbox (IMAP)."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Sender's name"), max_length=80, help_text=_("Whom customers see as the sender of answers.")
    )
    category = forms.CharField(
        label=_("Category"), max_length=80, required=False, help_text=_("Set on inquiries that come in here.")
    )
    has_tags = forms.BooleanField(
        label=_("Addresses with a plus sign arrive, too"),
        required=False,
        help_text=_(
            "Such as support+abc@…: then each answer has a key of its own, and the customer's next mail finds its inquiry."
        ),
    )
    acknowledges = forms.BooleanField(
        label=_("Tell customers at once that we have their inquiry"),
        required=False,
        help_text=_(
            "Once for an inquiry and once a day for a sender; never to automatic mail, mailing lists or addresses of our own."
            " The first address in use speaks for the contact form, too."
        ),
    )
    acknowledgement_ja = forms.CharField(
        label=_("Words of that mail (Japanese)"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Empty: the usual words. Facts: {{number}} {{title}} {{answer_by}} {{due}} {{customer}} {{company}} {{community}}."
        ),
    )  # fmt: skip
    acknowledgement_en = forms.CharField(
        label=_("Words of that mail (English)"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    @staticmethod
    def initial_values(support: SupportAddress | None) -> dict[str, Any]:
        """Return what an address is now."""
        if support is None:
            return {"is_active": True, "acknowledges": True}
        plain = ("address", "name", "category", "has_tags", "is_active", "acknowledges")
        words = {f"acknowledgement_{language}": text for language, text in support.acknowledgement.items()}
        return {**{name: getattr(support, name) for name in plain}, **words}

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        clean = dict(self.cleaned_data)
        words = {language: clean.pop(f"acknowledgement_{language}") for language in ("ja", "en")}
        return {**clean, "acknowledgement": words}


class SignatureForm(Refusable, forms.Form):
    """What stands below one's answers."""

    text = forms.CharField(
        label=_("Signature"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Stands below your answers by mail. Empty: the name of the support address and yours."),
    )  # fmt: skip
