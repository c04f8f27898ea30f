"""Days as people give them in forms."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
NOT_A_DAY = _("Please give a day between the years 1900 and 2999.")


class DayField(forms.DateField):
    """A day that has a beginning and an end in every time zone; the first and last ones of the calendar have not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators += [MinValueValidator(FIRST, NOT_A_DAY), MaxValueValidator(LAST, NOT_A_DAY)]
