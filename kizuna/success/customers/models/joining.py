"""Which rows are the same firm: decisions, and merges that can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class MatchDecision(models.Model):
    """Whether something (a row of an import, a member, another account) is this account, why, and who decided."""

    class Verdict(models.TextChoices):
        PROPOSED = "proposed"
        AUTOMATIC = "automatic"
        CONFIRMED = "confirmed"
        REFUSED = "refused"  # for good: never proposed again

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+")
    # What was compared: ("member", id), ("account", id) or ("row", hash of the row).
    subject_type = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=80)
    subject_text = models.CharField(max_length=200, blank=True, default="")
    confidence = models.FloatField()
    reason = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="match_confidence_is_a_share", condition=Q(confidence__gte=0) & Q(confidence__lte=1)
            ),
            models.UniqueConstraint(fields=["subject_type", "subject_key", "account"], name="match_once"),
        ]
        indexes = [models.Index(fields=["verdict", "-confidence", "id"], name="match_waiting")]


class Merge(models.Model):
    """Two accounts that were one. `moved` names the rows that were re-pointed, so that it can be undone."""

    kept = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+")
    absorbed = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField()
    state_before = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["absorbed"], name="absorbed_once", condition=Q(undone_at=None))]
