"""The timeline: one projection of everything between us and a customer."""

from django.conf import settings
from django.db import models


class Touchpoint(models.Model):
    """接点: something that happened with an account or a person, as of that moment. Written by its source, never edited."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        NONE = "none"

    # Names the source, so that a replay writes nothing twice: "activity:12:3", "note:8".
    key = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey("customers.Account", null=True, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=20)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.NONE)
    at = models.DateTimeField()
    # What it was: a verb of the activity log or a word of the source; the channel knows how to say it.
    kind = models.CharField(max_length=60, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    excerpt = models.CharField(max_length=400, blank=True, default="")
    search_text = models.TextField(blank=True, default="")
    url = models.CharField(max_length=200, blank=True, default="")
    source_type = models.CharField(max_length=40, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    is_internal = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="touchpoint_of_account"),
            models.Index(fields=["account", "channel", "-at", "-id"], name="touchpoint_of_channel"),
            # Counts over days of every account at once, from the index alone.
            models.Index(fields=["at", "channel", "account"], name="touchpoint_window"),
            models.Index(fields=["contact", "-at", "-id"], name="touchpoint_of_contact"),
            models.Index(fields=["source_type", "source_id"], name="touchpoint_source"),
        ]
