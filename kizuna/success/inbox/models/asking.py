"""What somebody began to ask by the form, which answers they were shown, and how it ended. Kept from the first day."""

from django.conf import settings
from django.db import models

from kizuna.success.inbox.models.inquiry import Inquiry


class FormAsk(models.Model):
    """One question at the form: shown answers first, then solved by one of them, or sent."""

    class Outcome(models.TextChoices):
        SHOWN = "shown"  # and left since, as far as is known
        SOLVED = "solved"
        SENT = "sent"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SHOWN)
    shown = models.JSONField(default=list)  # [[type, id], …] in their order; empty: nothing fitted
    inquiry = models.ForeignKey(Inquiry, null=True, on_delete=models.SET_NULL, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="form_ask_by_time")]
