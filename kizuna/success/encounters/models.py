"""Calls, meetings and mails written down by hand, who took part, and what each was before an edit."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Encounter(models.Model):
    """応対: a call, a meeting or a mail. `is_internal`: what is written of it is never shown to the customer."""

    class Kind(models.TextChoices):
        CALL = "call"
        MEETING = "meeting"
        MAIL = "mail"

    class Direction(models.TextChoices):
        IN = "in"  # the customer began
        OUT = "out"
        NONE = "none"

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.NONE)
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=160)
    body = models.TextField(blank=True, default="")
    is_internal = models.BooleanField(default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_removed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-at", "-id"], name="encounter_of_account")]

    def __str__(self) -> str:
        return self.title


class EncounterPerson(models.Model):
    """Somebody who took part: a person of the customer, or a colleague."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="people")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "contact"], name="encounter_contact_once", condition=Q(contact__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["encounter", "member"], name="encounter_member_once", condition=Q(member__isnull=False)
            ),
            models.CheckConstraint(
                name="encounter_person_is_one",
                condition=Q(contact__isnull=False, member__isnull=True) | Q(contact__isnull=True, member__isnull=False),
            ),
        ]


class EncounterVersion(models.Model):
    """What an encounter was before an edit."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="versions")
    state = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
