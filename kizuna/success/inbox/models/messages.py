"""What is written in an inquiry, what is on its way out, and what is being written."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.success.inbox.models.inquiry import Inquiry

LONGEST_SENDER = 254


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
    sender = models.CharField(max_length=LONGEST_SENDER, blank=True, default="")
    body = models.TextField()
    quoted = models.TextField(blank=True, default="")
    external_id = models.CharField(max_length=255, blank=True, default="")
    # A hash of what names the arrival outside, such as a Message-ID: nothing comes in twice.
    arrival_key = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry", "external_id"], name="inquiry_message_once", condition=~Q(external_id="")
            ),
            models.UniqueConstraint(
                fields=["arrival_key"], name="inquiry_message_arrives_once", condition=~Q(arrival_key="")
            ),
        ]
        indexes = [models.Index(fields=["inquiry", "at", "id"], name="inquiry_message_order")]


class InquiryMention(models.Model):
    """A colleague whom a note calls by @handle."""

    message = models.ForeignKey(InquiryMessage, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "member"], name="inquiry_mention_once")]


class Delivery(models.Model):
    """An answer on its way out. Held first, so that it can be taken back; then it goes through the door of its channel."""

    class State(models.TextChoices):
        HELD = "held"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        TAKEN_BACK = "taken_back"

    message = models.OneToOneField(InquiryMessage, on_delete=models.CASCADE, related_name="delivery")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    send_at = models.DateTimeField()
    # Fixed before the first attempt, so that whoever gets it twice can tell (a mail: its Message-ID).
    key = models.CharField(max_length=64, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True, default="")
    next_state = models.CharField(max_length=10, choices=Inquiry.State.choices, default=Inquiry.State.WAITING)
    snooze_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delivery_sent_has_its_time",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
            )
        ]
        indexes = [
            models.Index(fields=["send_at"], name="delivery_waiting", condition=Q(state__in=["held", "sending"]))
        ]


class InquiryDraft(models.Model):
    """What somebody is writing on an inquiry, answer and note apart."""

    class Kind(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    body = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inquiry", "member", "kind"], name="inquiry_draft_once")]


class InquiryPresence(models.Model):
    """Who has an inquiry open, and whether they are writing an answer. Rows of a few minutes."""

    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    wrote_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inquiry", "member"], name="inquiry_presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="inquiry_presence_old")]
