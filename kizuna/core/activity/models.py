"""Tables of the log, its delivery and its rollups."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Activity(models.Model):
    """Who did what to what, when. Never changed; erasing a member pseudonymises the actor."""

    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    object_type = models.CharField(max_length=40, blank=True, default="")
    object_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    props = models.JSONField(default=dict)
    caused_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    # Set on imported history, which reaches only consumers marked `historical`.
    import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="activity_at"),
            models.Index(fields=["actor", "at"], name="activity_actor"),
            models.Index(fields=["object_type", "object_id"], name="activity_object"),
            models.Index(fields=["verb", "at"], name="activity_verb"),
            models.Index(fields=["import_id"], name="activity_import", condition=Q(import_id__isnull=False)),
        ]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class FailedDelivery(models.Model):
    """A consumer that could not take an activity yet. Goes when the retry succeeds; stays, with its error, when none does."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="+")
    consumer = models.CharField(max_length=80)
    error = models.TextField()
    failed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "consumer"], name="failed_delivery_once")]
        verbose_name_plural = "failed deliveries"


class MemberDayCount(models.Model):
    """How often a member did something on a day of the community's time zone."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=60)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "verb", "day"], name="member_day_count_once")]
        # With member and count inside, a window is counted from the index alone.
        indexes = [models.Index(fields=["verb", "day", "member", "count"], name="member_day_count_window")]


class RollupCursor(models.Model):
    """How far a rollup has counted, and the ceiling up to which it may."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)
    ceiling = models.BigIntegerField(default=0)
    # Transactions that ran when the ceiling was set; while one of them still runs, rows below may yet appear.
    open_writers = models.JSONField(default=list)
    time_zone = models.CharField(max_length=60)
    # What was counted; another definition starts the count over.
    definition = models.CharField(max_length=16, blank=True, default="")
    # The highest id when the count began again: until it is reached, the counts are less than they will be.
    again_upto = models.BigIntegerField(default=0)


class ImportNumber(models.Model):
    """The last number that an import was given, whatever it brings; whoever takes the next one holds this row."""

    name = models.CharField(max_length=10, primary_key=True)
    number = models.BigIntegerField(default=0)
