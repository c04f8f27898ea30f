"""Value models against Fader & Hardie's published fits, simulated truth and bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuna import stats
from kizuna.stats.tests.coverage import bg_nbd_customers

value = stats.value
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]


@pytest.fixture(scope="module")
def bg_nbd(cdnow):
    return value.fit_bg_nbd(cdnow["frequency"], cdnow["recency"], cdnow["age"])


@pytest.fixture(scope="module")
def pareto_nbd(cdnow):
    return value.fit_pareto_nbd(cdnow["frequency"], cdnow["recency"], cdnow["age"])


@pytest.fixture(scope="module")
def gamma_gamma(cdnow):
    return value.fit_gamma_gamma(cdnow["frequency"], cdnow["monetary"])


def test_sbg_matches_the_short_calibration():
    fit = value.fit_sbg(REGULAR[:5])
    assert (round(fit.alpha, 3), round(fit.beta, 3), round(fit.log_likelihood, 2)) == (0.764, 1.296, -1401.56)
    assert fit.retention([1, 2, 3, 4, 5]).value == pytest.approx([0.6291, 0.7503, 0.8118, 0.8490, 0.8739], abs=2e-4)
    assert fit.derl([1, 2, 3, 4, 5], 0.1).value.round(4).tolist() == [2.8833, 3.9407, 4.6766, 5.2363, 5.6838]
    assert fit.expected_lifetime(0.1) == pytest.approx(3.621, abs=5e-4)


def test_sbg_matches_the_long_calibration_and_covers_what_happened():
    fit = value.fit_sbg(REGULAR[:8])
    assert (round(fit.alpha, 3), round(fit.beta, 3)) == (0.704, 1.182)
    assert fit.log_likelihood == pytest.approx(-1680.27, abs=0.01)
    forecast = fit.survival(12)
    assert forecast.value == pytest.approx(0.170, abs=5e-4)
    assert forecast.low < 0.173 < forecast.high
    assert forecast.diagnostics["extrapolated"]


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.integers(1, 8), st.floats(0.05, 0.5))
def test_the_closed_form_of_derl_is_the_direct_sum(alpha, beta, renewal, discount):
    from_sum, alive = 0.0, 1.0
    for step in range(900):
        alive *= (beta + renewal - 1 + step) / (alpha + beta + renewal - 1 + step)
        from_sum += alive * (1 + discount) ** -step
    closed = value.contractual.residual_lifetime(alpha, beta, renewal, 1 / (1 + discount))
    assert closed == pytest.approx(from_sum, rel=1e-6)


def test_sbg_fits_a_triangle_of_cohorts_like_their_sum():
    one = value.fit_sbg([2000, 1262, 936, 764, 652])
    two = value.fit_sbg([REGULAR[:5], REGULAR[:5]])
    assert two.value == pytest.approx(one.value, rel=1e-5)
    assert value.fit_sbg([REGULAR[:5], REGULAR[:3]]).n == 2000


def test_sbg_retention_rises_and_stays_a_share():
    retention = value.fit_sbg(REGULAR[:5]).retention(np.arange(1, 40))
    assert np.all(np.diff(retention.value) > 0)
    assert np.all((retention.low >= 0) & (retention.low <= retention.value) & (retention.high <= 1))


@pytest.mark.parametrize(
    ("survivors", "error"),
    [
        ([], stats.InvalidInput),
        ([100, 120], stats.InvalidInput),
        ([100, -1, -2], stats.InvalidInput),
        ([100, math.nan, 3], stats.InvalidInput),
        ([100, 90.5, 80], stats.InvalidInput),
        ([0, 0, 0], stats.InvalidInput),
        ([100, 60], stats.NotIdentified),
        ([100, 100, 100], stats.NotIdentified),
        ([100, 0, 0], stats.NotIdentified),
        ([10000, 9000, 8100, 7290, 6561], stats.NotConverged),
    ],
)
def test_sbg_refuses_what_cannot_be_fitted(survivors, error):
    with pytest.raises(error):
        value.fit_sbg(survivors)


def test_the_bundled_summary_is_the_published_sample(cdnow):
    frequency = cdnow["frequency"]
    assert (frequency.size, frequency.sum(), (frequency > 0).sum()) == (2357, 2457, 946)
    assert np.bincount(frequency.astype(int))[:7].tolist() == [1411, 439, 214, 100, 62, 38, 29]


def test_bg_nbd_matches_the_published_fit(bg_nbd):
    assert bg_nbd.value == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=2e-4)
    assert bg_nbd.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert (bg_nbd.r, bg_nbd.alpha, bg_nbd.a, bg_nbd.b) == pytest.approx(tuple(bg_nbd.value))


def test_bg_nbd_matches_the_published_predictions(bg_nbd):
    growth = bg_nbd.expected_purchases([1, 13, 26, 39, 52, 78]).value
    assert growth.round(4).tolist() == [0.0532, 0.5336, 0.9013, 1.1950, 1.4440, 1.8580]
    assert bg_nbd.expected_purchases(52, 26, 30.86, 31).value == pytest.approx(25.76, abs=0.005)
    assert bg_nbd.probability_alive(26, 30.86, 31).value == pytest.approx(0.9689, abs=5e-5)


def test_bg_nbd_says_that_no_repeat_means_alive_by_construction(bg_nbd):
    alive = bg_nbd.probability_alive([0, 2], [0, 10], [39, 39])
    assert (alive.value[0], alive.low[0], alive.high[0]) == (1, 1, 1)
    assert alive.value[1] < 1
    assert "alive_without_repeat_is_one" in alive.cannot_say


def test_bg_nbd_survives_very_large_counts(bg_nbd):
    purchases = bg_nbd.expected_purchases(10, 3000, 39, 39)
    # Without leaving it would be 10 · (r + x) / (α + T) = 691; about a in b + x leave after each purchase.
    assert 600 < purchases.value < 691.1
    assert bg_nbd.probability_alive(3000, 5, 39).value < 1e-6


def test_bg_nbd_does_not_depend_on_the_unit_of_time(cdnow, bg_nbd):
    days = value.fit_bg_nbd(cdnow["frequency"], 7 * cdnow["recency"], 7 * cdnow["age"])
    assert days.value == pytest.approx(bg_nbd.value * [1, 7, 1, 1], rel=1e-4)
    assert days.log_likelihood == pytest.approx(bg_nbd.log_likelihood - 2457 * math.log(7), abs=1e-3)


def test_bg_nbd_gradient_is_the_slope_of_its_likelihood(cdnow):
    rows = value.purchases.summarise(cdnow["frequency"], cdnow["recency"], cdnow["age"])
    objective, point = value.bg_nbd.objective_of(rows), np.log([0.4, 0.3, 0.9, 1.7])
    for index in range(4):
        step = np.eye(4)[index] * 1e-6
        slope = (objective(point + step)[0] - objective(point - step)[0]) / 2e-6
        assert objective(point)[1][index] == pytest.approx(slope, abs=1e-7)


def test_many_distinct_rows_reach_the_truth():
    truth = (0.5, 8.0, 0.9, 2.5)
    fit = value.fit_bg_nbd(*bg_nbd_customers(np.random.default_rng(1), 60_000, *truth))
    assert fit.diagnostics["distinct_rows"] > 40_000
    assert np.all((fit.low * 0.97 < truth) & (truth < fit.high * 1.03))


def test_pareto_nbd_matches_the_published_fit(pareto_nbd):
    assert pareto_nbd.value == pytest.approx([0.553, 10.578, 0.606, 11.669], rel=0.005)
    assert pareto_nbd.log_likelihood == pytest.approx(-9595.0, abs=0.05)


def test_pareto_nbd_matches_the_r_walk_through(pareto_nbd):
    assert pareto_nbd.expected_purchases(52).value == pytest.approx(1.473434, abs=1e-3)
    assert pareto_nbd.expected_purchases(52, 26, 30.86, 31).value == pytest.approx(25.45647, abs=0.02)
    assert pareto_nbd.probability_alive(26, 30.86, 31).value == pytest.approx(0.9978746, abs=1e-4)
    assert 0 < pareto_nbd.probability_alive(0, 0, 39).value < 1


def test_both_models_agree_on_the_cohort(bg_nbd, pareto_nbd, cdnow):
    past = cdnow["frequency"], cdnow["recency"], cdnow["age"]
    totals = [float(fit.expected_purchases(39, *past).value.sum()) for fit in (bg_nbd, pareto_nbd)]
    assert totals[0] == pytest.approx(totals[1], rel=0.05)


def test_gamma_gamma_matches_the_published_fit(gamma_gamma):
    assert (gamma_gamma.p, gamma_gamma.q, gamma_gamma.gamma) == pytest.approx((6.249, 3.745, 15.448), rel=1e-3)
    assert gamma_gamma.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert gamma_gamma.population_mean.value == pytest.approx(35.17, abs=0.005)
    assert gamma_gamma.correlation == pytest.approx(0.114, abs=5e-4)


def test_spend_without_a_repeat_is_the_population_mean_and_marked(gamma_gamma):
    spend = gamma_gamma.expected_spend([0, 5], [0.0, 80.0])
    assert spend.value[0] == gamma_gamma.population_mean.value
    assert gamma_gamma.population_mean.value < spend.value[1] < 80
    assert "population_mean_used" in spend.cannot_say
    assert gamma_gamma.diagnostics["without_repeat"] == 1411


def test_gamma_gamma_refuses_correlated_and_constant_spend():
    frequency = np.arange(1, 60)
    with pytest.raises(stats.CorrelatedSpend):
        value.fit_gamma_gamma(frequency, 10.0 + frequency)
    with pytest.raises(stats.ConstantOutcome):
        value.fit_gamma_gamma(frequency, np.full(59, 7.0))
    with pytest.raises(stats.InvalidInput):
        value.fit_gamma_gamma([1, 2], [0.0, 5.0])


@pytest.mark.parametrize("fit", [value.fit_bg_nbd, value.fit_pareto_nbd])
@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (([], [], []), stats.EmptyInput),
        (([1], [2, 3], [4]), stats.InvalidInput),
        (([1] * 12, [9] * 12, [4] * 12), stats.InvalidInput),
        (([0] * 12, [3] * 12, [4] * 12), stats.InvalidInput),
        (([2] * 12, [0] * 12, [4] * 12), stats.InvalidInput),
        (([math.nan] * 12, [0] * 12, [4] * 12), stats.InvalidInput),
        (([-1] * 12, [1] * 12, [4] * 12), stats.InvalidInput),
        (([1] * 5, [3] * 5, [4] * 5), stats.TooFewObservations),
        (([0] * 12, [0] * 12, [4] * 12), stats.NotIdentified),
        (([2] * 12, [3] * 12, [4] * 12), stats.NotConverged),
    ],
)
def test_purchase_models_refuse_bad_rows(fit, rows, error):
    with pytest.raises(error):
        fit(*rows)


@given(st.integers(0, 200), st.floats(0.01, 1), st.floats(1, 300), st.floats(0, 500))
def test_predictions_stay_in_their_range(frequency, part, age, ahead):
    fit = REFERENCE
    recency = part * age if frequency else 0.0
    alive, more = fit.probability_alive(frequency, recency, age), fit.expected_purchases(ahead, frequency, recency, age)
    assert 0 <= alive.low <= alive.value + 1e-12 <= alive.high + 2e-12 <= 1 + 3e-12
    assert 0 <= more.low <= more.value <= more.high
    assert math.isfinite(more.high)


REFERENCE = value.fit_bg_nbd(*bg_nbd_customers(np.random.default_rng(5), 3000, 0.5, 8.0, 0.9, 2.5))
