"""Tables of imports."""

from django.conf import settings
from django.db import models


class Import(models.Model):
    """One taking-over of foreign content. Its id (`take_import_number`) stands on every row and activity that it brought.

    A run that was killed leaves it unfinished, and the next run of the same source goes on with it.
    """

    format = models.CharField(max_length=20)
    source = models.CharField(max_length=30)  # what stands before the colon in external ids
    space = models.CharField(max_length=60, blank=True, default="")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    run_count = models.PositiveSmallIntegerField(default=1)
    finished_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)  # as `importers.records.Report` says, of the last run

    class Meta:
        indexes = [models.Index(fields=["format", "source"], name="import_source")]

    def __str__(self) -> str:
        return f"{self.format} {self.source} #{self.pk}"
