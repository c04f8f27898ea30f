"""Calls, what telephone systems told of them, and the systems that may tell."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CallSource(models.Model):
    """A telephone system that tells of calls. `key` stands in its address; the secret proves that it is the one."""

    class Kind(models.TextChoices):
        STANDARD = "standard"  # our own form, signed as Standard Webhooks are
        TWILIO = "twilio"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.STANDARD)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    sealed_secret = models.TextField()
    sealed_before = models.TextField(blank=True, default="")
    before_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # when it last told something that was taken

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """電話: one call, with whom and how it went. What was said stands in its encounter, once the customer is known."""

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class State(models.TextChoices):
        RINGING = "ringing"  # begun; its end was not told
        TALKED = "talked"
        MISSED = "missed"  # nobody took it: ours when it came in, theirs when we called

    class Outcome(models.TextChoices):
        """What came of it, as somebody of the team says."""

        REACHED = "reached"
        CALL_BACK = "call_back"  # they call back, or we do
        VOICEMAIL = "voicemail"
        NO_ANSWER = "no_answer"
        WRONG = "wrong"  # another person's number

    source = models.ForeignKey(CallSource, null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=120, blank=True, default="")  # of the source
    direction = models.CharField(max_length=4, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RINGING)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")
    number = models.CharField(max_length=40, blank=True, default="")  # theirs, as it was told; empty: withheld
    number_key = models.CharField(max_length=20, blank=True, default="")
    our_number = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)  # of talk
    account = models.ForeignKey(
        "customers.Account", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Whose number it is was said by a person: what telephone systems tell later changes nothing.
    is_placed = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")  # only while no customer is known
    recording_url = models.CharField(max_length=600, blank=True, default="")
    recording_until = models.DateField(null=True)
    encounter = models.OneToOneField("encounters.Encounter", null=True, on_delete=models.SET_NULL, related_name="+")
    inquiry = models.ForeignKey("inbox.Inquiry", null=True, on_delete=models.SET_NULL, related_name="+")
    is_removed = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="call_of_source_once", condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                name="call_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=models.F("at"))
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="call_latest"),
            models.Index(fields=["account", "-at"], name="call_of_account"),
            models.Index(fields=["number_key", "-at"], name="call_of_number", condition=~Q(number_key="")),
            models.Index(fields=["recording_until"], name="call_recorded", condition=~Q(recording_url="")),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_missed(self) -> bool:
        """Tell whether somebody called us and nobody took it."""
        return self.direction == self.Direction.IN and self.state == self.State.MISSED


class CallEvent(models.Model):
    """One thing a source told of a call. The call is read off all of them, so their order does not matter."""

    source = models.ForeignKey(CallSource, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="call_event_once")]
        indexes = [models.Index(fields=["received_at"], name="call_event_old")]


class CallVersion(models.Model):
    """What was known of a call before somebody changed it."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="versions")
    state = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
