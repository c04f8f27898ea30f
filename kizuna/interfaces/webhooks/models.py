"""Tables of webhooks: where activities are told, what is told, and how each attempt went."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.interfaces.webhooks import chat

LONGEST_URL = 500


class Endpoint(models.Model):
    """An address that activities are told to, as its maker may see them."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        DISABLED = "disabled"

    class Why(models.TextChoices):
        """Why an endpoint rests."""

        NONE = ""
        PERSON = "person"  # a manager paused it
        MAKER = "maker"  # its maker is no longer owner or admin
        GONE = "gone"  # the receiver answered 410
        FAILING = "failing"  # nothing but failures for days
        COPIED = "copied"  # the community was restored from a copy
        SECRET = "secret"  # noqa: S105 (its secret cannot be opened here)

    class Kind(models.TextChoices):
        """What is spoken there: Standard Webhooks, or alerts in the form of a chat."""

        STANDARD = chat.STANDARD
        SLACK = chat.SLACK
        TEAMS = chat.TEAMS
        CHATWORK = chat.CHATWORK
        LINE_WORKS = chat.LINE_WORKS

    class When(models.TextChoices):
        """When a chat is told, by business hours."""

        ALWAYS = "always"
        HOURS = "hours"  # what happens outside is not told
        COLLECT = "collect"  # what happens outside is told when they open

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STANDARD)
    when = models.CharField(max_length=10, choices=When.choices, default=When.ALWAYS)
    urgent_at_once = models.BooleanField(default=True)
    # By these Slack tells of buttons that were pressed: a part of its address, and what it signs with.
    key = models.CharField(max_length=40, blank=True, default="")
    sealed_signing = models.TextField(blank=True, default="")
    # Of a chat whose address lets anybody write: the host alone, and the whole is the sealed secret.
    url = models.CharField(max_length=LONGEST_URL)
    description = models.CharField(max_length=200, blank=True, default="")
    verbs = models.JSONField(default=list)  # empty: all
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True, default="")
    state_at = models.DateTimeField()
    sealed_secret = models.TextField()
    sealed_before = models.TextField(blank=True, default="")
    before_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    # Failures since the last success.
    failing_since = models.DateTimeField(null=True)
    failures_in_row = models.PositiveIntegerField(default=0)
    rest_until = models.DateTimeField(null=True)
    # The lease of whoever sends for it just now.
    held_by = models.CharField(max_length=32, blank=True, default="")
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="webhook_active", condition=Q(state="active"))]
        constraints = [models.UniqueConstraint(fields=["key"], name="webhook_key_once", condition=~Q(key=""))]

    def __str__(self) -> str:
        return self.url

    def wants(self, verb: str) -> bool:
        """Say whether activities of this verb are told here."""
        return verb in (self.verbs or chat.ALERTS) if self.is_chat else not self.verbs or verb in self.verbs

    @property
    def has_buttons(self) -> bool:
        """Tell whether buttons in its alerts are answered."""
        return self.kind == self.Kind.SLACK and bool(self.sealed_signing)

    @property
    def is_chat(self) -> bool:
        return self.kind != self.Kind.STANDARD


class Delivery(models.Model):
    """One activity for one endpoint. `event` is the webhook-id, the same in every attempt and for every endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        DROPPED = "dropped"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    activity = models.ForeignKey("activity.Activity", null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    body = models.TextField(blank=True, default="")  # as it was first signed
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)  # since it was last put in line
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["endpoint", "next_at", "id"], name="webhook_due", condition=Q(state="waiting")),
            models.Index(fields=["next_at"], name="webhook_waiting", condition=Q(state="waiting")),
            models.Index(fields=["endpoint", "state", "-id"], name="webhook_log"),
            models.Index(fields=["done_at"], name="webhook_old"),
            models.Index(fields=["activity"], name="webhook_activity"),
        ]
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_event_once")]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event} ({self.state})"


class Attempt(models.Model):
    """One try to deliver, and what came back."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=20, blank=True, default="")  # why nothing came back
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
