"""Forms by which the team works on inquiries. Shape only; the rules are in the actions."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.hours import next_opening
from kizuna.core.community.hours import business_hours
from kizuna.core.files.attaching import AttachingForm
from kizuna.success.customers.forms import Refusable
from kizuna.success.customers.queries.account import staff
from kizuna.success.effort.forms import LengthField
from kizuna.success.inbox import dues, enclosing, looks, wording
from kizuna.success.inbox.actions import closing, handing, replying
from kizuna.success.inbox.models import Inquiry
from kizuna.success.tasks.queries import departments
from kizuna.success.tasks.wording import department_name

AFTER = {
    Inquiry.State.WAITING: pgettext_lazy("after sending", "Wait for the customer"),
    Inquiry.State.CLOSED: pgettext_lazy("after sending", "Close it"),
    Inquiry.State.OPEN: pgettext_lazy("after sending", "It stays our turn"),
    Inquiry.State.SNOOZED: pgettext_lazy("after sending", "Put it off"),
}
OWN_TIME = "own"


def moment_field(label: Any, *, required: bool = False) -> forms.DateTimeField:
    """Return a field for a moment in the community's time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


def people() -> list[tuple[str, Any]]:
    """Return whom an inquiry can be given to."""
    return [("", _("Nobody yet")), *((str(member.pk), member.name) for member in staff())]


def putting_off(now: datetime) -> list[tuple[str, str, datetime]]:
    """Return when something put off may come back: (name, words, moment)."""
    later = dues.after(now, 240)
    morrow = next_opening(business_hours(), looks.next_day_end(now) if not dues.is_outside(now) else now)
    week = next_opening(business_hours(), now + timedelta(days=7))
    named = [
        ("later", _("In four business hours"), later),
        ("next", _("On the next day of business"), morrow),
        ("week", pgettext_lazy("comes back", "In a week"), week),
    ]
    said = _("%(words)s (%(moment)s)")
    return [
        (name, said % {"words": words, "moment": looks.short(moment)}, moment)
        for name, words, moment in named
        if moment
    ]


class SnoozeForm(Refusable, forms.Form):
    """When it comes back: one of the usual times, or one's own."""

    when = forms.ChoiceField(label=_("Comes back"))
    until = moment_field(_("At another time"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moments = {name: moment for name, _words, moment in putting_off(now)}
        choices = [(name, words) for name, words, _moment in putting_off(now)]
        field = self.fields["when"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, (OWN_TIME, _("At another time"))]

    def moment(self) -> datetime | None:
        """Return the moment that was chosen."""
        chosen: datetime | None = self.cleaned_data["until"]
        return chosen or self.moments.get(self.cleaned_data["when"])


class EnclosingForm(AttachingForm, Refusable):
    """A form with files that go along with the text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachments"].help_text = _(
            "Images up to 15 MB; PDF, Office and text files up to 20 MB. They are sent along with your text."
        )


class ReplyForm(EnclosingForm):
    """An answer, and what the inquiry is after it was sent."""

    body = forms.CharField(
        label=pgettext_lazy("inquiry", "Answer"), max_length=replying.LONGEST, widget=forms.Textarea(attrs={"rows": 7})
    )
    next_state = forms.ChoiceField(label=_("After sending"), choices=list(AFTER.items()), required=False)
    snooze_until = moment_field(_("Comes back"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**62)

    def say_linked(self) -> None:
        """Say before it is sent that files go as links."""
        self.fields["body"].help_text = _("Files are sent as links that can be opened for %(n)d days.") % {
            "n": enclosing.LENT_FOR.days
        }

    def values(self) -> dict[str, Any]:
        """Return what the action takes."""
        clean = self.cleaned_data
        return {
            "body": clean["body"],
            "next_state": clean["next_state"] or Inquiry.State.WAITING,
            "snooze_until": clean["snooze_until"],
            "seen": None if self.data.get("anyway") else clean["seen"],
        }


class NoteForm(Refusable, forms.Form):
    """A note for colleagues."""

    body = forms.CharField(label=_("Note"), max_length=replying.LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


class CloseForm(Refusable, forms.Form):
    """Why it is closed."""

    because = forms.ChoiceField(label=_("Why it is closed"), widget=forms.RadioSelect)
    same_as = forms.IntegerField(label=_("Number of the other inquiry"), required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, is_answered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [reason for reason in closing.SAID if is_answered or reason != Inquiry.Reason.ANSWERED]
        field = self.fields["because"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(reason.value, wording.REASONS[reason]) for reason in reasons]
        field.initial = reasons[0].value


class HandoverForm(Refusable, forms.Form):
    """Where an inquiry goes, what is asked, and when it should be back."""

    department = forms.ChoiceField(label=_("To which department"))
    ask = forms.CharField(
        label=pgettext_lazy("inquiry", "What is asked"),
        max_length=handing.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    back_by = moment_field(_("Back by"))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(item.pk): item for item in departments()}
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, department_name(item, language)) for key, item in self.known.items()]


class HandoverAnswerForm(Refusable, forms.Form):
    """What the department says."""

    answer = forms.CharField(
        label=_("Answer to the team"), max_length=handing.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class MinutesForm(Refusable, forms.Form):
    """Working time by hand."""

    minutes = LengthField(label=_("Working time"))
