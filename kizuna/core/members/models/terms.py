"""What members agree to, in versions, and who agreed to which when."""

from django.db import models

from kizuna.core.members.models.member import Member


class TermsDocument(models.Model):
    """One version of the terms of use, the guidelines or the privacy notice. Published versions never change."""

    class Kind(models.TextChoices):
        TERMS = "terms"
        PRIVACY = "privacy"
        GUIDELINES = "guidelines"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    version = models.PositiveIntegerField()
    # Markdown, and in a line or two what differs from the version before: {"ja": ..., "en": ...}.
    body = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    # When False the new version is only shown: members go on without being asked.
    asks_consent = models.BooleanField(default=True)
    effective_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="terms_version_once")]


class Consent(models.Model):
    """A member agreed to one version."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(TermsDocument, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "document"], name="consent_once")]


class PurposeConsent(models.Model):
    """An optional yes or no, apart from the terms: the newest row per purpose counts, the others are the record.

    For promotional mail the law on specified electronic mail (特定電子メール法) asks to keep when and how a person agreed.
    """

    class Purpose(models.TextChoices):
        PROMOTIONAL_MAIL = "promotional_mail"
        USAGE_FOR_SUPPORT = "usage_for_support"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    # The place and the words under which the person decided.
    source = models.CharField(max_length=20)
    wording = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "purpose", "-at"], name="purpose_consent_newest")]
