"""What follows for customers when somebody answered a survey or an answer was corrected, however that came in."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.engagement.surveys.activities import SURVEY_ANSWERED, SURVEY_CORRECTED
from kizuna.success.imports.kinds.nps import show_answers


def show_answer(*, activity: Activity) -> None:
    """Let an answer stand on the timeline of its customer as it is now. One that a table brought stands there already."""
    show_answers([activity.object_id or 0])


ANSWERS = Consumer("answers_on_timeline", (SURVEY_ANSWERED, SURVEY_CORRECTED), show_answer, historical=True)
