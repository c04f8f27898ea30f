"""The ledger of mail: written in the transaction of what it tells, sent by a job, at least once, under one Message-ID."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kizuna.core.notifications.models.notification import Notification
from kizuna.core.notifications.models.recipient import Recipient


class OutgoingMail(models.Model):
    """One mail to one address. A notice is composed when it is sent, for its reader of that moment."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        STOPPED = "stopped"  # on purpose: `error` says why
        FAILED = "failed"

    # Kinds of mail that comes finished, with a secret in it as a rule: somebody waits for it, or not (invitations).
    # CORRESPONDENCE is written by a person of the team to one customer, from an address of the team's own.
    ACCOUNT, LETTER, CORRESPONDENCE = "account", "letter", "inquiry"

    class Return(models.TextChoices):
        BOUNCED = "bounced"  # taken over by the other side, and sent back by it later
        COMPLAINED = "complained"

    # The same thing is never mailed twice: `activity:12:member:5`. Null when nothing can repeat it.
    key = models.CharField(max_length=140, null=True, unique=True)
    message_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    recipient = models.ForeignKey(Recipient, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(max_length=254)
    notification = models.ForeignKey(Notification, null=True, on_delete=models.SET_NULL, related_name="+")
    # What a notice tells: target, actor and props of its one activity.
    group_key = models.CharField(max_length=120, blank=True, default="")
    target_type = models.CharField(max_length=40, blank=True, default="")
    target_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    props = models.JSONField(default=dict)
    # From whom, where it is not the community as such.
    sender_name = models.CharField(max_length=120, blank=True, default="")
    sender_address = models.EmailField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    headers = models.JSONField(default=dict)
    file_keys = models.JSONField(default=list)  # of files that go along (core.files)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    returned_as = models.CharField(max_length=12, choices=Return.choices, blank=True, default="")
    returned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-id"], name="mail_waiting", condition=Q(state="waiting")),
            models.Index(fields=["finished_at"], name="mail_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

    @property
    def is_awaited(self) -> bool:
        return self.kind == self.ACCOUNT

    @property
    def is_notice(self) -> bool:
        """Say whether it tells of something here: its words are made when it is sent, and they hold no secret."""
        return self.kind not in {self.ACCOUNT, self.LETTER, self.CORRESPONDENCE}


class MailAttempt(models.Model):
    """One try at sending, written before it begins: an attempt without an end was cut off."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mail", "number"], name="mail_attempt_once")]
