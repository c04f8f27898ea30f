"""Runs of imports, what they found, what they did, and which column was which field."""

from django.conf import settings
from django.db import models


class ImportRun(models.Model):
    """One table that somebody brought, from choosing the file to undoing.

    Its id (`take_import_number`) stands as `import_id` on what it added.
    """

    class State(models.TextChoices):
        EXAMINING = "examining"  # the file is read once, to show its columns
        MAPPING = "mapping"
        REHEARSING = "rehearsing"
        REHEARSED = "rehearsed"
        RUNNING = "running"
        STOPPED = "stopped"  # by a person; goes on from `position`
        DONE = "done"
        FAILED = "failed"  # the file cannot be read; `problem` says why
        UNDOING = "undoing"
        UNDONE = "undone"

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    byte_count = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.EXAMINING)
    encoding = models.CharField(max_length=20, blank=True, default="")
    # Of each column: {"header", "first", "filled", "order", "is_unclear"}.
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # field: place of the column
    fixed = models.JSONField(default=dict)  # field: text that stands for every row
    orders = models.JSONField(default=dict)  # place (as text): "dmy" or "mdy", where a person chose
    clears_empty = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)  # rows that are dealt with, in the phase of `state`
    rehearsal = models.JSONField(default=dict)  # outcome: rows
    counts = models.JSONField(default=dict)
    undo_counts = models.JSONField(default=dict)
    bad_bytes = models.PositiveBigIntegerField(default=0)  # committed length of the file of bad rows
    problem = models.JSONField(default=dict)  # {"code", "line"}
    is_stopping = models.BooleanField(default=False)
    is_undoable = models.BooleanField(default=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "digest"], name="import_run_file")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_busy(self) -> bool:
        busy = self.State
        return self.state in (busy.EXAMINING, busy.REHEARSING, busy.RUNNING, busy.UNDOING)

    @property
    def percent(self) -> int:
        return min(100, self.position * 100 // self.row_count) if self.row_count else 0


class ImportSample(models.Model):
    """One of the first rows of an outcome, as the pages show it."""

    class Phase(models.TextChoices):
        REHEARSAL = "rehearsal"
        RUN = "run"
        UNDO = "undo"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="samples")
    phase = models.CharField(max_length=10, choices=Phase.choices)
    outcome = models.CharField(max_length=10)
    line = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True, default="")
    # Lists of [thing, field, before, after], [column, value, code, line] and [note, percent].
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["run", "phase", "outcome", "line"], name="import_sample_page")]


class ImportedRow(models.Model):
    """What one line of a file did: the ledger by which it is taken back."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    at = models.DateTimeField()
    # [[thing, id, "added"], [thing, id, "changed", {field: [before, after]}], …], in the order of doing.
    done = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="imported_row_once")]


class RememberedColumn(models.Model):
    """Which field a column was the last time, by its folded header; "" when it was left out."""

    kind = models.CharField(max_length=20)
    header = models.CharField(max_length=200)
    field = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "header"], name="remembered_column_once")]
