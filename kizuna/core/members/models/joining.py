"""Ways in: invitations, sent one by one or in bulk, and requests to join."""

from django.db import models

from kizuna.core.members.models.member import Member, Role


class InvitationBatch(models.Model):
    """A file of addresses that are being invited: its rows, how far the work has come and what was wrong by line."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"

    file_name = models.CharField(max_length=200, blank=True, default="")
    source = models.TextField()
    role = models.CharField(max_length=20, choices=Role.choices, blank=True, default="")
    created_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    row_count = models.PositiveIntegerField(default=0)
    # Rows before this one are finished: a stopped job goes on here.
    next_row = models.PositiveIntegerField(default=0)
    invited_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    # [{"line": 7, "email": "…", "reason": "already_member"}]
    errors = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """A single way in for one address and one role, valid once, while its inviter may still invite."""

    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254)
    name = models.CharField(max_length=80, blank=True, default="")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True, default="")
    language = models.CharField(max_length=5, default="ja")
    # The link's token is derived from this nonce and the installation's secret; only its hash is stored.
    nonce = models.CharField(max_length=32)
    key_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    batch = models.ForeignKey(InvitationBatch, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_count = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                name="invitation_open_once",
                condition=models.Q(accepted_at__isnull=True, cancelled_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="invitation_newest")]

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.cancelled_at is None


class JoinRequest(models.Model):
    """Somebody asked to join and waits, or was decided upon: by whom and when."""

    class Decision(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    message = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, default="")
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
