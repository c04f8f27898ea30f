"""Studio's forms of hours and dues."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuna.base.hours import DAYS, Hours, hours_of
from kizuna.core.community.queries import setting
from kizuna.success.customers.forms import Refusable
from kizuna.success.effort.forms import LengthField
from kizuna.success.inbox import hours_text, queries, wording
from kizuna.success.inbox.models import Inquiry
from kizuna.success.inbox.queries.tiers import in_words
from kizuna.success.inbox.settings import (
    DUE_RULES,
    ESCALATE_MINUTES,
    FIRST_PLANS,
    FIRST_TIERS,
    URGENT_WORDS,
    WARN_MINUTES,
)

WEEKDAYS = {
    "mon": pgettext_lazy("weekday", "Monday"),
    "tue": pgettext_lazy("weekday", "Tuesday"),
    "wed": pgettext_lazy("weekday", "Wednesday"),
    "thu": pgettext_lazy("weekday", "Thursday"),
    "fri": pgettext_lazy("weekday", "Friday"),
    "sat": pgettext_lazy("weekday", "Saturday"),
    "sun": pgettext_lazy("weekday", "Sunday"),
}
EXTRA_PLANS = 2


class HoursForm(Refusable, forms.Form):
    """A week, and the days that are otherwise."""

    closes_on_holidays = forms.BooleanField(label=_("Closed on Japanese holidays"), required=False)
    closing = forms.CharField(
        label=_("Own closing days"),
        help_text=_("One a line, with a name if you like: 2026-12-29〜2027-01-03 Year end"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    opening = forms.CharField(
        label=_("Own opening days"),
        help_text=_("Open although it is a holiday or a weekend. One a line with its hours: 2026-12-27 10:00–15:00"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in DAYS:
            self.fields[day] = forms.CharField(label=WEEKDAYS[day], max_length=120, required=False)

    @property
    def days(self) -> list[Any]:
        return [self[day] for day in DAYS]

    @staticmethod
    def initial_from(hours: Hours) -> dict[str, Any]:
        """Return the form's first values."""
        return {
            **dict(zip(DAYS, hours_text.week_texts(hours), strict=True)),
            "closes_on_holidays": hours.closes_on_holidays,
            "closing": hours_text.closing_text(hours),
            "opening": hours_text.opening_text(hours),
        }

    def clean(self) -> dict[str, Any]:
        """Read every field; what cannot be read is said at its place."""
        clean = super().clean() or {}
        value: dict[str, Any] = {"closes_on_holidays": bool(clean.get("closes_on_holidays")), "week": {}}
        for day in DAYS:
            value["week"][day] = self._read(day, hours_text.periods_of) or []
        value["closing"] = self._read("closing", hours_text.days_of) or []
        value["opening"] = self._read("opening", hours_text.opening_of) or []
        if not self.errors:
            try:
                hours_of(value, zone="UTC")
            except ValueError:
                self.add_error("closing", _("These are too many days, or days of another age."))
        clean["value"] = value
        return clean

    def _read(self, name: str, read: Any) -> Any:
        try:
            found = read(self.cleaned_data.get(name, ""))
            if name in DAYS:
                hours_of({"week": {name: found}}, zone="UTC")
        except hours_text.Unreadable as error:
            self.add_error(name, str(error))
        except ValueError:
            self.add_error(name, _("Periods end after they begin and do not overlap."))
        else:
            return found
        return None


