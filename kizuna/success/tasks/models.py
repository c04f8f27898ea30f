"""Tasks, the departments they may lie at, and what happened to them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

# Tasks without a due day stand behind all others; a column without NULL keeps every list one index scan.
NO_DAY = date(9999, 12, 31)


class Department(models.Model):
    """部署: where a task can be handed to. Named by managers; its members are told."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.JSONField()  # {"ja", "en"}
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class DepartmentMember(models.Model):
    """A colleague who is told of what is handed to a department, and may answer it."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="seats")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "member"], name="department_member_once")]


class Task(models.Model):
    """タスク: something to do for a customer."""

    class State(models.TextChoices):
        OPEN = "open"
        HANDED = "handed"  # lies at a department
        RETURNED = "returned"  # came back with an answer
        DONE = "done"
        DROPPED = "dropped"

    account = models.ForeignKey("customers.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey("customers.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=160)
    body = models.TextField(blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    due_on = models.DateField(null=True)
    order_on = models.DateField(default=NO_DAY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # Where it lies, or lay last; the days and people of it are in the handovers.
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The due day of which the owner was told, so that a new one tells anew.
    told_due_on = models.DateField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "state", "order_on", "id"], name="task_of_account"),
            models.Index(fields=["owner", "state", "order_on", "id"], name="task_of_owner"),
            models.Index(fields=["department", "state", "order_on", "id"], name="task_of_department"),
            models.Index(fields=["state", "order_on", "id"], name="task_by_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    def is_late(self, today: date) -> bool:
        """Tell whether the due day is over and the task is not."""
        return not self.is_closed and self.order_on < today


CLOSED = (Task.State.DONE, Task.State.DROPPED)
WAITING = (Task.State.OPEN, Task.State.HANDED, Task.State.RETURNED)


class Handover(models.Model):
    """A task lay at a department: asked what, answered what. Open until one of the two ends it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="handovers")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    ask = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"], name="handover_open_once", condition=Q(answered_at=None, taken_back_at=None)
            ),
            models.CheckConstraint(
                name="handover_ends_one_way", condition=Q(answered_at=None) | Q(taken_back_at=None)
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["task", "-at", "-id"], name="handover_latest")]


class TaskChange(models.Model):
    """What a task was after a change. Never changed."""

    class What(models.TextChoices):
        MADE = "made"
        CHANGED = "changed"
        HANDED = "handed"
        RETURNED = "returned"
        TAKEN_BACK = "taken_back"
        DONE = "done"
        DROPPED = "dropped"
        REOPENED = "reopened"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    fields = models.JSONField(default=list)  # names of what changed
    state = models.JSONField()
    handover = models.ForeignKey(Handover, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["task", "-at", "-id"], name="task_change_latest")]
