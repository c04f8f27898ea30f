"""Make, change and close tasks, one or many."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import policies as customers
from kizuna.success.customers.actions.checking import day, line, require_chunk, text_of
from kizuna.success.customers.models import Account, Employment
from kizuna.success.tasks import activities, policies, queries
from kizuna.success.tasks.actions.writing import record_task, write_down
from kizuna.success.tasks.models import CLOSED, NO_DAY, WAITING, Handover, Task, TaskChange

LONGEST = 10_000
FIELDS = ("title", "body", "owner_id", "contact_id", "due_on")


def make_task(*, viewer: Viewer, account: Account, fields: Mapping[str, Any], now: datetime) -> Task:
    """Make one task. `fields` are FIELDS; without an owner nobody has it yet."""
    return make_tasks(viewer=viewer, rows=[{**fields, "account_id": account.pk}], now=now)[0]


@transaction.atomic
def make_tasks(*, viewer: Viewer, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[Task]:
    """Make up to CHUNK tasks with the same checks. Raises Refused for the first bad row."""
    policies.require_worker(viewer)
    require_chunk(rows)
    clean = [_checked(row) for row in rows]
    _require_accounts({row["account_id"] for row in rows})
    _require_team({row["owner_id"] for row in clean})
    tasks = []
    for row, values in zip(rows, clean, strict=True):
        _require_person(row["account_id"], values["contact_id"])
        task = Task.objects.create(
            **values,
            account_id=row["account_id"],
            order_on=values["due_on"] or NO_DAY,
            created_by_id=viewer.member_id,
            created_at=now,
            updated_at=now,
        )
        write_down(task, TaskChange.What.MADE, viewer=viewer, now=now, props={"is_given": _is_given(task, viewer)})
        tasks.append(task)
    return tasks


@transaction.atomic
def change_task(
    *, viewer: Viewer, task: Task, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> Task:
    """Change what is given of FIELDS; the others stay, and so does what the task was before."""
    policies.require_worker(viewer)
    task = locked(task)
    before = {name: getattr(task, name) for name in FIELDS}
    values = _checked({**before, **{name: fields[name] for name in FIELDS if name in fields}})
    changed = [name for name in FIELDS if values[name] != before[name]]
    if not changed:
        return task
    require_unchanged(opened, before, lambda after: queries.changes_after(task, after=after))
    if "owner_id" in changed:
        _require_team({values["owner_id"]})
    if "contact_id" in changed:
        _require_person(task.account_id, values["contact_id"])
    for name in changed:
        setattr(task, name, values[name])
    task.order_on, task.updated_at = task.due_on or NO_DAY, now
    task.save(update_fields=[*changed, "order_on", "updated_at"])
    names = [name.removesuffix("_id") for name in changed]
    write_down(
        task, TaskChange.What.CHANGED, viewer=viewer, now=now, fields=names, props={"fields": ",".join(names)}
    )  # fmt: skip
    return task


@transaction.atomic
def change_whole_task(*, viewer: Viewer, task: Task, fields: Mapping[str, Any], now: datetime) -> Task:
    """Change fields and, where `state` is among them, finish, drop or reopen: all or nothing."""
    task = change_task(viewer=viewer, task=task, fields=fields, now=now)
    state = fields.get("state", task.state)
    if state == task.state:
        return task
    deeds = {Task.State.DONE: complete_task, Task.State.DROPPED: drop_task, Task.State.OPEN: reopen_task}
    if state not in deeds or (state == Task.State.OPEN and not task.is_closed):
        raise Refused(_("Please choose from the list."), field="state")
    return deeds[Task.State(state)](viewer=viewer, task=task, now=now)


@transaction.atomic
def complete_task(*, viewer: Viewer, task: Task, now: datetime) -> Task:
    """Say that a task is done. One that lay at a department is taken back first."""
    return _closed(task, Task.State.DONE, TaskChange.What.DONE, viewer=viewer, now=now)


@transaction.atomic
def drop_task(*, viewer: Viewer, task: Task, now: datetime) -> Task:
    """Say that a task will not be done."""
    return _closed(task, Task.State.DROPPED, TaskChange.What.DROPPED, viewer=viewer, now=now)


@transaction.atomic
def reopen_task(*, viewer: Viewer, task: Task, now: datetime) -> Task:
    """Open a closed task again."""
    policies.require_worker(viewer)
    task = locked(task)
    if not task.is_closed:
        return task
    task.state, task.closed_at, task.updated_at = Task.State.OPEN, None, now
    task.save(update_fields=["state", "closed_at", "updated_at"])
    write_down(task, TaskChange.What.REOPENED, viewer=viewer, now=now)
    return task


@transaction.atomic
def tell_due(*, today: date, now: datetime, limit: int) -> int:
    """Record of up to `limit` open tasks that their due day has come, once per due day. Returns how many there were."""
    untold = Q(told_due_on=None) | ~Q(told_due_on=F("due_on"))
    due = Task.objects.filter(untold, state__in=WAITING, owner__isnull=False, order_on__lte=today)
    tasks = list(due.select_for_update(of=("self",)).order_by("order_on", "pk")[:limit])
    for task in tasks:
        record_task(activities.TASK_FELL_DUE, task, actor_id=None, now=now)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(told_due_on=F("due_on"))
    return len(tasks)


def locked(task: Task) -> Task:
    """Return the row as it is now, held until the transaction ends."""
    return Task.objects.select_for_update(of=("self",)).get(pk=task.pk)


def _closed(task: Task, state: Task.State, what: TaskChange.What, *, viewer: Viewer, now: datetime) -> Task:
    policies.require_worker(viewer)
    task = locked(task)
    if task.state in CLOSED:
        require(task.state == state, _("This task is closed already."))
        return task
    Handover.objects.filter(task=task, answered_at=None, taken_back_at=None).update(taken_back_at=now)
    task.state, task.closed_at, task.updated_at = state, now, now
    task.save(update_fields=["state", "closed_at", "updated_at"])
    write_down(task, what, viewer=viewer, now=now)
    return task


def _is_given(task: Task, viewer: Viewer) -> bool:
    """Tell whether somebody else made it for the owner, who therefore is told."""
    return task.owner_id is not None and task.owner_id != viewer.member_id


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": line(row, "title", longest=160, required=True),
        "body": text_of(row, "body", longest=LONGEST),
        "owner_id": row.get("owner_id"),
        "contact_id": row.get("contact_id"),
        "due_on": day(row, "due_on"),
    }


def _require_accounts(ids: set[int]) -> None:
    known = Account.objects.filter(pk__in=ids).exclude(state=Account.State.MERGED)
    if known.count() != len(ids):
        raise Refused(_("There is no customer with this number."), field="account_id")


def _require_team(ids: set[int | None]) -> None:
    wanted = {number for number in ids if number is not None}
    team = Member.objects.filter(
        pk__in=wanted, state=Member.State.ACTIVE, is_system=False, role_grants__role__in=customers.DESK_ROLES
    )
    if wanted - set(team.values_list("pk", flat=True)):
        raise Refused(_("Please choose somebody of the team."), field="owner")


def _require_person(account_id: int, contact_id: int | None) -> None:
    if contact_id is not None and not Employment.objects.filter(account_id=account_id, contact_id=contact_id).exists():
        raise Refused(_("This person does not work there."), field="contact")
