"""What happened to an inquiry, and where it lay."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.success.inbox.models.inquiry import Inquiry


class InquiryHandover(models.Model):
    """An inquiry lay at a department: asked what, answered what. Open until one of the two ends it."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="handovers")
    department = models.ForeignKey("tasks.Department", on_delete=models.PROTECT, related_name="+")
    ask = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    back_by = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # that it should be back soon
    answer = models.TextField(blank=True, default="")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry"], name="inquiry_handover_open_once", condition=Q(ended_at=None))
        ]
        indexes = [
            models.Index(fields=["back_by"], name="inquiry_handover_back", condition=Q(ended_at=None, told_at=None))
        ]


class InquiryChange(models.Model):
    """Something that happened to an inquiry. Never changed; `props` holds small facts, no words of people."""

    class What(models.TextChoices):
        RECEIVED = "received"  # another message of the customer
        ASSIGNED = "assigned"
        PRIORITISED = "prioritised"
        CHANGED = "changed"
        REPLIED = "replied"
        TAKEN_BACK = "taken_back"
        NOT_SENT = "not_sent"
        NOTED = "noted"
        SNOOZED = "snoozed"
        WOKEN = "woken"
        WAITING = "waiting"
        HANDED = "handed"
        RETURNED = "returned"
        CLOSED = "closed"
        REOPENED = "reopened"
        DUE_SOON = "due_soon"
        ESCALATED = "escalated"

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    props = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["inquiry", "at", "id"], name="inquiry_change_order")]


class InquiryWork(models.Model):
    """Working time spent on an inquiry: a row of hours, or a timer by the moment it was started, wherever it is stopped."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="work")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    effort = models.ForeignKey("effort.Effort", null=True, on_delete=models.CASCADE, related_name="+")
    timer_started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["effort"], name="inquiry_work_once"),
            models.UniqueConstraint(
                fields=["member", "timer_started_at"],
                name="inquiry_work_of_timer_once",
                condition=Q(timer_started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="inquiry_work_is_one_of_two",
                condition=Q(effort=None, timer_started_at__isnull=False)
                | Q(effort__isnull=False, timer_started_at=None),
            ),
        ]
