"""What to be told and how: one choice for each kind."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from kizuna.core.notifications.models import MailPreference
from kizuna.core.notifications.queries import Choice

Level = MailPreference.Level
LABELS = {
    Level.MAIL: pgettext_lazy("how to be told", "In the list and by mail"),
    Level.IN_APP: pgettext_lazy("how to be told", "In the list"),
    Level.OFF: pgettext_lazy("how to be told", "Not at all"),
}


class LevelsForm(forms.Form):
    """A group of radio buttons for each kind, named for it."""

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for choice in choices:
            levels = [(level.value, LABELS[level]) for level in Level if choice.has_mail or level != Level.MAIL]
            self.fields[choice.kind] = forms.ChoiceField(
                label=choice.label, choices=levels, initial=choice.level, widget=forms.RadioSelect
            )
