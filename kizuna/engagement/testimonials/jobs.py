"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.engagement.testimonials import actions


@job("testimonials.drop_expired")
def drop_expired() -> None:
    """Let kept pages forget what ran out yesterday."""
    actions.drop_expired(today=local_day(timezone.now()))
