"""Inquiries and what was written in them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Inquiry(models.Model):
    """問い合わせ: one thing somebody asks, with one owner, until it is closed."""

    class State(models.TextChoices):
        OPEN = "open"
        WAITING = "waiting"  # for the customer
        CLOSED = "closed"

    class Priority(models.TextChoices):
        LOW = "low"
        NORMAL = "normal"
        HIGH = "high"
        URGENT = "urgent"

    class Channel(models.TextChoices):
        MAIL = "mail"
        PHONE = "phone"
        CHAT = "chat"
        FORM = "form"
        VISIT = "visit"
        OTHER = "other"

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.OTHER)
    category = models.CharField(max_length=80, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    account = models.ForeignKey("customers.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="inquiry_external_id_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                name="inquiry_answered_after_it_came",
                condition=Q(first_response_at=None) | Q(first_response_at__gte=F("received_at")),
            ),
            models.CheckConstraint(
                name="inquiry_closed_after_it_came", condition=Q(closed_at=None) | Q(closed_at__gte=F("received_at"))
            ),
            models.CheckConstraint(
                name="inquiry_closed_has_its_time",
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="inquiry_latest"),
            models.Index(fields=["state", "-received_at", "-id"], name="inquiry_by_state"),
            models.Index(fields=["owner", "state", "-received_at", "-id"], name="inquiry_by_owner"),
            models.Index(fields=["account", "-received_at", "-id"], name="inquiry_of_account"),
            models.Index(fields=["contact", "-received_at"], name="inquiry_of_contact"),
        ]

    def __str__(self) -> str:
        return self.title


class InquiryMessage(models.Model):
    """One thing written in an inquiry: by the customer, to the customer, or among ourselves."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    body = models.TextField()
    external_id = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry", "external_id"], name="inquiry_message_once", condition=~Q(external_id="")
            )
        ]
        indexes = [models.Index(fields=["inquiry", "at", "id"], name="inquiry_message_order")]
