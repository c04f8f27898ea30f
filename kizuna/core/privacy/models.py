"""Copies, erasures, tombstones and requests. A contact is named by its number: customers lie above this app."""

from django.conf import settings
from django.db import models


def _member() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class PersonCopy(models.Model):
    """Everything about one person as a ZIP, made by a job and kept for some days."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        EXPIRED = "expired"

    member = _member()
    contact_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=5, default="ja")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = _member()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    record_count = models.PositiveIntegerField(default=0)
    # The file's name in `exports/`: 128 random bits. The link for others is derived from the installation's secret.
    key = models.CharField(max_length=32, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["member", "-id"], name="person_copy_member"),
            models.Index(fields=["expires_at"], name="person_copy_expiry", condition=models.Q(state="ready")),
        ]
        verbose_name_plural = "person copies"


class PersonErasure(models.Model):
    """An erasure, how far it came, and what it removed and kept. `person` is blank again once it is done."""

    member = _member()
    contact_id = models.BigIntegerField(null=True)
    by = _member()
    # Whether it was asked for, or follows from a tombstone after a restore.
    is_replayed = models.BooleanField(default=False)
    person = models.JSONField(default=dict)
    # {"usage.events": {"removed": 120, "kept": 0}}: the erasers that are done.
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact_id"], name="person_erasure_contact")]


class Tombstone(models.Model):
    """Who was erased, by number. Also a line of `erasures.jsonl`, which a restore does not replace."""

    key = models.CharField(max_length=32, unique=True)
    member_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    # When the rows were made, by source: after a restore a number may be given to somebody else.
    born = models.JSONField(default=dict)
    erased_at = models.DateTimeField()


class PrivacyRequest(models.Model):
    """Somebody asks for what the law gives them; answered by a day. What was done is its history."""

    class Kind(models.TextChoices):
        ACCESS = "access"  # 開示
        CORRECTION = "correction"  # 訂正
        STOP = "stop"  # 利用停止
        ERASURE = "erasure"  # 消去
        PORTABILITY = "portability"

    class Law(models.TextChoices):
        APPI = "appi"
        GDPR = "gdpr"

    class State(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    class Channel(models.TextChoices):
        PAGE = "page"
        MAIL = "mail"
        TELEPHONE = "telephone"
        PAPER = "paper"
        OTHER = "other"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    law = models.CharField(max_length=5, choices=Law.choices, default=Law.APPI)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    member = _member()
    contact_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80, blank=True, default="")
    address = models.CharField(max_length=254, blank=True, default="")
    text = models.TextField(blank=True, default="")
    recorded_by = _member()
    received_at = models.DateTimeField()
    due_on = models.DateField()
    extended_from = models.DateField(null=True)
    extension_reason = models.CharField(max_length=400, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    checked_by = _member()
    check_note = models.CharField(max_length=400, blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = _member()
    copy = models.ForeignKey(PersonCopy, null=True, on_delete=models.SET_NULL, related_name="+")
    erasure = models.ForeignKey(PersonErasure, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["due_on", "id"], name="privacy_request_due", condition=models.Q(state="open")),
            models.Index(fields=["member", "-id"], name="privacy_request_member"),
            models.Index(fields=["contact_id"], name="privacy_request_contact"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class PrivacyRequestStep(models.Model):
    """One thing that was done about a request. Never changed."""

    class What(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked"
        EXTENDED = "extended"
        COPIED = "copied"
        ERASED = "erased"
        ANSWERED = "answered"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField()
    by = _member()
