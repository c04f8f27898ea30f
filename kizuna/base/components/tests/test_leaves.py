"""Leaves escape what they are given and hold no style attribute."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from kizuna.base.components import leaves

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tokyo():
    with timezone.override(ZoneInfo("Asia/Tokyo")), translation.override("ja"):
        yield


def test_a_time_is_absolute_with_the_full_date_as_title():
    drawn = leaves.moment(datetime(2026, 11, 22, 0, 10, tzinfo=UTC), now=NOW)
    assert 'datetime="2026-11-22T00:10:00Z"' in drawn
    assert 'title="2026年11月22日（日） 9:10 JST"' in drawn
    assert ">11月22日 9:10</time>" in drawn


def test_a_stored_time_keeps_its_year():
    assert ">2026年11月22日 9:10</time>" in leaves.moment(datetime(2026, 11, 22, 0, 10, tzinfo=UTC))


def test_a_time_of_another_year_keeps_its_year():
    assert ">2025年12月31日 23:59</time>" in leaves.moment(datetime(2025, 12, 31, 14, 59, tzinfo=UTC), now=NOW)


def test_english_times_are_english():
    with translation.override("en"):
        drawn = leaves.moment(datetime(2026, 11, 22, 0, 10, tzinfo=UTC), now=NOW)
    assert ">22 Nov 9:10</time>" in drawn
    assert "Sunday, 22 Nov 2026 9:10 JST" in drawn


def test_a_time_that_must_not_move_has_no_element_for_scripts():
    assert "k-time" not in leaves.moment(NOW, relative=False)


@pytest.mark.parametrize(("hue", "step"), [(0, 0), (14, 1), (150, 15), (355, 0), (359, 0), (360, 0)])
def test_hues_become_steps_of_ten_degrees(hue, step):
    assert leaves.hue_step(name="x", hue=hue) == step


def test_without_a_hue_the_name_decides_and_stays():
    assert leaves.hue_step(name="木村", hue=None) == leaves.hue_step(name="木村", hue=None) in range(36)


def test_an_avatar_shows_the_first_character_and_is_decorative():
    drawn = leaves.avatar(name="木村 あおい", hue=150)
    assert drawn == '<span class="avatar ah-15" aria-hidden="true">木</span>'


def test_an_avatar_picture_has_an_empty_alternative():
    assert 'alt=""' in leaves.avatar(name="木村", url="/f/k/a.png", size="lg")


@pytest.mark.parametrize(
    "drawn",
    [
        leaves.chip("<b>", url='"><b>'),
        leaves.avatar(name="<b>", url='"><b>'),
        leaves.avatar(name="<", hue=1),
        leaves.text_link('"><b>', "<b>"),
        leaves.bar(10, label='"><b>'),
        leaves.sparkline([1], label='"><b>'),
        leaves.icon("bell", label='"><b>'),
    ],
)
def test_words_are_escaped(drawn):
    assert "<b>" not in drawn
    assert "><<" not in drawn


@pytest.mark.parametrize(("percent", "width"), [(-5, "0%"), (82.6, "82.6%"), (140, "100%")])
def test_bars_stay_inside_their_box(percent, width):
    assert f'width="{width}"' in leaves.bar(percent)


def test_a_bar_without_label_is_hidden_from_readers():
    assert 'aria-hidden="true"' in leaves.bar(50)
    assert 'role="img" aria-label="半分"' in leaves.bar(50, label="半分")


def test_a_ring_is_drawn_by_attributes():
    drawn = leaves.ring(50, label="50点")
    assert 'stroke-dasharray="151.0 302.0"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(
    ("values", "points"), [([0, 5, 10], "0,28 50,15 100,2"), ([0, 0], "0,28 100,28"), ([4], "0,2")]
)
def test_a_curve_goes_from_left_to_right_and_stays_in_its_box(values, points):
    drawn = leaves.sparkline(values, label="56日")
    assert f'<polyline points="{points}"' in drawn
    assert 'role="img" aria-label="56日"' in drawn
    assert "style=" not in drawn


def test_a_curve_of_nothing_is_empty():
    assert 'points=""' in leaves.sparkline([], label="なし")


def test_parts_of_a_whole_follow_each_other():
    drawn = leaves.stackbar([("good-fill", 55), ("warn-fill", 40), ("bad-fill", 5)], label="内訳")
    assert 'x="55%" width="40%"' in drawn
    assert 'x="95%" width="5%"' in drawn
    assert ">55%<" in drawn
    assert ">5%<" not in drawn


@pytest.mark.parametrize("draw", [leaves.count, leaves.pip])
def test_nothing_is_counted_for_zero(draw):
    assert draw(0) == ""
    assert "999+" in draw(1000)
