"""Hours, what they were for, and the weeks that are closed."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Touch(models.TextChoices):
    """The kind of touch the work was for. Empty: not stated."""

    HIGH = "high"
    LOW = "low"
    TECH = "tech"
    COMMUNITY = "community"


class EffortFunction(models.Model):
    """What kind of work: success, support, community, research, and what a manager adds. Retired ones keep their rows."""

    slug = models.CharField(max_length=40, unique=True)
    label = models.JSONField()  # {"ja", "en"}
    position = models.PositiveSmallIntegerField(default=0)
    is_retired = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class EffortWeek(models.Model):
    """A week from Monday on. Every write holds its row, so that closing and writing cannot pass each other."""

    week_on = models.DateField(unique=True)
    is_closed = models.BooleanField(default=False)


class EffortWeekChange(models.Model):
    """Who closed or reopened a week, when and why. Never changed."""

    week = models.ForeignKey(EffortWeek, on_delete=models.CASCADE, related_name="changes")
    is_closed = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True, default="")


class Effort(models.Model):
    """作業時間: minutes of one person on one day."""

    class How(models.TextChoices):
        MANUAL = "manual"
        TIMER = "timer"
        DERIVED = "derived"

    # Empty after the person was erased: the hours were spent all the same.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    function = models.ForeignKey(EffortFunction, on_delete=models.PROTECT, related_name="+")
    touch = models.CharField(max_length=10, choices=Touch.choices, blank=True, default="")
    account = models.ForeignKey("customers.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=400, blank=True, default="")
    how = models.CharField(max_length=10, choices=How.choices, default=How.MANUAL)
    # The source's own name of the thing ("note:8:emi"), so that it is counted once.
    source_key = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # A removed row stays, so that its source does not bring it back.
    is_removed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="effort_source_once", condition=~Q(source_key="")),
            models.CheckConstraint(
                name="effort_minutes_of_a_day", condition=Q(minutes__gte=1) & Q(minutes__lte=24 * 60)
            ),
        ]
        indexes = [
            models.Index(fields=["member", "day"], name="effort_of_member"),
            models.Index(fields=["account", "day"], name="effort_of_account"),
            models.Index(fields=["day", "id"], name="effort_by_day"),
        ]


class EffortTimer(models.Model):
    """A timer that runs: the moment of its start, one per person. Stopping makes rows of it."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    function = models.ForeignKey(EffortFunction, on_delete=models.PROTECT, related_name="+")
    touch = models.CharField(max_length=10, choices=Touch.choices, blank=True, default="")
    account = models.ForeignKey("customers.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=400, blank=True, default="")
    # When its person was asked whether it was forgotten.
    flagged_at = models.DateTimeField(null=True)
