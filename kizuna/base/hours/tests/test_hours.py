"""Business minutes: the design's weekend, the order of exceptions, and properties for any week and moment."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuna.base.hours import add_minutes, day_of, hours_of, is_open, minutes_between, next_opening, stored

TOKYO = ZoneInfo("Asia/Tokyo")
WEEK = {day: [["9:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = hours_of({"week": WEEK}, zone="Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=TOKYO)


def test_a_sunday_before_a_holiday_is_due_on_tuesday():
    sunday = at("22T10:45")
    assert not is_open(OFFICE, sunday)
    assert next_opening(OFFICE, sunday) == at("24T09:00")
    assert add_minutes(OFFICE, sunday, 240) == at("24T14:00")
    assert add_minutes(OFFICE, sunday, 120) == at("24T11:00")
    assert day_of(OFFICE, date(2026, 11, 23)).why == "holiday"
    assert day_of(OFFICE, date(2026, 11, 23)).name == "勤労感謝の日"


def test_friday_evening_goes_on_after_the_holiday():
    assert add_minutes(OFFICE, at("20T17:20"), 240) == at("24T13:20")
    assert minutes_between(OFFICE, at("20T17:20"), at("24T13:20")) == 240
    assert minutes_between(OFFICE, at("24T12:00"), at("24T13:00")) == 0


def test_a_due_at_the_end_of_a_period_stays_there():
    assert add_minutes(OFFICE, at("24T09:00"), 180) == at("24T12:00")
    assert add_minutes(OFFICE, at("24T12:00"), 0) == at("24T13:00")


def test_opening_beats_closing_beats_holiday_beats_week():
    hours = hours_of(
        {
            "week": WEEK,
            "closing": [{"day": "2026-11-24", "name": "棚卸し"}, {"day": "2026-11-25", "name": "休み"}],
            "opening": [
                {"day": "2026-11-23", "periods": [["10:00", "12:00"]], "name": "臨時"},
                {"day": "2026-11-25", "periods": [["22:00", "24:00"]], "name": ""},
            ],
        },
        zone="Asia/Tokyo",
    )
    assert next_opening(hours, at("22T10:45")) == at("23T10:00")
    assert add_minutes(hours, at("23T11:00"), 120) == at("25T23:00")
    assert [day_of(hours, date(2026, 11, day)).why for day in (23, 24, 25, 26)] == [
        "opening",
        "closing",
        "opening",
        "week",
    ]
    assert is_open(hours, at("25T23:59"))
    assert not is_open(hours, at("26T00:00"))


def test_hours_that_never_open_have_no_due():
    never = hours_of({}, zone="Asia/Tokyo")
    assert next_opening(never, at("22T10:45")) is None
    assert add_minutes(never, at("22T10:45"), 1) is None
    assert minutes_between(never, at("01T00:00"), at("22T00:00")) == 0


def test_holidays_can_be_worked():
    hours = hours_of({"week": WEEK, "closes_on_holidays": False}, zone="Asia/Tokyo")
    assert next_opening(hours, at("22T10:45")) == at("23T09:00")


def test_an_hour_that_the_clock_skips_is_not_counted():
    night = hours_of({"week": {"sun": [["0:00", "6:00"]]}, "closes_on_holidays": False}, zone="Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    spring = datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
    autumn = datetime(2026, 10, 25, tzinfo=berlin), datetime(2026, 10, 26, tzinfo=berlin)
    assert minutes_between(night, *spring) == 300
    assert minutes_between(night, *autumn) == 420


SENSELESS = [
    {"mon": [["9:00", "9:00"]]},
    {"mon": [["12:00", "9:00"]]},
    {"mon": [["9:00", "12:00"], ["11:00", "13:00"]]},
    {"mon": [["25:00", "26:00"]]},
    {"mon": [["９:00", "12:00"]]},
    {"mon": [["9", "12"]]},
    {"mon": [["1:00", "2:00"]] * 9},
    {"mon": 5},
    {"someday": []},
]


@pytest.mark.parametrize("week", SENSELESS)
def test_what_makes_no_sense_is_refused(week):
    with pytest.raises(ValueError):
        hours_of({"week": week}, zone="Asia/Tokyo")


@st.composite
def weeks(draw):
    """Return hours that open at least once a week."""

    def periods():
        marks = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=6)))
        return [[_clock(a), _clock(b)] for a, b in zip(marks[::2], marks[1::2], strict=False)]

    week = {day: periods() for day in ("mon", "tue", "wed", "thu", "fri", "sat")}
    week["sun"] = [["10:00", "11:00"]]
    zone = draw(st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "UTC"]))
    return hours_of({"week": week, "closes_on_holidays": draw(st.booleans())}, zone=zone)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@settings(max_examples=120, deadline=None)
@given(weeks(), moments, st.integers(0, 3000))
def test_adding_and_counting_agree(hours, moment, minutes):
    due = add_minutes(hours, moment, minutes)
    assert due is not None
    assert due >= moment
    assert minutes_between(hours, moment, due) == minutes


@settings(max_examples=120, deadline=None)
@given(weeks(), moments, st.integers(0, 1500), st.integers(0, 1500))
def test_two_steps_are_one(hours, moment, first, second):
    once = add_minutes(hours, moment, first)
    assert once is not None
    twice, whole = add_minutes(hours, once, second), add_minutes(hours, moment, first + second)
    assert twice is not None
    assert whole is not None
    assert minutes_between(hours, min(twice, whole), max(twice, whole)) == 0


@settings(max_examples=120, deadline=None)
@given(weeks(), moments)
def test_what_opens_next_is_open_and_nothing_lies_before(hours, moment):
    opens = next_opening(hours, moment)
    assert opens is not None
    assert is_open(hours, opens)
    assert minutes_between(hours, moment, opens) == 0
    assert is_open(hours, moment) == (opens == moment)


@settings(max_examples=60, deadline=None)
@given(weeks(), moments, st.integers(0, 5), st.integers(0, 5))
def test_counts_add_up_and_never_exceed_the_clock(hours, moment, first, second):
    middle, end = moment + timedelta(days=first), moment + timedelta(days=first + second)
    total = minutes_between(hours, moment, end)
    parts = minutes_between(hours, moment, middle) + minutes_between(hours, middle, end)
    assert 0 <= total - parts <= 1
    assert total <= (end - moment).total_seconds() / 60


@settings(max_examples=60, deadline=None)
@given(weeks())
def test_stored_hours_read_the_same(hours):
    assert hours_of(stored(hours), zone=hours.zone.key) == hours
