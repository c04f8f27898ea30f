"""The timer measures, never guesses, and there is one of it."""

from datetime import date, timedelta

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import Notification
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Forgotten, Work
from kizuna.success.effort.models import Effort, EffortTimer

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(desk, function, now):
    """Return a function that starts Emi's timer."""

    def start(slug="success", at=now, **fields):
        work = Work(day=at.date(), minutes=1, function_id=function(slug).pk, **fields)
        return actions.start_timer(viewer=desk, work=work, now=at)

    return start


def rows():
    return list(Effort.objects.order_by("pk").values_list("day", "minutes", "how"))


def test_stopping_notes_what_was_measured(desk, started, account, now):
    started(account_id=account.pk, touch="high")
    actions.stop_timer(viewer=desk, now=now + timedelta(minutes=41, seconds=40))
    effort = Effort.objects.get()
    assert (effort.minutes, effort.how, effort.account, effort.touch) == (42, "timer", account, "high")
    assert not EffortTimer.objects.exists()


def test_a_start_while_one_runs_switches(desk, started, now):
    started("success")
    started("support", at=now + timedelta(minutes=30))
    assert rows() == [(date(2026, 11, 22), 30, "timer")]
    assert EffortTimer.objects.get().function.slug == "support"


def test_a_timer_over_midnight_of_the_community_is_cut_there_and_adds_up(desk, started, now):
    at = now + timedelta(hours=11, minutes=50, seconds=20)  # 23:50:20 in Tokyo
    started(at=at)
    actions.stop_timer(viewer=desk, now=at + timedelta(minutes=25))
    assert rows() == [(date(2026, 11, 22), 10, "timer"), (date(2026, 11, 23), 15, "timer")]


def test_an_accidental_click_is_no_work(desk, started, now):
    started()
    assert actions.stop_timer(viewer=desk, now=now + timedelta(seconds=20)) == []
    assert not Effort.objects.exists()
    assert not EffortTimer.objects.exists()


def test_a_forgotten_timer_is_never_counted_by_itself(desk, started, function, now):
    started()
    late = now + timedelta(hours=10, minutes=1)
    with pytest.raises(Forgotten):
        actions.stop_timer(viewer=desk, now=late)
    with pytest.raises(Forgotten):
        actions.start_timer(viewer=desk, work=Work(late.date(), 1, function("support").pk), now=late)
    assert not Effort.objects.exists()
    assert EffortTimer.objects.get().function.slug == "success"
    actions.settle_timer(viewer=desk, minutes=45, now=late)
    assert rows() == [(date(2026, 11, 22), 45, "manual")]


def test_a_forgotten_timer_may_be_thrown_away(desk, started, now):
    started()
    assert actions.settle_timer(viewer=desk, minutes=None, now=now + timedelta(days=3)) is None
    assert not Effort.objects.exists()
    assert not EffortTimer.objects.exists()


def test_its_person_is_asked_once(desk, emi, started, now):
    started()
    assert actions.flag_forgotten(now=now + timedelta(hours=9)) == 0
    late = now + timedelta(hours=11)
    assert actions.flag_forgotten(now=late) == 1
    assert actions.flag_forgotten(now=late + timedelta(hours=1)) == 0
    run_waiting()
    assert list(Notification.objects.values_list("member_id", "kind")) == [(emi.pk, "effort.forgotten")]


def test_the_limit_is_the_managers(desk, owner, started, now):
    actions.set_timer_hours(viewer=owner, hours=2, now=now)
    started()
    with pytest.raises(Forgotten):
        actions.stop_timer(viewer=desk, now=now + timedelta(hours=3))
    with pytest.raises(Refused):
        actions.set_timer_hours(viewer=desk, hours=2, now=now)
    with pytest.raises(Refused):
        actions.set_timer_hours(viewer=owner, hours=99, now=now)


def test_a_timer_that_reaches_into_a_closed_week_stays_until_it_is_answered(desk, owner, started, now):
    at = now + timedelta(hours=11, minutes=30)  # Sunday 23:30 in Tokyo
    started(at=at)
    monday = date(2026, 11, 16)
    later = at + timedelta(hours=1)
    actions.close_week(viewer=owner, week_on=monday, now=later)
    with pytest.raises(Refused):
        actions.stop_timer(viewer=desk, now=later)
    assert EffortTimer.objects.exists()
    assert not Effort.objects.exists()


def test_members_have_no_timer(chie, viewer_of, function, now):
    with pytest.raises(Refused):
        actions.start_timer(viewer=viewer_of(chie), work=Work(now.date(), 1, function().pk), now=now)
