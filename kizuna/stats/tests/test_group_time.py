"""Group-time effects: the staggered toy, known truth, refusals, and agreement of the two code paths."""

import math

import numpy as np
import pytest

from kizuna import stats
from kizuna.stats.tests.coverage import staggered_panel

did = stats.effects.doubly_robust_did
NEVER = math.nan


def rows_of(outcomes, joined):
    """Return long rows from a table (units, periods 1..T) and joining periods."""
    outcomes = np.asarray(outcomes, dtype=float)
    units, periods = outcomes.shape
    return {
        "outcome": outcomes.ravel(), "period": np.tile(np.arange(1, periods + 1), units),
        "unit": np.repeat(np.arange(units), periods), "first_treated": np.repeat(np.asarray(joined, dtype=float), periods),
    }  # fmt: skip


def toy():
    return rows_of([[0, 1, 4], [0, 0, 1]], [2, 3])


def test_the_staggered_toy_gives_one_and_leaves_period_three_unidentified():
    effects = did(**toy())
    assert effects.att(2, 2).value == 1
    assert {(group, period) for group, period, _ in effects.not_identified} >= {(2.0, 3.0), (3.0, 3.0)}
    for group in (2, 3):
        with pytest.raises(stats.NotIdentified):
            effects.att(group, 3)
    assert effects.att(2, 2).low == -math.inf
    assert "interval_not_estimable" in effects.att(2, 2).cannot_say


def test_two_way_fixed_effects_would_say_minus_one_half_and_are_refused():
    rows = toy()
    dummies = np.column_stack([
        rows["period"] >= rows["first_treated"], rows["unit"] == 0, rows["unit"] == 1, rows["period"] == 2, rows["period"] == 3
    ]).astype(float)  # fmt: skip
    assert np.linalg.lstsq(dummies, rows["outcome"], rcond=None)[0][0] == pytest.approx(-0.5)
    with pytest.raises(stats.TwoWayRefused):
        did(**rows, estimator="two_way_fixed_effects")


def test_two_periods_without_covariates_equal_the_difference_of_mean_changes():
    generator = np.random.default_rng(0)
    outcomes, joined = generator.normal(size=(60, 2)), np.where(np.arange(60) < 25, 2, NEVER)
    effects = did(**rows_of(outcomes, joined))
    change = outcomes[:, 1] - outcomes[:, 0]
    reference = stats.effects.difference_in_means(change, np.arange(60) < 25)
    assert effects.value == pytest.approx(reference.value)
    assert effects.standard_error == pytest.approx(reference.standard_error)
    assert (effects.low, effects.high) == pytest.approx((reference.low, reference.high), rel=0.01)


def test_a_covariate_without_variation_changes_nothing():
    generator = np.random.default_rng(1)
    rows = rows_of(generator.normal(size=(60, 3)), np.where(np.arange(60) < 25, 2, NEVER))
    plain, known = did(**rows), did(**rows, covariates=np.ones(180))
    assert known.value == pytest.approx(plain.value)
    assert known.standard_error == pytest.approx(plain.standard_error, rel=0.02)


def test_group_time_effects_find_the_known_truth():
    rows, truth = staggered_panel(np.random.default_rng(2), 3000, True)
    effects = did(**rows)
    assert effects.low < truth < effects.high
    assert effects.att(3, 5).value == pytest.approx(2.0, abs=0.25)
    assert effects.att(6, 6).value == pytest.approx(1.0, abs=0.25)
    events = {row.event_time: row for row in effects.event_study}
    assert events[3.0].value == pytest.approx(2.5, abs=0.25)
    assert [row.group for row in effects.by_group] == [3.0, 4.0, 6.0]
    assert stats.effects.pre_trend(effects).p_value > 0.01


def test_covariates_remove_a_trend_that_drives_joining():
    rows, truth = staggered_panel(np.random.default_rng(6), 3000, True)
    naive = did(**(rows | {"covariates": None}))
    assert not naive.low < truth < naive.high
    test = stats.effects.pre_trend(naive)
    assert test.p_value < 0.01
    assert "pre_trend_seen" in test.cannot_say


