"""Links, who came by whom, and how that was changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ReferralLink(models.Model):
    """A member's own link. Its code is replaced when it is renewed; the old one leads to nobody any more."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    is_on = models.BooleanField(default=True)  # switched by managers
    created_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)


class ReferralVisitDay(models.Model):
    """How many browsers opened a link on a day for the first time in two weeks."""

    link = models.ForeignKey(ReferralLink, on_delete=models.CASCADE, related_name="visits")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="referral_visits_once_a_day")]


class Referral(models.Model):
    """紹介元 of a member, as it is today. An empty referrer was taken away, or is gone."""

    class How(models.TextChoices):
        LINK = "link"
        STAFF = "staff"

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    # Whether the member lets the referrer know their name.
    shows_name = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="nobody_refers_themselves", condition=~Q(member=F("referrer"))),
        ]
        indexes = [models.Index(fields=["referrer", "created_at"], name="referrals_of_referrer")]


class ReferralChange(models.Model):
    """What a member's 紹介元 became, by whom and why. Never changed."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="changes")
    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=10, choices=Referral.How.choices)
    reason = models.CharField(max_length=400, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
