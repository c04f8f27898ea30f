"""Surveys and responses. Customers are named by id alone: they live above and are joined when they are shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Survey(models.Model):
    """アンケート. Its figures are counted by the worker; `counted_at` says as of when."""

    class Kind(models.TextChoices):
        NPS = "nps"

    title = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NPS)
    # Of the latest response of each person, in points; empty while nobody answered.
    promoters = models.PositiveIntegerField(default=0)
    passives = models.PositiveIntegerField(default=0)
    detractors = models.PositiveIntegerField(default=0)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Response(models.Model):
    """回答: one answer of one person on one day, and of which customer they were then."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="responses")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    recipient = models.ForeignKey("notifications.Recipient", null=True, on_delete=models.SET_NULL, related_name="+")
    account_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField()
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "external_id"], name="response_external_id_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(name="response_score_of_nps", condition=Q(score__gte=0) & Q(score__lte=10)),
        ]
        indexes = [
            models.Index(fields=["survey", "-answered_at", "-id"], name="response_latest"),
            models.Index(fields=["account_id", "-answered_at"], name="response_of_account"),
            models.Index(fields=["contact_id", "-answered_at"], name="response_of_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.score}"
