"""What follows for hours: whoever forgot a timer is asked."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.core.notifications.actions import notify
from kizuna.success.effort import activities, notices


def ask_forgetful(*, activity: Activity) -> None:
    """Ask the person whose timer still runs."""
    notify(
        recipients=[activity.actor_id] if activity.actor_id else [],
        kind=notices.FORGOTTEN.name,
        activity=activity,
        target_type="effort_timer",
        target_id=activity.object_id or 0,
    )


FORGOTTEN = Consumer("ask_forgotten_timers", (activities.TIMER_FORGOTTEN.verb,), ask_forgetful)
