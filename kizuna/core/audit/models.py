"""Notes that wait to be sealed, the sealed chain, and its head."""

from typing import Any, NoReturn

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete an entry of the audit log."""


class Facts(models.Model):
    """What an entry says. Ids and small facts only, never names: erasing a person must not touch the chain."""

    # The same key is written once: viewings of one hour.
    key = models.CharField(max_length=140, null=True, unique=True)
    at = models.DateTimeField()
    # A number without a foreign key: whatever happens to the member, the entry stays as it was sealed.
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        abstract = True


class AuditNote(Facts):
    """Written in the transaction of the act; moved into the chain soon after."""


class SealedQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class AuditEntry(Facts):
    """One link: `digest` covers its content and the digest before. A trigger refuses changes and deletions as well."""

    number = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)

    objects = SealedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-number"], name="audit_newest"),
            models.Index(fields=["actor_id", "-number"], name="audit_actor"),
            models.Index(fields=["action", "-number"], name="audit_action"),
            models.Index(fields=["subject_type", "subject_id", "-number"], name="audit_subject"),
        ]
        verbose_name_plural = "audit entries"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly


class AuditHead(models.Model):
    """The last number and digest. Whoever seals holds this row."""

    name = models.CharField(max_length=10, primary_key=True)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
