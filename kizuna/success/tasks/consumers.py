"""What follows for tasks: whoever they concern is told."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.notifications.actions import notify
from kizuna.success.tasks import activities, notices
from kizuna.success.tasks.models import DepartmentMember


def tell_owner(*, activity: Activity) -> None:
    """Tell the owner of a task that somebody else gave them."""
    is_given = activity.props.get("is_given") or "owner" in activity.props.get("fields", "").split(",")
    if is_given:
        _tell(activity, notices.GIVEN.name, [activity.props.get("owner")])


def tell_department(*, activity: Activity) -> None:
    """Tell the department to which a task was handed."""
    seats = DepartmentMember.objects.filter(department_id=activity.props.get("department"))
    _tell(activity, notices.HANDED.name, list(seats.values_list("member_id", flat=True)))


def tell_of_return(*, activity: Activity) -> None:
    """Tell the owner, and whoever handed it over, that a task came back."""
    _tell(activity, notices.RETURNED.name, [activity.props.get("owner"), activity.props.get("handed_by")])


def tell_due(*, activity: Activity) -> None:
    """Tell the owner that the due day has come."""
    _tell(activity, notices.DUE.name, [activity.props.get("owner")])


def _tell(activity: Activity, kind: str, whom: list[int | None]) -> None:
    notify(
        recipients=[member_id for member_id in whom if member_id],
        kind=kind,
        activity=activity,
        actor_id=activity.actor_id,
        target_type="task",
        target_id=activity.object_id or 0,
    )


OWNER = Consumer("tell_owner_of_task", (activities.TASK_MADE, activities.TASK_CHANGED), tell_owner)
DEPARTMENT = Consumer("tell_department_of_task", (activities.TASK_HANDED,), tell_department)
RETURN = Consumer("tell_of_returned_task", (activities.TASK_RETURNED,), tell_of_return)
DUE = Consumer("tell_of_due_task", (activities.TASK_FELL_DUE,), tell_due)
