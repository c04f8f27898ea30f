"""Inquiries: one row each, with everything the queue asks of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Inquiry(models.Model):
    """問い合わせ: one thing somebody asks, with one owner, until it is closed."""

    class State(models.TextChoices):
        OPEN = "open"  # the customer waits for us
        WAITING = "waiting"  # we wait for the customer
        SNOOZED = "snoozed"  # comes back by itself
        HANDED = "handed"  # lies at a department; the dues go on
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
        QUESTION = "question"  # of the community, unanswered by members
        MENTION = "mention"  # a post that calls somebody of the team
        MISSED = "missed"  # a call that nobody took
        SOCIAL = "social"
        LINE = "line"
        WIDGET = "widget"  # the form inside the company's own product or site
        OTHER = "other"

    class Reason(models.TextChoices):
        """Why it was closed."""

        ANSWERED = "answered"  # an answer was sent
        PHONE = "phone"
        SAME = "same"  # as another inquiry
        NONE_NEEDED = "none_needed"
        SPAM = "spam"
        COMMUNITY = "community"  # members answered
        ELSEWHERE = "elsewhere"  # as another system says

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.OTHER)
    category = models.CharField(max_length=80, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    account = models.ForeignKey("customers.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Who wrote, as the channel knows them: an address, a number, a name. Empty where contact or member say it.
    sender = models.CharField(max_length=254, blank=True, default="")
    received_at = models.DateTimeField()
    is_outside_hours = models.BooleanField(default=False)
    # How pressing it came in, and why: [["said"], ["word", "印刷できない"], ["plan", "プレミアム"]].
    urgency = models.PositiveSmallIntegerField(default=0)
    urgent_because = models.JSONField(default=list)
    # The next due that counts. The two others are what first answer and end are measured by.
    due_at = models.DateTimeField(null=True)
    response_due_at = models.DateTimeField(null=True)
    resolution_due_at = models.DateTimeField(null=True)
    # Since when the customer is waited for, while the resolution stands still.
    paused_at = models.DateTimeField(null=True)
    paused_minutes = models.PositiveIntegerField(default=0)  # business minutes for which it stood still before
    snoozed_until = models.DateTimeField(null=True)
    department = models.ForeignKey("tasks.Department", null=True, on_delete=models.PROTECT, related_name="+")
    # Of which due the owner and the managers were told, so that a new one tells anew.
    warned_due_at = models.DateTimeField(null=True)
    escalated_due_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    last_in_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=12, choices=Reason.choices, blank=True, default="")
    same_as = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    # What it was made from: a topic, a post, a call.
    source_type = models.CharField(max_length=40, blank=True, default="")
    source_id = models.BigIntegerField(null=True)
    external_id = models.CharField(max_length=120, blank=True, default="")
    import_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], name="inquiry_external_id_once", condition=~Q(external_id="")
            ),
            models.UniqueConstraint(
                fields=["source_type", "source_id"], name="inquiry_of_source_once", condition=~Q(source_type="")
            ),
            models.CheckConstraint(
                name="inquiry_snoozed_until_a_time",
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until=None)),
            ),
            models.CheckConstraint(
                name="inquiry_handed_to_somebody", condition=~Q(state="handed") | Q(department__isnull=False)
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
            models.Index(fields=["member", "-received_at", "-id"], name="inquiry_of_member"),
            # The queue: what is not finished, by its next due; and without an owner by urgency.
            models.Index(
                fields=["due_at", "id", "state", "owner", "channel", "is_outside_hours"],
                name="inquiry_queue",
                condition=~Q(state="closed"),
            ),
            models.Index(
                fields=["-urgency", "due_at", "id"],
                name="inquiry_ownerless",
                condition=Q(owner=None) & ~Q(state__in=["waiting", "closed"]),
            ),
            models.Index(fields=["snoozed_until"], name="inquiry_snoozed", condition=Q(state="snoozed")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def is_ours(self) -> bool:
        """Tell whether it is our turn: only then a due can be missed."""
        return self.state in OURS


# Where the next due counts: neither finished nor waiting for the customer.
OURS = (Inquiry.State.OPEN, Inquiry.State.SNOOZED, Inquiry.State.HANDED)
