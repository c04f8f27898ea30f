"""Whom mails and surveys address: a person by address or by the key of an import, member or not."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Recipient(models.Model):
    """One person as far as mail is concerned. Stops and the contact budget hang here."""

    address = models.EmailField(max_length=254, blank=True, default="")
    # The address as compared (trimmed, lower-case); empty for a person known by `person_key` only.
    address_key = models.CharField(max_length=254, blank=True, default="")
    person_key = models.CharField(max_length=120, blank=True, default="")
    member = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=5, default="ja")
    # The day (of the community's time zone) that `contact_count` counts, and the mails of that day.
    contacted_on = models.DateField(null=True)
    contact_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_key"], name="recipient_address_once", condition=~Q(address_key="")
            ),
            models.UniqueConstraint(fields=["person_key"], name="recipient_person_once", condition=~Q(person_key="")),
            models.CheckConstraint(name="recipient_is_somebody", condition=~Q(address_key="") | ~Q(person_key="")),
        ]

    def __str__(self) -> str:
        return self.address or self.person_key


class MailStop(models.Model):
    """Why a recipient gets no more mail: of one kind, or of any when `kind` is empty."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce"
        COMPLAINT = "complaint"
        UNSUBSCRIBED = "unsubscribed"

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="stops")
    kind = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    detail = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "kind", "reason"], name="mail_stop_once")]


class UnsubscribeToken(models.Model):
    """The key in a mail's unsubscribe link: 128 bits, stored hashed, good for one recipient and kind."""

    token_hash = models.CharField(max_length=64, unique=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ReplyToken(models.Model):
    """The key in the address that a notification is answered at: 128 bits, stored hashed, good for one recipient and place."""

    token_hash = models.CharField(max_length=64, unique=True)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="+")
    target_type = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="reply_token_expires")]
