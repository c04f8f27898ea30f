"""Two at once: one timer, no day beyond 24 hours, no write that slips past a closing."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from kizuna.core.members.policies import Refused
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Work
from kizuna.success.effort.models import Effort, EffortTimer, EffortWeek
from kizuna.success.effort.tests.conftest import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_starts_at_once_leave_one_timer_and_count_nothing(at_once, desk, function, now):
    work = Work(day=now.date(), minutes=1, function_id=function().pk)
    at_once([lambda: actions.start_timer(viewer=desk, work=work, now=now)] * 6)
    assert EffortTimer.objects.count() == 1
    assert not Effort.objects.exists()


def test_four_stops_at_once_note_the_hours_once(at_once, desk, function, now):
    actions.start_timer(viewer=desk, work=Work(now.date(), 1, function().pk), now=now)
    at_once([lambda: actions.stop_timer(viewer=desk, now=now + timedelta(minutes=30))] * 4)
    assert list(Effort.objects.values_list("minutes", flat=True)) == [30]


def test_a_day_stays_within_24_hours_however_many_write(at_once, desk, noted):
    at_once([lambda: noted(10 * 60)] * 5)
    assert Effort.objects.aggregate(total=Sum("minutes"))["total"] == 20 * 60


def test_no_write_slips_past_a_closing(at_once, owner, noted, now):
    later = now + timedelta(days=1)
    acts = [lambda: noted(5, at=later)] * 4 + [lambda: actions.close_week(viewer=owner, week_on=MONDAY, now=later)]
    at_once(acts)
    if EffortWeek.objects.get(week_on=MONDAY).is_closed:
        with pytest.raises(Refused):
            noted(5, at=later)
