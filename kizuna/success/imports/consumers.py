"""What follows for customers when somebody answered a survey, however the answer came in."""

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.engagement.surveys.activities import SURVEY_ANSWERED
from kizuna.engagement.surveys.models import Response
from kizuna.success.customers import actions as customers
from kizuna.success.imports.kinds.nps import touch_of


def show_answer(*, activity: Activity) -> None:
    """Put an answer on the timeline of its customer. One that a table brought stands there already."""
    response = Response.objects.filter(pk=activity.object_id or 0).select_related("survey").first()
    if response is not None and (response.account_id or response.contact_id):
        customers.write_touchpoints([touch_of(response, response.survey.title)])


ANSWERS = Consumer("answers_on_timeline", (SURVEY_ANSWERED,), show_answer, historical=True)
