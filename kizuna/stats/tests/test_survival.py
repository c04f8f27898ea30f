"""Survival against the Freireich trial, lifelines, Telco and the immortal-time toy."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time

from kizuna import stats

survival = stats.survival
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
DRUG_SEEN = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_kaplan_meier_matches_the_drug_arm():
    curve = survival.kaplan_meier(DRUG, DRUG_SEEN)
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.at([6, 7, 10, 13, 16, 22, 23]).value.round(4).tolist() == published
    at_six = curve.at(6)
    assert (round(at_six.low, 4), round(at_six.high, 4)) == (0.6197, 0.9516)
    assert curve.median.value == 23


def test_kaplan_meier_matches_the_placebo_arm():
    curve = survival.kaplan_meier(PLACEBO, [1] * 21)
    times = [1, 2, 3, 4, 5, 8, 11, 12, 15, 17, 22, 23]
    published = [0.9048, 0.8095, 0.7619, 0.6667, 0.5714, 0.3810, 0.2857, 0.1905, 0.1429, 0.0952, 0.0476, 0.0]
    assert curve.at(times).value.round(4).tolist() == published
    assert curve.median.value == 8


def test_log_rank_matches_the_trial():
    test = survival.log_rank(DRUG + PLACEBO, DRUG_SEEN + [1] * 21, ["6-MP"] * 21 + ["placebo"] * 21)
    assert test.statistic == pytest.approx(16.793, abs=5e-4)
    assert test.p_value == pytest.approx(4.17e-5, rel=1e-3)
    assert test.hazard_ratio.low > 1


def test_log_rank_of_several_groups_agrees_with_lifelines():
    generator = np.random.default_rng(2)
    durations, seen, group = generator.exponential(size=300).round(1), generator.random(300) < 0.7, np.arange(300) % 4
    reference = multivariate_logrank_test(durations, group, seen)
    test = survival.log_rank(durations, seen, group)
    assert (test.statistic, test.p_value) == pytest.approx((reference.test_statistic, reference.p_value))
    assert test.degrees_of_freedom == 3


def test_restricted_mean_of_the_trial_matches_survfit():
    mean = survival.restricted_mean(DRUG, DRUG_SEEN, 35)
    assert (round(mean.value, 2), round(mean.standard_error, 2)) == (23.29, 2.83)


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=40))
def test_curves_fall_stay_inside_their_limits_and_agree_with_lifelines(rows):
    durations, seen = [float(time) for time, _ in rows], [end for _, end in rows]
    curve = survival.kaplan_meier(durations, seen)
    assert np.all(np.diff(curve.survival) <= 1e-12)
    assert np.all((curve.low <= curve.survival + 1e-12) & (curve.survival <= curve.high + 1e-12))
    assert curve.low.min() >= 0
    assert curve.high.max() <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = KaplanMeierFitter().fit(durations, seen)
    assert curve.survival == pytest.approx(reference.survival_function_at_times(curve.times).to_numpy(), abs=1e-9)


def test_telco_tenure_matches_its_reference(telco):
    curve = survival.kaplan_meier(telco["tenure"], telco["churned"])
    assert curve.at([12, 24, 48, 72]).value.round(3).tolist() == [0.843, 0.789, 0.709, 0.593]
    assert curve.median.value == math.inf
    assert "median_not_reached" in curve.median.cannot_say


def test_restricted_mean_agrees_with_lifelines(telco):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = KaplanMeierFitter().fit(telco["tenure"], telco["churned"])
        reference = restricted_mean_survival_time(fitted, t=60)
    assert survival.restricted_mean(telco["tenure"], telco["churned"], 60).value == pytest.approx(reference, rel=1e-6)


def test_all_censored_is_wide_and_says_so():
    curve = survival.kaplan_meier([5, 6, 7], [0, 0, 0])
    assert curve.survival.tolist() == [1.0] * 4
    assert curve.low[1] == pytest.approx(0.025 ** (1 / 3))
    assert "all_censored" in curve.cannot_say
    mean = survival.restricted_mean([5, 6, 7], [0, 0, 0], 5)
    assert mean.value == 5
    assert mean.low < 2


def test_a_mean_of_ends_on_one_day_is_refused():
    with pytest.raises(stats.ConstantOutcome):
        survival.restricted_mean([5, 5, 5], [1, 1, 1], 8)


def test_nothing_is_said_after_the_last_observed_time():
    curve = survival.kaplan_meier([1, 2, 3], [1, 0, 0])
    with pytest.raises(stats.HorizonBeyondData):
        curve.at(4)
    with pytest.raises(stats.HorizonBeyondData):
        survival.restricted_mean([1, 2, 3], [1, 0, 0], 4)


@pytest.mark.parametrize(
    ("durations", "seen"),
    [([-1, 2], [1, 1]), ([math.nan, 2], [1, 1]), ([1, 2], [1, 2]), ([1, 2], [1]), ([], []), ([1, 2], [1, math.nan])],
)
def test_bad_rows_are_refused(durations, seen):
    with pytest.raises(stats.InvalidInput):
        survival.kaplan_meier(durations, seen)


def test_log_rank_refuses_one_group_and_no_ends():
    with pytest.raises(stats.NotIdentified):
        survival.log_rank([1, 2], [1, 1], ["a", "a"])
    with pytest.raises(stats.ConstantOutcome):
        survival.log_rank([1, 2], [0, 0], ["a", "b"])


def immortal_rows():
    """Return 10 % monthly churn without any effect; half of those there at month 6 join then (10⁶ customers)."""
    left = [round(10**6 * 0.9**month) for month in range(13)]
    durations, seen, joined_at = [], [], []
    for month in range(1, 13):
        leaving = left[month - 1] - left[month]
        joined = leaving // 2 if month > 6 else 0
        durations += [month] * leaving
        seen += [1] * leaving
        joined_at += [6.0] * joined + [math.nan] * (leaving - joined)
    half = left[12] // 2
    durations, seen = durations + [12] * left[12], seen + [0] * left[12]
    joined_at += [6.0] * half + [math.nan] * (left[12] - half)
    return np.array(durations), np.array(seen), np.array(joined_at)


def test_the_landmark_removes_immortal_time():
    durations, seen, joined_at = immortal_rows()
    member = ~np.isnan(joined_at)
    naive = [1 - seen[rows].mean() for rows in (member, ~member)]
    assert [round(100 * share, 2) for share in naive] == pytest.approx([53.14, 19.23], abs=0.01)
    fair = survival.landmark(durations, seen, joined_at, 6, 12)
    assert fair.value == pytest.approx(0, abs=1e-4)
    assert fair.covers_zero
    assert "not_an_effect" in fair.cannot_say
    assert fair.test.p_value > 0.9


def test_the_landmark_refuses_empty_groups_and_impossible_joining():
    with pytest.raises(stats.NotIdentified):
        survival.landmark([9, 9], [1, 1], [math.nan, math.nan], 6, 8)
    with pytest.raises(stats.InvalidInput):
        survival.landmark([3, 9], [1, 1], [5, 1], 6, 8)


def test_restricted_mean_difference_is_the_gap_between_the_arms():
    gap = survival.restricted_mean_difference(DRUG + PLACEBO, DRUG_SEEN + [1] * 21, [1] * 21 + [0] * 21, 23)
    parts = [survival.restricted_mean(*arm, 23).value for arm in ((DRUG, DRUG_SEEN), (PLACEBO, [1] * 21))]
    assert gap.value == pytest.approx(parts[0] - parts[1])
    assert gap.low > 0
