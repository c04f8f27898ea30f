"""Mails that arrived, and boxes elsewhere that are looked into."""

from django.db import models
from django.db.models import Q


class InboundMail(models.Model):
    """One mail to one address here. The row and the file of its bytes are there before anybody is told that it was taken."""

    class State(models.TextChoices):
        WAITING = "waiting"
        TAKEN = "taken"  # it became something: target_type, target_id
        REFUSED = "refused"  # by a rule; `why` says which
        ASIDE = "aside"  # no person wrote it
        REPORT = "report"  # about a mail of ours
        UNREADABLE = "unreadable"
        NOBODY = "nobody"  # the address is not wanted any more

    class Proof(models.TextChoices):
        NONE = "none"
        PASS = "pass"  # noqa: S105 (a word of Authentication-Results)
        FAIL = "fail"
        UNKNOWN = "unknown"  # could not be asked

    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=400, blank=True, default="")
    door = models.CharField(max_length=10)
    route = models.CharField(max_length=40, blank=True, default="")
    recipient = models.CharField(max_length=254)
    envelope_from = models.CharField(max_length=254, blank=True, default="")
    message_id = models.CharField(max_length=255, blank=True, default="")
    # The Message-ID, with a part of the content's hash behind it where another mail came under the same one.
    message_key = models.CharField(max_length=300)
    content_hash = models.CharField(max_length=64)
    raw_key = models.CharField(max_length=32, blank=True, default="")  # empty once the bytes are gone
    size_bytes = models.PositiveIntegerField()
    from_name = models.CharField(max_length=200, blank=True, default="")
    from_address = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    files_refused = models.JSONField(default=list)  # [[name, code of the reason]]
    dkim = models.CharField(max_length=8, choices=Proof.choices, blank=True, default="")
    spf = models.CharField(max_length=8, choices=Proof.choices, blank=True, default="")
    # Proven: the address in From is the sender's own, as far as signatures and the trusted receiver say.
    is_proven = models.BooleanField(default=False)
    proof_detail = models.CharField(max_length=200, blank=True, default="")
    target_type = models.CharField(max_length=40, blank=True, default="")
    target_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message_key", "recipient"], name="inbound_mail_once")]
        indexes = [
            models.Index(fields=["message_id"], name="inbound_message_id", condition=~Q(message_id="")),
            models.Index(fields=["state", "-id"], name="inbound_state"),
            models.Index(fields=["from_address"], name="inbound_from"),
            models.Index(fields=["received_at"], name="inbound_received"),
            models.Index(fields=["target_type", "target_id"], name="inbound_target", condition=~Q(target_type="")),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.recipient}"


class MailAccount(models.Model):
    """A mailbox elsewhere that is looked into (IMAP): its mail counts as mail to `address`."""

    class Security(models.TextChoices):
        TLS = "tls"
        STARTTLS = "starttls"
        NONE = "none"  # only where the operator lists host and port

    address = models.CharField(max_length=254)
    host = models.CharField(max_length=190)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=190)
    sealed_password = models.TextField()
    folder = models.CharField(max_length=100, default="INBOX")
    is_active = models.BooleanField(default=True)
    # How far it was read: numbers count within one validity, which the server may begin anew.
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "port", "username", "folder"], name="mail_account_once")]

    def __str__(self) -> str:
        return f"{self.username} at {self.host}"
