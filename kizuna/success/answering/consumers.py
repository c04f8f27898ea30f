"""What follows: a new inquiry is compared, and what a template says happens after its answer was sent."""

from kizuna.base.jobs.ledger import enqueue
from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.success.answering import actions
from kizuna.success.inbox import activities as inbox


def compare(*, activity: Activity) -> None:
    """Have a new inquiry compared soon."""
    enqueue("answering.compare", key="answering.compare", priority=-2)


def act_afterwards(*, activity: Activity) -> None:
    """Do what the template says that the sent answer was written with."""
    actions.act_afterwards(
        inquiry_id=activity.object_id or 0, message_id=activity.props.get("message") or 0, now=activity.at
    )


COMPARE = Consumer("compare_inquiry", (inbox.INQUIRY_OPENED,), compare)
AFTERWARDS = Consumer("act_after_template", (inbox.INQUIRY_REPLIED,), act_afterwards)
