"""A fold that is killed with -9 at any point is continued: nothing is lost and nothing counts twice."""

import random
import signal

import pytest

from kizuna.success.usage import actions
from kizuna.success.usage.models import UsageDayCount, UsageReceipt
from kizuna.success.usage.tests.conftest import RECEIVED, bring, event, fold, kept
from tests.dying import in_a_child

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

WATCHED = (
    "usage/actions/folds.py",
    "usage/actions/steps.py",
    "usage/actions/names.py",
    "usage/staging.py",
    "usage/folding.py",
    "usage/seen.py",
)
PER_EVENT = {"_events", "hashed", "refuse", "<genexpr>", "<setcomp>", "<dictcomp>", "<listcomp>"}
BATCH = 40


def fold_in_a_child(die_at: int) -> tuple[int, int]:
    """Fold in another process; return the signal that ended it and how many points it passed."""
    return in_a_child(fold, die_at, watched=WATCHED, often=PER_EVENT)


def batch(number: int) -> list[dict]:
    events = [event(number * BATCH + index, userId=f"u-{index % 7}") for index in range(BATCH)]
    events.append(event(number, type="group", messageId=f"g-{number}", groupId="acme", traits={"plan": "pro"}))
    return events


def assert_each_counted_once(lake, batches: int) -> None:
    ids = [row["id"] for row in kept(lake)]
    assert len(ids) == len(set(ids)) == batches * (BATCH + 1)
    assert sum(UsageDayCount.objects.values_list("count", flat=True)) == batches * BATCH
    assert UsageReceipt.objects.get().taken_count == batches * (BATCH + 1)


def run_rounds(lake, key, points: list[int]) -> None:
    for number, die_at in enumerate(points, start=1):
        bring(*batch(number), key=key.pk)
        ended_by, _ = fold_in_a_child(die_at)
        assert ended_by == signal.SIGKILL
        fold()  # what a crash left is finished by whoever comes next
        fold()
        assert_each_counted_once(lake, number + 1)
        assert not list((lake / "staging").glob("*"))
        assert not list((lake / "inbox").glob("*.jsonl"))
    bring(*batch(0), *batch(len(points)), key=key.pk)
    assert fold() == 0


def passages_of_one_fold(key) -> int:
    bring(*batch(0), key=key.pk)
    ended_by, passed = fold_in_a_child(die_at=0)
    assert ended_by == 0
    assert passed > 40
    return passed


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_fold_is_continued(lake, key, seed):
    draw = random.Random(seed)
    passed = passages_of_one_fold(key)
    run_rounds(lake, key, [draw.randint(1, passed) for _ in range(4)])


@pytest.mark.slow
def test_a_fold_may_be_killed_at_every_point(lake, key):
    passed = passages_of_one_fold(key)
    run_rounds(lake, key, list(range(1, passed + 1)))


def test_a_killed_rebuild_is_finished_by_the_next_fold(lake, key):
    bring(*batch(0), *batch(1), key=key.pk)
    fold()
    before = set(UsageDayCount.objects.values_list("day", "person_id", "name_id", "count", "first_at", "last_at"))
    actions.begin_again(time_zone="Asia/Tokyo")
    actions.clear_some()  # and dies here
    assert not UsageDayCount.objects.exists()
    fold(RECEIVED)
    assert (
        set(UsageDayCount.objects.values_list("day", "person_id", "name_id", "count", "first_at", "last_at")) == before
    )
