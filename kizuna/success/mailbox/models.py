"""Support addresses, which mail belongs to which inquiry, and what answers are made of."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SupportAddress(models.Model):
    """窓口: an address that customers write to, and that our answers come from."""

    address = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=80)  # whom customers read as the sender
    category = models.CharField(max_length=80, blank=True, default="")  # of inquiries that come in here
    # Mail to `support+anything@…` arrives, too: then an answer's own key stands in Reply-To.
    has_tags = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Whoever writes here is told at once that it arrived, and by when they are answered. {"ja", "en"}; empty: the usual words.
    acknowledges = models.BooleanField(default=False)
    acknowledgement = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.address


class MailLine(models.Model):
    """One mail of an inquiry, in or out, by its Message-ID: what answers it belongs to the same inquiry."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey("inbox.InquiryMessage", null=True, on_delete=models.CASCADE, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    reference = models.CharField(max_length=255)  # its Message-ID
    # The other side: who wrote, or to whom we wrote. `answer_to` is where they want the answer.
    address = models.CharField(max_length=254)
    answer_to = models.CharField(max_length=254, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    is_proven = models.BooleanField(default=False)
    support = models.ForeignKey(SupportAddress, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "reference", "direction"], name="mail_line_once"),
        ]
        indexes = [
            models.Index(fields=["reference"], name="mail_line_reference"),
            models.Index(fields=["inquiry", "-id"], name="mail_line_of_inquiry"),
            models.Index(fields=["address"], name="mail_line_address"),
        ]


class InquiryKey(models.Model):
    """The key in Reply-To of an answer: 128 bits, stored hashed, good for one inquiry and one reader."""

    token_hash = models.CharField(max_length=64, unique=True)
    inquiry = models.ForeignKey("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    created_at = models.DateTimeField()


class Acknowledgement(models.Model):
    """受け付けのメール: one for an inquiry at most, and one for a sender in a day."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        RETURNED = "returned"

    inquiry = models.OneToOneField("inbox.Inquiry", on_delete=models.CASCADE, related_name="+")
    address_key = models.CharField(max_length=254)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    promise = models.CharField(max_length=200)  # by when they are answered, as it was written
    error = models.CharField(max_length=400, blank=True, default="")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["address_key", "at"], name="acknowledgement_of_sender")]


class Signature(models.Model):
    """署名: what stands below the answers of one member of the team."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=1000)
    changed_at = models.DateTimeField()


class ReplyTemplate(models.Model):
    """ひな形: words that answers begin with. Facts stand as `{{name}}`; there is no logic in it."""

    name = models.CharField(max_length=80)
    body = models.TextField()
    is_archived = models.BooleanField(default=False)
    used_count = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="reply_template_name_once", condition=Q(is_archived=False))
        ]

    def __str__(self) -> str:
        return self.name
