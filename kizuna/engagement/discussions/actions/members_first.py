"""Members first: questions whose time with members is over reach staff."""

from datetime import datetime

from django.db import transaction

from kizuna.engagement.discussions.actions.topics import tell_staff
from kizuna.engagement.discussions.models import State, Topic

BATCH = 200


def tell_staff_of_due(*, now: datetime) -> int:
    """Tell staff of every visible topic that is due, each in its own transaction, and return how many."""
    due = Topic.objects.filter(staff_at__lte=now, state=State.VISIBLE, is_closed=False).order_by("staff_at")
    told = 0
    for topic in due[:BATCH]:
        with transaction.atomic():
            told += tell_staff(topic=topic, now=now)
    return told
