"""What a member is told inside the product, and what they chose to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """One line of a member's list. While it is unread, further activities of the same kind and group join it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    # What belongs together, such as `topic:12`.
    group_key = models.CharField(max_length=120)
    # The latest activity, its target and its actor.
    activity_id = models.BigIntegerField(null=True)
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    props = models.JSONField(default=dict)
    activity_count = models.PositiveIntegerField(default=1)
    # Different actors, the latest first, and the activities counted: an activity delivered twice counts once.
    actor_ids = models.JSONField(default=list)
    activity_ids = models.JSONField(default=list)
    created_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "group_key"],
                name="notification_unread_once",
                condition=Q(read_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(fields=["member", "-latest_at", "-id"], name="notification_list"),
            models.Index(fields=["member", "group_key"], name="notification_group"),
            models.Index(fields=["read_at"], name="notification_read", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.member_id}"

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class MailPreference(models.Model):
    """How a member wants one kind of notification. Without a row the kind's own default holds."""

    class Level(models.TextChoices):
        MAIL = "mail"  # in the list, and by mail at once
        IN_APP = "in_app"
        OFF = "off"

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level.choices)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="mail_preference_once")]
