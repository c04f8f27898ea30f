"""What came along with what was sent by the widget, and how far a member has read in it."""

from django.conf import settings
from django.db import models


class CameAlong(models.Model):
    """Where an inquiry was sent from, and what the page told of itself; the customer saw it before sending."""

    inquiry = models.OneToOneField("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=260)
    facts = models.JSONField(default=list)  # [[key, value], …] in their order
    at = models.DateTimeField()


class ReadAnswers(models.Model):
    """Up to which message a member has read their inquiry in the widget."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "inquiry"], name="widget_read_once")]
