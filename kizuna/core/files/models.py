"""The table of files; the bytes lie in the community's media folder."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class File(models.Model):
    """Until it is attached to something, a file is seen by its uploader alone and removed after thirty days."""

    class Kind(models.TextChoices):
        IMAGE = "image"
        DOCUMENT = "document"

    key = models.CharField(max_length=32, unique=True)  # 128 random bits: the name of the bytes, not a secret
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    variants = models.JSONField(default=list)  # widths in pixels that exist beside the full image
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()
    target_type = models.CharField(max_length=40, blank=True, default="")
    target_id = models.BigIntegerField(null=True)
    # Null only while unattached.
    audience = models.ForeignKey("members.Audience", null=True, on_delete=models.PROTECT, related_name="+")
    container_audience = models.ForeignKey("members.Audience", null=True, on_delete=models.PROTECT, related_name="+")
    is_removed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="file_target"),
            models.Index(fields=["uploaded_at"], name="file_unattached", condition=Q(target_type="")),
        ]

    def __str__(self) -> str:
        return self.name
