"""Through whom an account or a contract came. The open row holds; ended ones are the history."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Origin(models.Model):
    """紹介元 of one account or of one contract, over a period. An open row without a referrer says: nobody."""

    class How(models.TextChoices):
        LINK = "link"  # through a member who came by somebody's link
        STAFF = "staff"
        ACCOUNT = "account"  # a contract that took over its account's

    account = models.ForeignKey("customers.Account", null=True, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey("customers.Contract", null=True, on_delete=models.CASCADE, related_name="+")
    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    reason = models.CharField(max_length=400, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="origin_of_one_thing",
                condition=Q(account__isnull=False, contract=None) | Q(account=None, contract__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["account"], name="origin_of_account_once", condition=Q(ended_at=None, account__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["contract"], name="origin_of_contract_once", condition=Q(ended_at=None, contract__isnull=False)
            ),
        ]
