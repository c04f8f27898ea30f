"""Forms of referrals: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.forms.refusing import Refusable
from kizuna.core.members.models import Member

AREA = forms.Textarea(attrs={"rows": 4})


class ReferringForm(Refusable, forms.Form):
    is_on = forms.BooleanField(label=_("Members have links of their own"), required=False)
    text_ja = forms.CharField(
        label=_("What members share, in Japanese"),
        max_length=1000,
        required=False,
        widget=AREA,
        help_text=_("{link} and {community} are filled in."),
    )
    text_en = forms.CharField(label=_("What members share, in English"), max_length=1000, required=False, widget=AREA)


class ReferrerForm(Refusable, forms.Form):
    referrer = forms.CharField(
        label=_("Referrer's handle"), max_length=31, required=False, help_text=_("Empty: nobody.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def clean_referrer(self) -> Member | None:
        """Return the member meant."""
        handle = self.cleaned_data["referrer"].strip().removeprefix("@")
        member = Member.objects.filter(handle=handle).first() if handle else None
        if handle and member is None:
            raise forms.ValidationError(_("There is no such member."))
        return member