def test_bands_hold_all_rows_and_are_wider_than_intervals():
    rows, _ = staggered_panel(np.random.default_rng(3), 300, False)
    effects = did(**rows)
    for row in (*effects.cells, *effects.event_study):
        assert row.band_low <= row.low < row.value < row.high <= row.band_high


def test_never_joined_controls_and_not_yet_joined_controls_agree():
    rows, truth = staggered_panel(np.random.default_rng(4), 2000, False)
    for control in ("never", "not_yet"):
        effects = did(**rows, control=control)
        assert effects.low - 0.05 < truth < effects.high + 0.05


def test_without_never_joined_units_the_never_control_is_refused():
    rows = rows_of(np.random.default_rng(0).normal(size=(20, 3)), [2] * 10 + [3] * 10)
    with pytest.raises(stats.NotIdentified):
        did(**rows, control="never")


def test_zero_nan_and_infinity_all_mean_never():
    outcomes = np.random.default_rng(0).normal(size=(30, 3))
    results = [did(**rows_of(outcomes, [2] * 10 + [never] * 20)).value for never in (0, math.nan, math.inf, 99)]
    assert len(set(results)) == 1


def test_clusters_above_the_unit_widen_the_interval():
    generator = np.random.default_rng(5)
    firm = np.repeat(np.arange(40), 5)
    outcomes = generator.normal(size=(200, 3)) + 2 * np.cumsum(generator.normal(size=(40, 3)), axis=1)[firm]
    rows = rows_of(outcomes, np.where(firm < 20, 3, NEVER))
    plain, clustered = did(**rows), did(**rows, cluster=np.repeat(firm, 3))
    assert clustered.value == pytest.approx(plain.value)
    assert clustered.standard_error > 1.5 * plain.standard_error


def test_missing_rows_leave_only_their_cells():
    rows, _ = staggered_panel(np.random.default_rng(7), 400, False)
    kept = np.random.default_rng(8).random(rows["outcome"].size) < 0.9
    rows = {name: None if column is None else column[kept] for name, column in rows.items()}
    assert did(**rows).value == pytest.approx(1.47, abs=0.4)


def test_the_placebo_uses_no_row_from_after_joining():
    rows, _ = staggered_panel(np.random.default_rng(9), 1000, False)
    before = rows["period"] < np.nan_to_num(rows["first_treated"], nan=np.inf)
    changed = rows["outcome"] + np.where(before, 0, 1000.0)
    placebo = stats.effects.placebo(rows["outcome"], rows["period"], rows["unit"], rows["first_treated"])
    assert placebo.value == stats.effects.placebo(changed, rows["period"], rows["unit"], rows["first_treated"]).value
    assert placebo.covers_zero


def test_separated_covariates_leave_the_cell_unidentified():
    outcomes = np.random.default_rng(0).normal(size=(40, 2))
    rows = rows_of(outcomes, np.where(np.arange(40) < 20, 2, NEVER))
    with pytest.raises(stats.NotIdentified, match="perfect_separation"):
        did(**rows, covariates=np.repeat(np.arange(40.0), 2))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"outcome": [0, 1, math.nan, 0, 0, 1]}, stats.InvalidInput),
        ({"period": [1, 1, 3, 1, 2, 3]}, stats.InvalidInput),
        ({"first_treated": [2, 3, 2, 3, 3, 3]}, stats.InvalidInput),
        ({"first_treated": [math.nan] * 6}, stats.NotIdentified),
        ({"first_treated": [1] * 6}, stats.NotIdentified),
        ({"unit": [1, 1]}, stats.InvalidInput),
        ({"control": "everybody"}, stats.InvalidInput),
        ({"estimator": "magic"}, stats.InvalidInput),
        ({"anticipation": -1}, stats.InvalidInput),
    ],
)
def test_bad_panels_are_refused(change, error):
    with pytest.raises(error):
        did(**(toy() | change))


def test_pre_trend_needs_periods_before_joining_and_clusters():
    with pytest.raises(stats.NotIdentified):
        stats.effects.pre_trend(did(**toy()))
    with pytest.raises(stats.InvalidInput):
        stats.effects.pre_trend("effects")
