"""What can happen to hours. None of it is a touch of the customer's."""

from kizuna.core.activity.types import ActivityType

EFFORT_NOTED = ActivityType(
    "effort.noted", "Working time was noted.", {"minutes": int, "how": str, "function": str, "account": int}
)
EFFORT_CHANGED = ActivityType("effort.changed", "A row of working time was changed.", {"minutes": int, "before": int})
EFFORT_REMOVED = ActivityType("effort.removed", "A row of working time was removed.", {"minutes": int})
TIMER_FORGOTTEN = ActivityType(
    "effort.timer_forgotten", "A timer ran longer than anybody works, so its person is asked.", {"hours": int}
)
WEEK_CLOSED = ActivityType("effort.week_closed", "The working time of a week was closed.", {"week": str})
WEEK_REOPENED = ActivityType("effort.week_reopened", "A closed week was opened again.", {"week": str})
FUNCTION_DEFINED = ActivityType("effort.function_defined", "A function of work was added, renamed or retired.", {})