class RulesForm(Refusable, forms.Form):
    """Dues by priority, words and plans that are pressing, and when somebody is told."""

    urgent_words = forms.CharField(
        label=_("Urgent words"),
        help_text=_("One a line. What comes in with one of them is urgent, and the word is shown as the reason."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    first_plans = forms.CharField(
        label=_("Plans that go first"),
        help_text=_("One a line. Among what is equally urgent, their customers stand before others."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    first_tiers = forms.MultipleChoiceField(
        label=_("Customers that go first"),
        help_text=_(
            "By your own fields for customers, such as a rank. Their customers stand before others, as with plans. "
            "Only fields with choices that the whole team sees."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    warn_minutes = forms.IntegerField(label=_("Tell the owner (business minutes before)"), min_value=0, max_value=1440)
    escalate_minutes = forms.IntegerField(
        label=_("Tell managers (business minutes before)"), min_value=0, max_value=1440
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = self.fields["first_tiers"]
        assert isinstance(tiers, forms.MultipleChoiceField)
        labels = {field.slug: in_words(field) for field in queries.tier_fields()}
        tiers.choices = [(name, f"{labels[one['attribute']]} {one['value']}") for name, one in _tiers().items()]
        for priority in Inquiry.Priority:
            for what, label in (("response", _("First answer")), ("resolution", pgettext_lazy("due", "End"))):
                self.fields[f"{priority}_{what}"] = LengthField(label=label, required=False)

    @property
    def priorities(self) -> list[tuple[Any, Any, Any]]:
        """Return (word, field of the first answer, field of the end) by priority, the most urgent first."""
        return [
            (wording.PRIORITIES[priority], self[f"{priority}_response"], self[f"{priority}_resolution"])
            for priority in reversed(Inquiry.Priority)
        ]

    @staticmethod
    def initial_from() -> dict[str, Any]:
        """Return the form's first values."""
        first: dict[str, Any] = {
            "urgent_words": "\n".join(setting(URGENT_WORDS)),
            "first_plans": "\n".join(setting(FIRST_PLANS)),
            "first_tiers": [name for name, item in _tiers().items() if item in setting(FIRST_TIERS)],
            "warn_minutes": setting(WARN_MINUTES),
            "escalate_minutes": setting(ESCALATE_MINUTES),
        }
        for rule in setting(DUE_RULES):
            if not rule["plan"]:
                for what in ("response", "resolution"):
                    first[f"{rule['priority']}_{what}"] = _length(rule[what])
        return first

    def values(self, plans: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the action takes; `plans` are the rules of single plans."""
        clean = self.cleaned_data
        rules = [
            {
                "priority": priority.value,
                "plan": "",
                "response": clean[f"{priority}_response"],
                "resolution": clean[f"{priority}_resolution"],
            }
            for priority in Inquiry.Priority
        ]
        return {
            "rules": [*rules, *plans],
            "urgent_words": clean["urgent_words"].splitlines(),
            "first_plans": clean["first_plans"].splitlines(),
            "first_tiers": [_tiers()[name] for name in clean["first_tiers"]],
            "warn_minutes": clean["warn_minutes"],
            "escalate_minutes": clean["escalate_minutes"],
        }


class PlanRuleForm(forms.Form):
    """Other dues for the customers of one plan."""

    plan = forms.CharField(label=_("Plan"), max_length=80, required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=list(wording.PRIORITIES.items()), initial="normal")
    response = LengthField(label=_("First answer"), required=False)
    resolution = LengthField(label=pgettext_lazy("due", "End"), required=False)


PlanRules = forms.formset_factory(PlanRuleForm, extra=EXTRA_PLANS, max_num=40)


def plan_initial() -> list[dict[str, Any]]:
    """Return the rules of single plans as their forms show them."""
    return [
        {
            "plan": rule["plan"],
            "priority": rule["priority"],
            **{what: _length(rule[what]) for what in ("response", "resolution")},
        }
        for rule in setting(DUE_RULES)
        if rule["plan"]
    ]


def _tiers() -> dict[str, dict[str, str]]:
    """Return each choice of the manager's fields under its name in the form."""
    fields = queries.tier_fields()
    return {
        f"{field.pk}:{text}": {"attribute": field.slug, "value": text} for field in fields for text in field.choices
    }


def _length(minutes: int | None) -> str:
    """Return a length as its field reads it."""
    if not minutes:
        return ""
    return f"{minutes // 60}" if minutes % 60 == 0 and minutes < 100 * 60 else f"{minutes}m"
