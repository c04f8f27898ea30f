"""Intervals against published values, properties and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from kizuna import stats

intervals = stats.intervals


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"), [(5, 100, 0.0215, 0.1118), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0)]
)
def test_wilson_matches_the_csat_examples(successes, n, low, high):
    estimate = intervals.wilson(successes, n)
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


@given(n=st.integers(1, 5000), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_stays_in_bounds_holds_its_value_and_mirrors(n, share, level):
    count = round(share * n)
    one, other = intervals.wilson(count, n, level=level), intervals.wilson(n - count, n, level=level)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)
    reference = proportion_confint(count, n, 1 - level, "wilson")
    assert (one.low, one.high) == pytest.approx(reference, abs=1e-9)


def test_a_share_of_nothing_is_refused():
    with pytest.raises(stats.EmptyInput):
        intervals.wilson(0, 0)


@pytest.mark.parametrize("counts", [(-1, 10), (11, 10), (2.5, 10), (float("nan"), 10), ("x", 10), (1, float("inf"))])
def test_wilson_refuses_impossible_counts(counts):
    with pytest.raises(stats.InvalidInput):
        intervals.wilson(*counts)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((0, 10, 0, 10), -0.2775, 0.2775),
    ],
)
def test_newcombe_matches_his_table(counts, low, high):
    estimate = intervals.newcombe(*counts)
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


@given(st.integers(0, 40), st.integers(40, 90), st.integers(0, 40), st.integers(40, 90))
def test_newcombe_is_antisymmetric_and_in_bounds(x, m, y, n):
    one, other = intervals.newcombe(x, m, y, n), intervals.newcombe(y, n, x, m)
    assert -1 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)


def test_nps_matches_the_worked_example():
    score = intervals.nps(30, 20, 50)
    assert (score.value, score.n) == (-20.0, 100)
    assert score.standard_error == pytest.approx(8.72, abs=0.005)
    assert (round(score.low, 1), round(score.high, 1)) == (-37.1, -2.9)


def test_adjusted_nps_matches_the_worked_example():
    score = intervals.nps(30, 20, 50, method="adjusted_wald")
    assert score.value == -20.0
    assert round(score.diagnostics["centre"], 2) == -19.42
    assert round(score.diagnostics["margin"], 2) == 16.76


def test_nps_of_few_or_one_sided_answers_is_adjusted_and_says_so():
    for counts in ((3, 0, 0), (0, 0, 1), (500, 2, 1)):
        score = intervals.nps(*counts)
        assert score.method == "adjusted_wald"
        assert "few_observations" in score.cannot_say
        assert score.high > score.low


@given(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300)).filter(sum))
def test_nps_is_in_bounds_and_mirrors(counts):
    one, other = intervals.nps(*counts), intervals.nps(*counts[::-1])
    assert -100 <= one.low <= one.value <= one.high <= 100
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)


@pytest.mark.parametrize("scores", [[11], [-1], [7.5], [float("nan")], [], ["a"], [[1, 2]]])
def test_nps_takes_whole_answers_from_zero_to_ten_only(scores):
    with pytest.raises(stats.InvalidInput):
        intervals.nps_from_scores(scores)


def test_nps_of_the_fukui_survey_matches_its_reference(fukui):
    whole = intervals.nps_from_scores(fukui["nps"])
    assert (round(whole.value, 2), whole.n) == (14.33, 23520)
    march = intervals.nps_from_scores(fukui["nps"][fukui["month"] == 3])
    assert (round(march.value, 1), march.n) == (13.2, 3149)


def test_answers_of_the_same_respondent_widen_the_interval(fukui):
    plain = intervals.nps_from_scores(fukui["nps"])
    clustered = intervals.nps_clustered(fukui["nps"], fukui["respondent"])
    assert clustered.value == pytest.approx(plain.value)
    assert clustered.diagnostics["design_effect"] > 1.1
    bootstrapped = intervals.cluster_bootstrap(fukui["nps"], fukui["respondent"], statistic="nps")
    assert (bootstrapped.low, bootstrapped.high) == pytest.approx((clustered.low, clustered.high), abs=0.15)


def test_clusters_of_one_answer_equal_the_sample_variance():
    scores = [10, 9, 3, 7, 8, 2, 10, 10, 6, 9]
    points = intervals.nps_clustered(scores, list("abcdefghij"))
    net = 100.0 * (np.array(scores) >= 9) - 100.0 * (np.array(scores) <= 6)
    assert points.standard_error == pytest.approx(net.std(ddof=1) / math.sqrt(10))
    assert points.diagnostics["degrees_of_freedom"] == pytest.approx(9)


def test_cluster_error_agrees_with_statsmodels_for_many_clusters():
    generator = np.random.default_rng(3)
    account = generator.integers(0, 400, 3000)
    values = generator.normal(size=400)[account] + generator.normal(size=3000)
    reference = OLS(values, np.ones(3000)).fit(cov_type="cluster", cov_kwds={"groups": account}).bse[0]
    assert intervals.mean(values, account).standard_error == pytest.approx(reference, rel=0.01)


def test_cluster_methods_refuse_too_few_clusters():
    with pytest.raises(stats.TooFewClusters):
        intervals.nps_clustered([10, 9, 1], ["a", "a", "a"])
    with pytest.raises(stats.TooFewClusters):
        intervals.nps_clustered([10, 9, 1, 4], list("abcd"))
    with pytest.raises(stats.TooFewClusters):
        intervals.cluster_bootstrap([1.0] * 9, range(9))


def test_constant_answers_keep_a_width():
    score = intervals.nps_clustered([10] * 12, list("aabbccddeeff"))
    assert score.high == 100.0
    assert score.low < 60
    assert "constant_outcome" in score.cannot_say


def test_a_mean_of_equal_values_has_no_interval():
    with pytest.raises(stats.ConstantOutcome):
        intervals.mean([3, 3, 3])
    with pytest.raises(stats.ConstantOutcome):
        intervals.cluster_bootstrap([9] * 12, range(12), statistic="nps")
    assert "few_observations" in intervals.mean([3, 4, 3]).cannot_say


def test_one_dominant_cluster_is_named():
    score = intervals.nps_clustered([10, 2] * 50 + [9, 3, 10, 6], ["big"] * 100 + list("abcd"))
    assert "uneven_clusters" in score.cannot_say
    assert score.diagnostics["degrees_of_freedom"] < 2


def test_nps_difference_matches_the_worked_example():
    change = intervals.nps_difference((30, 20, 50), (45, 20, 35))
    assert change.value == 30.0
    assert change.standard_error == pytest.approx(12.45, abs=0.005)
    assert change.diagnostics["z"] == pytest.approx(2.41, abs=0.005)
    assert change.diagnostics["p_value"] == pytest.approx(0.016, abs=0.0005)


def test_holm_agrees_with_statsmodels():
    p_values = [0.001, 0.02, 0.04, 0.3, 0.011]
    assert intervals.holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_proportion_sample_sizes_match_the_table():
    assert intervals.proportion_sample_size(0.05) == 385
    assert intervals.proportion_sample_size(0.02) == 2401
    sizes = (500, 1000, 5000, 10000)
    assert [intervals.proportion_sample_size(0.05, population=size) for size in sizes] == [218, 278, 357, 370]
    assert [intervals.proportion_sample_size(0.02, population=size) for size in sizes] == [414, 707, 1623, 1937]


def test_nps_sample_sizes_match_the_table():
    mixes = ((0.5, 0.5), (0.3, 0.5), (1 / 3, 1 / 3))
    assert [intervals.nps_sample_size(5, *mix) for mix in mixes] == [1537, 1168, 1025]
    assert [intervals.nps_sample_size(2, *mix) for mix in mixes] == [9604, 7299, 6403]
    assert [round(intervals.nps_margin(400, *mix), 1) for mix in mixes] == [9.8, 8.5, 8.0]
    assert [round(intervals.nps_margin(2000, *mix), 1) for mix in mixes] == [4.4, 3.8, 3.6]


@given(st.floats(0.005, 0.4), st.integers(2, 10**6))
def test_a_finite_population_never_needs_more_than_itself(margin, population):
    needed = intervals.proportion_sample_size(margin, population=population)
    assert 1 <= needed <= min(population, intervals.proportion_sample_size(margin))


@pytest.mark.parametrize("margin", [0, -1, 5, float("nan")])
def test_a_margin_outside_its_unit_is_refused(margin):
    with pytest.raises(stats.InvalidInput):
        intervals.proportion_sample_size(margin)


def test_the_bootstrap_repeats_with_its_seed_and_takes_any_statistic():
    generator = np.random.default_rng(0)
    account, values = np.repeat(np.arange(40), 5), generator.normal(size=200)
    one = intervals.cluster_bootstrap(values, account, seed=5, draws=300)
    assert one.low == intervals.cluster_bootstrap(values, account, seed=5, draws=300).low
    median = intervals.cluster_bootstrap(values, account, statistic=np.median, draws=300)
    assert median.low < np.median(values) < median.high
    assert "percentile_interval" in median.cannot_say


def test_an_estimate_is_its_value_in_arithmetic():
    score = intervals.nps(30, 20, 50)
    assert score + 20 == 0
    assert score < 0
    assert f"{score:.1f}" == "-20.0"
    assert float(score) == pytest.approx(-20)
    assert not score.covers_zero


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (5, 0, 0), (0, 0, 40), (99, 0, 0), (100, 1, 0)])
def test_the_nps_lies_within_its_interval(counts):
    score = stats.intervals.nps(*counts)
    assert score.low <= score.value <= score.high
    assert (score.low, score.high) != (score.value, score.value), "few answers are no certainty"
