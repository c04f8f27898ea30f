"""What follows for the mailbox: whoever asks is told at once that it arrived."""

from django.utils import timezone

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.success.inbox import activities
from kizuna.success.mailbox import actions, queries


def acknowledge(*, activity: Activity) -> None:
    """Write the mail that says that an inquiry was received."""
    actions.acknowledge(inquiry_id=activity.object_id or 0, now=timezone.now())


RECEIVED = Consumer(
    "acknowledge_inquiry", (activities.INQUIRY_OPENED,), acknowledge, only_when=queries.acknowledges_anything
)
