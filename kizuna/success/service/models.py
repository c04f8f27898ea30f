"""What each inquiry is counted by, and what came after a question at the form."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.success.inbox.models import Inquiry


class InquiryFigures(models.Model):
    """What one inquiry is counted by: business minutes, dues kept or missed. Follows from the inquiry, made again at any time.

    Day, hour and minutes are those of the community's zone and hours when it was counted; `hours_key` says which these were.
    """

    class Party(models.TextChoices):
        MEMBER = "member"
        STAFF = "staff"

    inquiry = models.OneToOneField(Inquiry, primary_key=True, on_delete=models.CASCADE, related_name="figures")
    arrived_at = models.DateTimeField()
    arrived_on = models.DateField()
    arrived_hour = models.PositiveSmallIntegerField()
    is_outside = models.BooleanField()
    channel = models.CharField(max_length=10, choices=Inquiry.Channel.choices)
    category = models.CharField(max_length=80, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # Ended without an answer that anybody waited for: spam, the same as another one, no reply needed.
    is_left_out = models.BooleanField(default=False)
    # The first answer of a person, and of which kind; then the first of each kind, the automatic ones apart.
    first_at = models.DateTimeField(null=True)
    first_by = models.CharField(max_length=6, choices=Party.choices, blank=True, default="")
    first_minutes = models.PositiveIntegerField(null=True)
    member_minutes = models.PositiveIntegerField(null=True)
    staff_minutes = models.PositiveIntegerField(null=True)
    bot_minutes = models.PositiveIntegerField(null=True)
    response_due_at = models.DateTimeField(null=True)
    response_met = models.BooleanField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution_minutes = models.PositiveIntegerField(null=True)
    resolution_due_at = models.DateTimeField(null=True)
    resolution_met = models.BooleanField(null=True)
    is_paused = models.BooleanField(default=False)
    reopened = models.PositiveSmallIntegerField(default=0)
    # Who wrote, as far as it is known ("c12", "m7", or "s" and a hash of the address), and the next inquiry of theirs.
    person_key = models.CharField(max_length=40, blank=True, default="")
    person_next = models.ForeignKey(Inquiry, null=True, on_delete=models.SET_NULL, related_name="+")
    person_again_after = models.BigIntegerField(null=True)  # seconds
    account_next = models.ForeignKey(Inquiry, null=True, on_delete=models.SET_NULL, related_name="+")
    account_again_after = models.BigIntegerField(null=True)
    has_account = models.BooleanField(default=False)
    seen_at = models.DateTimeField()  # when the inquiry that was counted had last changed
    hours_key = models.CharField(max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["arrived_on", "inquiry"], name="figures_by_day"),
            models.Index(fields=["person_key", "arrived_at"], name="figures_of_person", condition=~Q(person_key="")),
            models.Index(fields=["hours_key"], name="figures_hours"),
        ]

    def __str__(self) -> str:
        return f"figures of #{self.pk}"


class LaterContact(models.Model):
    """What the same person or customer asked after a question at the form: recorded with a score, never with a verdict."""

    class Match(models.TextChoices):
        PERSON = "person"
        ACCOUNT = "account"

    ask = models.ForeignKey("inbox.FormAsk", on_delete=models.CASCADE, related_name="+")
    inquiry = models.ForeignKey(Inquiry, null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.ForeignKey("discussions.Topic", null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10)
    matched_by = models.CharField(max_length=10, choices=Match.choices)
    # How alike the words are, 0 to 1; None where one of the two has no words.
    similarity = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ask", "inquiry"], name="later_inquiry_once", condition=Q(topic=None)),
            models.UniqueConstraint(fields=["ask", "topic"], name="later_topic_once", condition=Q(inquiry=None)),
            models.CheckConstraint(
                name="later_contact_is_one_of_two",
                condition=Q(inquiry=None, topic__isnull=False) | Q(inquiry__isnull=False, topic=None),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="later_contact_by_time")]

    def __str__(self) -> str:
        return f"after ask #{self.ask_id}"
