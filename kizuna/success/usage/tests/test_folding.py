"""Events become daily rollups, each once, whatever order they come in and whoever dies on the way."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.success.usage import actions, folding
from kizuna.success.usage.models import (
    UsageDayCount,
    UsageDayTotal,
    UsageFold,
    UsageMembership,
    UsageReceipt,
    UsageSubject,
)
from kizuna.success.usage.tests.conftest import RECEIVED, bring, event, fold, kept

pytestmark = pytest.mark.django_db


def counts() -> set[tuple]:
    rows = UsageDayCount.objects.values_list(
        "day", "person__external_id", "group__external_id", "name__kind", "name__name", "count", "first_at", "last_at"
    )
    return set(rows)


def everything() -> tuple:
    subjects = UsageSubject.objects.exclude(trait_times={}).values_list("kind", "external_id", "traits", "trait_times")
    return (
        counts(),
        set(UsageDayTotal.objects.values_list("day", "name__kind", "name__name", "count")),
        set(UsageMembership.objects.values_list("person__external_id", "group__external_id", "first_at", "last_at")),
        sorted((kind, who, sorted(traits.items()), sorted(times.items())) for kind, who, traits, times in subjects),
    )


def test_events_are_counted_by_person_group_name_and_day_of_the_community(lake, key):
    late_evening = "2026-11-21T14:59:00Z"  # 23:59 in Tokyo
    midnight = "2026-11-21T15:00:00Z"
    bring(
        event(1, timestamp=late_evening),
        event(2, timestamp=midnight),
        event(3, timestamp="2026-11-21T20:00:00Z"),
        event(4, timestamp=midnight, context={"groupId": "acme"}),
        event(5, type="page", event=None, name="Pricing", userId=None, anonymousId="a-1", timestamp=midnight),
        key=key.pk,
    )
    assert fold() == 5
    first, second = datetime(2026, 11, 21, 15, tzinfo=UTC), datetime(2026, 11, 21, 20, tzinfo=UTC)
    evening = datetime(2026, 11, 21, 14, 59, tzinfo=UTC)
    assert counts() == {
        (date(2026, 11, 21), "u-1", "", "track", "Report Opened", 1, evening, evening),
        (date(2026, 11, 22), "u-1", "", "track", "Report Opened", 2, first, second),
        (date(2026, 11, 22), "u-1", "acme", "track", "Report Opened", 1, first, first),
        (date(2026, 11, 22), "", "", "page", "Pricing", 1, first, first),
    }
    assert set(UsageDayTotal.objects.values_list("day", "name__name", "count")) == {
        (date(2026, 11, 21), "Report Opened", 1),
        (date(2026, 11, 22), "Report Opened", 3),
        (date(2026, 11, 22), "Pricing", 1),
    }


def test_a_repeated_message_counts_once_within_a_fold_and_days_later(lake, key):
    bring(event(1), event(1), event(2), key=key.pk)
    assert fold() == 2
    later = RECEIVED + timedelta(days=30)
    bring(event(2), event(3), key=key.pk, received_at=later)
    assert fold(later) == 1
    assert sum(UsageDayCount.objects.values_list("count", flat=True)) == 3
    assert sorted(row["id"] for row in kept(lake)) == ["m-1", "m-2", "m-3"]
    assert [(row.taken_count, row.repeated_count) for row in UsageReceipt.objects.order_by("day")] == [(2, 1), (1, 1)]


def test_ids_are_forgotten_after_the_window(lake, key):
    bring(event(1), key=key.pk)
    fold()
    later = RECEIVED + timedelta(days=36)
    bring(event(1), key=key.pk, received_at=later)
    assert fold(later) == 1


def test_the_index_of_ids_stays_right_when_its_files_are_merged(lake, key):
    for number in range(12):
        bring(event(number), key=key.pk)
        fold()
    assert len(list((lake / "seen").glob("day=*/*.u64"))) < 12
    bring(*(event(number) for number in range(13)), key=key.pk)
    assert fold() == 1


def test_the_senders_clock_is_corrected_and_nothing_happens_in_the_future(lake, key):
    skew = timedelta(hours=5)
    bring(
        event(1, timestamp=(RECEIVED + skew - timedelta(minutes=2)).isoformat()),
        key=key.pk,
        sent_at=RECEIVED + skew,
    )
    bring(event(2, timestamp=(RECEIVED + timedelta(days=400)).isoformat()), key=key.pk)
    bring(event(3, timestamp=None), key=key.pk)
    fold()
    assert {row["id"]: row["at"] for row in kept(lake)} == {
        "m-1": (RECEIVED - timedelta(minutes=2)).isoformat(),
        "m-2": RECEIVED.isoformat(),
        "m-3": RECEIVED.isoformat(),
    }


def test_the_latest_trait_by_event_time_stands_whatever_arrives_last(lake, key):
    newer, older = "2026-11-20T00:00:00Z", "2026-11-10T00:00:00Z"
    bring(event(1, type="identify", traits={"plan": "pro", "seats": 5}, timestamp=newer), key=key.pk)
    fold()
    bring(event(2, type="identify", traits={"plan": "free", "city": "大阪"}, timestamp=older), key=key.pk)
    bring(event(3, type="group", groupId="acme", traits={"name": "アクメ"}, timestamp=older), key=key.pk)
    fold()
    person = UsageSubject.objects.get(kind="person", external_id="u-1")
    assert person.traits == {"plan": "pro", "seats": 5, "city": "大阪"}
    assert UsageSubject.objects.get(kind="group", external_id="acme").traits == {"name": "アクメ"}
    membership = UsageMembership.objects.get()
    assert (membership.person_id, membership.first_at) == (person.pk, datetime(2026, 11, 10, tzinfo=UTC))


def drawn_events(draw: random.Random, count: int) -> list[dict]:
    events = []
    for number in range(count):
        kind = draw.choice(["track", "track", "page", "identify", "group"])
        at = RECEIVED - timedelta(seconds=draw.randint(0, 400_000))
        fields = {"userId": f"u-{draw.randint(1, 30)}", "timestamp": at.isoformat(), "type": kind}
        fields["traits"] = {f"t{draw.randint(1, 140)}": draw.randint(1, 9)}
        if kind == "group":
            fields["groupId"] = f"g-{draw.randint(1, 4)}"
        if kind == "page":
            fields["name"] = f"Page {draw.randint(1, 3)}"
        events.append(event(number, **fields))
    return events


def test_rebuilt_equals_original_and_the_order_of_arrival_does_not_matter(lake, key):
    draw = random.Random(7)
    events = drawn_events(draw, 900)
    for start in range(0, 900, 300):
        bring(*events[start : start + 300], key=key.pk)
        fold()
    original = everything()
    assert len(original[0]) > 100
    assert folding.rebuild(report=lambda line: None, clock=lambda: RECEIVED) == 900
    assert everything() == original
    receipts = list(UsageReceipt.objects.values_list("taken_count", flat=True))
    assert receipts == [900]


def test_shuffled_arrival_gives_the_same(lake, key):
    events = drawn_events(random.Random(8), 400)
    results = []
    for seed in (1, 2):
        random.Random(seed).shuffle(events)
        for number, one in enumerate(events):
            one["messageId"] = one["messageId"].partition("/")[0] + f"/{seed}"
            one["n"] = number
        for start in range(0, 400, 90):
            bring(*events[start : start + 90], key=key.pk)
            fold()
        found = everything()
        results.append((found[0], found[1], found[2], [(kind, who, traits) for kind, who, traits, _ in found[3]]))
        actions.begin_again(time_zone="Asia/Tokyo")
        while actions.clear_some():
            pass
        UsageFold.objects.all().delete()
    assert results[0] == results[1]


def test_a_change_of_the_time_zone_counts_again_in_the_new_days(lake, key):
    bring(event(1, timestamp="2026-11-21T16:00:00Z"), key=key.pk)
    fold()
    assert UsageDayCount.objects.get().day == date(2026, 11, 22)
    community.change_setting(keys.TIME_ZONE, value="Europe/London", member_id=None)
    fold()
    row = UsageDayCount.objects.get()
    assert (row.day, row.count) == (date(2026, 11, 21), 1)


def test_a_line_that_the_disk_spoiled_does_not_hold_up_the_others(lake, key):
    bring(event(1), event(2), key=key.pk)
    path = next((lake / "inbox").glob("*.jsonl"))
    path.write_bytes(b'{"k":1,"t"\n' + path.read_bytes())
    assert fold() == 2


def test_two_cannot_fold_at_once(lake, key):
    bring(event(1), key=key.pk)
    with folding.the_only_one(), pytest.raises(folding.Busy):
        fold()
    assert fold() == 1


def test_hostile_texts_reach_both_databases_harmlessly(lake, key):
    bring(
        event(1, userId="u\0\ud800", event="名前\0'; DROP TABLE", properties={"x": "\0"}),
        event(2, type="identify", traits={"a\0": "\0\udfff", "big": 10**30, "nested": {"b": [1]}, "f": 1.5}),
        key=key.pk,
    )
    assert fold() == 2
    assert UsageDayCount.objects.filter(person__external_id="u?", name__name="名前'; DROP TABLE").count() == 1
    traits = UsageSubject.objects.get(external_id="u-1").traits
    assert traits == {"a": "?", "big": str(10**30), "nested": "{'b': [1]}", "f": 1.5}
