"""Shapes of what people send. What is allowed is decided by the actions; their reasons are put at the fields here."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuna.core.members.policies import Refused

SEPARATORS = re.compile(r"[,、，\n]+")


class Refusable(forms.Form):
    """A form that can show why an action refused it."""

    def refuse(self, why: Refused) -> None:
        """Put the reason at the field it names, or above the form."""
        self.add_error(why.field if why.field in self.fields else None, str(why.reason))


class TagsField(forms.CharField):
    """Tags separated by commas, half- or full-width."""

    def to_python(self, value: object) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return [name.strip() for name in SEPARATORS.split(super().to_python(value)) if name.strip()]

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value


class ReplyForm(Refusable):
    body = forms.CharField(label=_("Your reply"), widget=forms.Textarea, strip=False)
    reply_to = forms.IntegerField(required=False, widget=forms.HiddenInput)


class TopicForm(Refusable):
    title = forms.CharField(
        label=_("Title"),
        help_text=_("One sentence that says what it is about."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 200}),
    )
    body = forms.CharField(label=_("Text"), widget=forms.Textarea, strip=False)
    tags = TagsField(
        label=_("Tags"), required=False, help_text=_("Separate them with commas. Members who know the topic are told.")
    )


class QuestionForm(TopicForm):
    URGENCIES = [
        ("normal", _("Members first: they usually answer soon, and the team follows")),
        ("urgent", _("Urgent: tell the team at once")),
        ("billing", _("About billing: tell the team at once")),
        ("private", _("Private: only the team and you see it")),
    ]
    urgency = forms.ChoiceField(
        label=_("Who should see it first?"), choices=URGENCIES, initial="normal", widget=forms.RadioSelect
    )


class EditForm(Refusable):
    body = forms.CharField(label=_("Text"), widget=forms.Textarea, strip=False)


class OpeningEditForm(EditForm):
    title = forms.CharField(label=_("Title"), widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 200}))
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Separate them with commas."))
    field_order = ("title", "body", "tags")


class ReasonForm(Refusable):
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
