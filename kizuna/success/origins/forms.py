"""Forms of origins: shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.core.members.models import Member
from kizuna.success.customers.forms import Refusable
from kizuna.success.customers.models import Account, Contract


class OriginForm(Refusable, forms.Form):
    contract = forms.ChoiceField(label=pgettext_lazy("origin", "For"), required=False)
    referrer = forms.CharField(
        label=_("Referrer's handle"), max_length=31, required=False, help_text=_("Empty: nobody.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contracts = Contract.objects.filter(account=account).order_by("-starts_on", "-pk")[:50]
        self.contracts = {str(contract.pk): contract for contract in contracts}
        choices = [("", _("The customer itself")), *((key, str(item)) for key, item in self.contracts.items())]
        self.fields["contract"].choices = choices  # type: ignore[attr-defined]

    def clean_referrer(self) -> Member | None:
        """Return the member meant."""
        handle = self.cleaned_data["referrer"].strip().removeprefix("@")
        member = Member.objects.filter(handle=handle).first() if handle else None
        if handle and member is None:
            raise forms.ValidationError(_("There is no such member."))
        return member

    def clean_contract(self) -> Contract | None:
        """Return the contract meant, None for the customer itself."""
        return self.contracts.get(self.cleaned_data["contract"])
