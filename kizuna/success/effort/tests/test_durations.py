"""Lengths are read as people write them, and nothing else is taken for one."""

import pytest

from kizuna.success.effort import durations


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1:30", 90), ("1.5", 90), ("２", 120), ("45m", 45), ("45分", 45), ("1時間30分", 90), ("1時間半", 90), ("2h", 120),
        ("1h 20m", 80), (" 0:05 ", 5), ("１：３０", 90), ("3 hours", 180), ("90 min", 90), ("0", 0),
    ],
)  # fmt: skip
def test_a_length_is_read(text, minutes):
    assert durations.minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "abc", "1:75", "-1", "1:2:3", "=1+1", "1e3", "NaN", "٣", "1.5.5", "九", "9" * 30])
def test_what_is_no_length_is_none(text):
    assert durations.minutes_of(text) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("電話15分。折り返し済み。", 15),
        ("オンライン相談（30分）。年末の設定を確認。", 30),
        ("お打ち合わせ 1時間30分", 90),
        ("Call with Miura, 20 min. Sent the file.", 20),
        ("訪問して1時間お話しました", 60),
    ],
)
def test_the_length_of_a_talk_is_found_in_a_note(text, minutes):
    assert durations.length_said(text)[0] == minutes


@pytest.mark.parametrize(
    "text", ["電話のあと30分後に折り返し", "15分で設定が終わる", "電話。\n資料は30分で読める", "電話00分", "相談は3件"]
)
def test_a_length_that_is_no_talk_is_not_offered(text):
    assert durations.length_said(text) is None


def test_minutes_are_written_as_hours():
    assert (durations.clock(5), durations.clock(90), durations.hours(270)) == ("0:05", "1:30", "4.5")
