"""What follows for calls: those written down as encounters, and inquiries that were answered by telephone."""

from django.utils import timezone

from kizuna.core.activity.consumers import Consumer
from kizuna.core.activity.models import Activity
from kizuna.success.calls import actions
from kizuna.success.encounters import activities as encounters
from kizuna.success.encounters.models import Encounter
from kizuna.success.inbox import activities as inbox
from kizuna.success.inbox.models import Inquiry


def follow_encounter(*, activity: Activity) -> None:
    """Keep the list of calls as encounters say it."""
    found = Encounter.objects.filter(pk=activity.object_id or 0).first()
    if found is not None:
        actions.follow_encounter(encounter=found, now=timezone.now())


def follow_missed(*, activity: Activity) -> None:
    """Keep missed calls that came into the inbox another way in the list of calls."""
    if activity.props.get("channel") != Inquiry.Channel.MISSED:
        return
    found = Inquiry.objects.filter(pk=activity.object_id or 0).first()
    if found is not None:
        actions.follow_missed(inquiry=found, now=timezone.now())


def join_answer(*, activity: Activity) -> None:
    """Join the call by which an inquiry was answered."""
    if activity.props.get("reason") != Inquiry.Reason.PHONE:
        return
    found = Inquiry.objects.filter(pk=activity.object_id or 0).first()
    if found is not None:
        actions.answer_by_telephone(inquiry=found)


ENCOUNTERS = Consumer(
    "calls.follow_encounter",
    [
        encounters.ENCOUNTER_LOGGED,
        encounters.ENCOUNTER_EDITED,
        encounters.ENCOUNTER_REMOVED,
        encounters.ENCOUNTER_RESTORED,
    ],
    follow_encounter,
    historical=True,
)
MISSED = Consumer("calls.follow_missed", [inbox.INQUIRY_OPENED], follow_missed, historical=True)
ANSWERS = Consumer("calls.join_answer", [inbox.INQUIRY_CLOSED], join_answer)
