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
    """A yes or no to one use, apart from the terms: the newest row per purpose counts, the others are the record.

    Whose it is: a member, a contact (by number: customers lie above this app), or somebody known by address alone. For
    promotional mail the law on specified electronic mail (特定電子メール法) asks to keep when and how a person agreed.
    """

    class Purpose(models.TextChoices):
        PROMOTIONAL_MAIL = "promotional_mail"
        SURVEY = "survey"
        CASE_STUDY = "case_study"
        USAGE_FOR_SUPPORT = "usage_for_support"

    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    contact_id = models.BigIntegerField(null=True)
    # As compared (trimmed, lower-case); "sha256:…" once the person is erased: their last word still counts.
    address_key = models.CharField(max_length=254, blank=True, default="")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField()
    # The place (a form here, an import, paper, telephone) and the words under which the person decided.
    source = models.CharField(max_length=20)
    wording = models.CharField(max_length=300, blank=True, default="")
    # Where the paper lies, or who called: what else proves it.
    note = models.CharField(max_length=200, blank=True, default="")
    # Empty when the person decided here themself.
    recorded_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member", "purpose", "-at"], name="purpose_consent_newest"),
            models.Index(fields=["contact_id", "purpose", "-at"], name="purpose_consent_contact"),
            models.Index(fields=["address_key", "purpose", "-at"], name="purpose_consent_address"),
        ]
        constraints = [
            models.CheckConstraint(
                name="purpose_consent_of_somebody",
                condition=models.Q(member__isnull=False)
                | models.Q(contact_id__isnull=False)
                | ~models.Q(address_key=""),
            )
        ]
