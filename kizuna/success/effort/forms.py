"""Forms of hours: shape only; the rules are in the actions."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.numbers import whole
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers.forms import Refusable, day_field
from kizuna.success.customers.models import Account, Employment
from kizuna.success.effort import durations, wording
from kizuna.success.effort.actions import Work
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.rows import functions

LENGTH_HELP = _("Such as 1:30, 1.5 or 45m. A bare number means hours.")
NOT_A_LENGTH = _("Please write a length such as 1:30, 1.5 or 45m.")
MANY = 200


class LengthField(forms.CharField):
    """A length of time as people write it; gives minutes."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "class": "maxw-6"})
        super().__init__(max_length=20, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        minutes = durations.minutes_of(text) if text else None
        if text and minutes is None:
            raise forms.ValidationError(NOT_A_LENGTH)
        return minutes


def account_numbered(text: str) -> Account | None:
    """Return the customer with this number of the company's own, or, after a #, with that page number."""
    found = Account.objects.filter(external_id=text).first() if text else None
    number = whole(text.removeprefix("#")) if text.startswith("#") else None
    return found or (Account.objects.filter(pk=number).first() if number else None)


def number_of(account: Account | None) -> str:
    """Return what a form shows for a customer."""
    return (account.external_id or f"#{account.pk}") if account else ""


class PurposeForm(Refusable, forms.Form):
    """What an hour is for."""

    function = forms.ChoiceField(label=_("Function"))
    touch = forms.ChoiceField(label=_("Kind of touch"), required=False)
    account = forms.CharField(
        label=_("Customer number"),
        max_length=120,
        required=False,
        help_text=_("Optional. Your customers are offered while you type."),
        widget=forms.TextInput(attrs={"list": "own-accounts", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Work done"), max_length=400, required=False)

    def __init__(self, *args: Any, viewer: Viewer, kept: Effort | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(item.pk): wording.function_name(item, viewer.language) for item in functions()}
        if kept is not None:
            names.setdefault(str(kept.function_id), wording.function_name(kept.function, viewer.language))
        self.fields["function"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["touch"].choices = [("", wording.NO_TOUCH), *wording.TOUCHES.items()]  # type: ignore[attr-defined]
        self.has_accounts = can_use_desk(viewer)
        if not self.has_accounts:
            del self.fields["account"]
        self.own_accounts = list(_own_accounts(viewer)) if self.has_accounts else []

    def clean_account(self) -> Account | None:
        """Return the customer meant."""
        text = self.cleaned_data["account"].strip()
        found = account_numbered(text)
        if text and found is None:
            raise forms.ValidationError(_("There is no customer with this number."))
        return found

    def work(self, *, day: date, minutes: int) -> Work:
        """Return what was given, for the actions."""
        data = self.cleaned_data
        account, contact = data.get("account"), data.get("contact")
        return Work(
            day=day,
            minutes=minutes,
            function_id=int(data["function"]),
            touch=data["touch"],
            account_id=account.pk if account else None,
            contact_id=int(contact) if contact and account else None,
            note=data["note"],
        )


class EffortForm(PurposeForm):
    day = day_field(_("Day"), required=True)
    minutes = LengthField(label=_("Working time"), help_text=LENGTH_HELP)
    field_order = ("day", "minutes", "function", "touch", "account", "contact", "note")

    def __init__(self, *args: Any, viewer: Viewer, people_of: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if people_of is not None and self.has_accounts:
            seats = Employment.objects.filter(account=people_of, ended_at=None).select_related("contact")[:MANY]
            people = [(str(seat.contact_id), seat.contact.name) for seat in seats]
            self.fields["contact"] = forms.ChoiceField(
                label=_("Person"), required=False, choices=[("", "—"), *people], initial=self.initial.get("contact", "")
            )
            self.order_fields(self.field_order)

    @staticmethod
    def initial_from(effort: Effort) -> dict[str, Any]:
        """Return what the form shows of a row."""
        return {
            "day": effort.day,
            "minutes": durations.clock(effort.minutes),
            "function": str(effort.function_id),
            "touch": effort.touch,
            "account": number_of(effort.account),
            "contact": str(effort.contact_id or ""),
            "note": effort.note,
        }


class SettleForm(Refusable, forms.Form):
    minutes = LengthField(label=_("Working time"), help_text=LENGTH_HELP)


class FunctionForm(Refusable, forms.Form):
    slug = forms.CharField(
        label=_("Name in files and the API"), max_length=40, help_text=_("A known name renames that function.")
    )
    label_ja = forms.CharField(label=_("Label in Japanese"), max_length=60, required=False)
    label_en = forms.CharField(label=_("Label in English"), max_length=60, required=False)


class TimerHoursForm(Refusable, forms.Form):
    hours = forms.IntegerField(label=_("Hours after which a timer counts as forgotten"), min_value=1, max_value=24)


class ReopenForm(Refusable, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)


def _own_accounts(viewer: Viewer) -> Any:
    own = Account.objects.filter(owner_id=viewer.own_id).exclude(state=Account.State.MERGED)
    return ((number_of(account), account.name) for account in own.order_by("reading", "id")[:MANY])
