"""Experiments, matching, balance, power and E-values against published values and the toys."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import ttest_ind

from kizuna import stats

effects = stats.effects
KNOWN = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")


@pytest.fixture(scope="module")
def against_survey(nsw, cps):
    """The treated of the experiment against the survey controls: outcome, treated, covariates."""
    treated = nsw["treat"] == 1
    outcome = np.r_[nsw["re78"][treated], cps["re78"]]
    covariates = np.column_stack([np.r_[nsw[name][treated], cps[name]] for name in KNOWN])
    return outcome, np.arange(outcome.size) < treated.sum(), covariates


def test_the_experiment_matches_its_published_difference(nsw):
    effect = effects.difference_in_means(nsw["re78"], nsw["treat"])
    assert effect.value == pytest.approx(1794.34, abs=0.005)
    assert effect.standard_error == pytest.approx(671.00, abs=0.005)
    assert (effect.diagnostics["n_treated"], effect.diagnostics["n_control"]) == (185, 260)
    assert effect.diagnostics["mean_treated"] == pytest.approx(6349.14, abs=0.005)


def test_welch_agrees_with_statsmodels(nsw):
    treated = nsw["treat"] == 1
    _, p_value, freedom = ttest_ind(nsw["re78"][treated], nsw["re78"][~treated], usevar="unequal")
    effect = effects.difference_in_means(nsw["re78"], treated)
    assert effect.diagnostics["p_value"] == pytest.approx(p_value)
    assert effect.diagnostics["degrees_of_freedom"] == pytest.approx(freedom)


def test_what_is_known_before_removes_noise_and_no_effect():
    generator = np.random.default_rng(4)
    before, treated = generator.normal(size=4000), np.arange(4000) % 2 == 0
    outcome = 2 * before + generator.normal(size=4000) + 0.3 * treated
    plain = effects.difference_in_means(outcome, treated)
    adjusted = effects.difference_in_means(outcome, treated, before=before)
    assert adjusted.standard_error == pytest.approx(plain.standard_error / math.sqrt(5), rel=0.05)
    assert adjusted.low < 0.3 < adjusted.high
    assert adjusted.diagnostics["variance_removed"] == pytest.approx(0.8, abs=0.02)


def test_clusters_of_one_row_change_nothing(nsw):
    plain = effects.difference_in_means(nsw["re78"], nsw["treat"])
    clustered = effects.difference_in_means(nsw["re78"], nsw["treat"], cluster=np.arange(445))
    assert (clustered.low, clustered.high) == pytest.approx((plain.low, plain.high))


def test_repeated_rows_of_one_account_do_not_shrink_the_interval(nsw):
    plain = effects.difference_in_means(nsw["re78"], nsw["treat"])
    thrice = {name: np.repeat(nsw[name], 3) for name in ("re78", "treat")}
    clustered = effects.difference_in_means(thrice["re78"], thrice["treat"], cluster=np.repeat(np.arange(445), 3))
    assert clustered.standard_error == pytest.approx(plain.standard_error)


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        (([], []), {}, stats.EmptyInput),
        (([1, 2], [1, 1]), {}, stats.NotIdentified),
        (([1, 2], [0, 1]), {}, stats.TooFewObservations),
        (([1, math.nan], [0, 1]), {}, stats.InvalidInput),
        (([1, 2, 3], [0, 1]), {}, stats.InvalidInput),
        (([5] * 8, [0, 1] * 4), {}, stats.ConstantOutcome),
        (([1, 2, 3, 4], [0, 1, 0, 1]), {"cluster": [1, 1, 1, 1]}, stats.TooFewClusters),
        (([1, 2, 3, 4], [0, 0, 1, 1]), {"cluster": [1, 1, 2, 2]}, stats.TooFewClusters),
        (([1, 2, 3, 4], [0, 1, 0, 2]), {}, stats.InvalidInput),
    ],
)
def test_a_difference_refuses_bad_arms(arguments, options, error):
    with pytest.raises(error):
        effects.difference_in_means(*arguments, **options)


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=40).filter(lambda rows: np.ptp(rows) > 1))
def test_swapping_the_arms_flips_the_effect(outcome):
    treated = np.arange(len(outcome)) % 2 == 0
    try:
        one, other = (effects.difference_in_means(outcome, arm) for arm in (treated, ~treated))
    except stats.ConstantOutcome:
        return
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), rel=1e-9, abs=1e-6)


def test_a_broken_draw_is_named():
    outcome, assigned = np.arange(2000.0), np.arange(2000) < 1200
    assert "unbalanced_assignment" in effects.intention_to_treat(outcome, assigned, planned_share=0.5).cannot_say
    assert "unbalanced_assignment" not in effects.intention_to_treat(outcome, assigned, planned_share=0.6).cannot_say


def test_the_complier_effect_divides_by_compliance_and_full_compliance_is_the_difference(nsw):
    generator = np.random.default_rng(8)
    assigned = np.arange(4000) % 2 == 0
    took_part = assigned & (generator.random(4000) < 0.4)
    outcome = generator.normal(size=4000) + took_part
    effect = effects.complier_effect(outcome, assigned, took_part)
    assert effect.low < 1 < effect.high
    invited = effects.intention_to_treat(outcome, assigned)
    assert effect.value == pytest.approx(invited.value / effect.diagnostics["compliance"])
    full = effects.complier_effect(nsw["re78"], nsw["treat"], nsw["treat"])
    plain = effects.difference_in_means(nsw["re78"], nsw["treat"])
    assert (full.low, full.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


def test_an_ignored_assignment_is_refused():
    generator = np.random.default_rng(8)
    with pytest.raises(stats.WeakAssignment):
        effects.complier_effect(generator.normal(size=200), np.arange(200) % 2, generator.random(200) < 0.5)


def confounded_rows():
    """Return (stayed, member, large) of the exact confounding toy."""
    cells = [(1, 1, 400, 380), (1, 0, 100, 80), (0, 1, 100, 94), (0, 0, 900, 702)]
    rows = [(index < stayed, member, large) for member, large, n, stayed in cells for index in range(n)]
    return np.array(rows, dtype=float).T


def test_matching_removes_the_confounding_of_the_toy():
    stayed, member, large = confounded_rows()
    effect = effects.matched_difference(stayed, member, large)
    assert effect.diagnostics["naive_difference"] == pytest.approx(0.124)
    assert effect.value == pytest.approx(0.012)
    assert effect.covers_zero
    assert "hidden_confounding" in effect.cannot_say


def test_matching_turns_the_survey_comparison_to_the_sign_of_the_experiment(against_survey):
    outcome, treated, covariates = against_survey
    effect = effects.matched_difference(outcome, treated, covariates)
    assert effect.diagnostics["naive_difference"] == pytest.approx(-8498, abs=1)
    assert effect.low < 1794 < effect.high
    assert effect.low > 0
    assert effect.diagnostics["largest_imbalance_after"] < 0.1 < effect.diagnostics["largest_imbalance_before"]


def test_the_survey_overlaps_only_at_low_propensities(against_survey):
    _, treated, covariates = against_survey
    common = effects.overlap(treated, covariates)
    assert common.value > 0.9
    assert common.diagnostics["share_between_10_and_90"] < 0.05
    assert common.treated_counts.sum() == 185
    assert common.control_counts.sum() == 15992


def test_separated_groups_are_refused():
    treated, known = np.arange(40) < 20, np.arange(40.0)
    for compare in (lambda: effects.overlap(treated, known), lambda: effects.matched_difference(known, treated, known)):
        with pytest.raises(stats.PerfectSeparation):
            compare()


def test_balance_reports_standardised_differences_and_refuses_zero_weights(nsw):
    covariates = np.column_stack([nsw[name] for name in KNOWN])
    table = effects.balance(nsw["treat"], covariates, names=KNOWN)
    assert [row.name for row in table.rows] == list(KNOWN)
    assert table.value < 0.35
    with pytest.raises(stats.InvalidInput):
        effects.balance(nsw["treat"], covariates, weights=np.zeros(445))
    with pytest.raises(stats.InvalidInput):
        effects.balance([0, 1, 0, 1], [1, math.nan, 2, 3])


def test_card_and_krueger_from_their_cell_means():
    effect = effects.did_from_cell_means((20.44, 21.03), (23.33, 21.17), change_errors=(0.54, 1.25))
    assert effect.value == pytest.approx(2.76, abs=0.015)
    assert effect.standard_error == pytest.approx(1.36, abs=0.005)
    assert effect.low > 0


@pytest.mark.parametrize(
    ("ratio", "low", "high", "value", "limit"),
    [(3.9, 1.8, 8.7, 7.26, 3.0), (0.80, 0.71, 0.91, 1.81, 1.43), (1.3, 0.9, 1.9, 1.92, 1.0)],
)
def test_e_values_match_the_paper(ratio, low, high, value, limit):
    sturdy = effects.e_value(ratio, low, high)
    assert (round(sturdy.value, 2), round(sturdy.low, 2)) == (value, limit)


def test_e_value_refuses_a_ratio_that_is_none():
    with pytest.raises(stats.InvalidInput):
        effects.e_value(0)
    with pytest.raises(stats.InvalidInput):
        effects.e_value(2, 3, 4)


def test_power_of_two_proportions_matches_the_reference():
    assert effects.power_two_proportions(0.90, 0.925).value == pytest.approx(2004, abs=1)
    assert effects.power_two_proportions(0.80, 0.825).value == pytest.approx(3825, abs=1)
    plan = effects.power_two_proportions(0.90, 0.925, n_per_arm=500)
    assert plan.power < 0.35
    assert effects.power_two_proportions(0.90, 0.925, n_per_arm=plan.n_per_arm).power >= 0.8


def test_power_of_two_means_agrees_with_statsmodels():
    for difference in (0.05, 0.2, 0.5, 1.2):
        reference = TTestIndPower().solve_power(difference, alpha=0.05, power=0.8)
        assert effects.power_two_means(difference).value == pytest.approx(reference, rel=1e-4)


def test_clusters_cost_and_known_history_saves_customers():
    plain = effects.power_two_means(0.2).value
    clustered = effects.power_two_means(0.2, cluster_size=11, within_cluster_correlation=0.1)
    assert clustered.value == pytest.approx(2 * plain, rel=0.01)
    assert clustered.clusters_per_arm == math.ceil(clustered.n_per_arm / 11)
    assert effects.power_two_means(0.2, correlation_before=0.7).value == pytest.approx(0.51 * plain, rel=0.02)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (1.2, 0.5), (math.nan, 0.5), (-0.1, 0.5)])
def test_power_refuses_impossible_shares(shares):
    with pytest.raises(stats.InvalidInput):
        effects.power_two_proportions(*shares)
