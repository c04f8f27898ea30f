"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.engagement.discussions.actions import audiences, members_first, solved_checks


@job("discussions.tell_staff", effects="outside")
def tell_staff() -> None:
    members_first.tell_staff_of_due(now=timezone.now())


@job("discussions.ask_if_solved", effects="outside")
def ask_if_solved() -> None:
    solved_checks.ask_after_silence(now=timezone.now())


@job("discussions.spread_audience", effects="outside")
def spread_audience(*, space_id: int) -> None:
    while audiences.spread_to_posts(space_id=space_id):
        pass
