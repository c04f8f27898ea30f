"""Scores against scikit-learn on Telco, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from kizuna import stats

scores = stats.scores


@pytest.fixture(scope="module")
def churn(telco):
    """Out-of-fold probabilities of a small logistic model."""
    kinds = [telco["contract"] == name for name in np.unique(telco["contract"])]
    kinds += [telco["internet"] == name for name in np.unique(telco["internet"])]
    known = np.column_stack([np.log1p(telco["tenure"]), telco["monthly_charges"] / 100, *kinds])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(max_iter=500)
    return telco["churned"], cross_val_predict(model, known, telco["churned"], cv=folds, method="predict_proba")[:, 1]


def test_auc_precision_and_brier_agree_with_scikit_learn(churn):
    outcome, probability = churn
    area = scores.auc(outcome, probability)
    assert area.value == pytest.approx(roc_auc_score(outcome, probability))
    assert 0.82 < area.low < area.value < area.high < 0.86
    assert scores.average_precision(outcome, probability) == pytest.approx(
        average_precision_score(outcome, probability)
    )
    assert scores.calibration(outcome, probability).brier == pytest.approx(brier_score_loss(outcome, probability))


def test_a_logistic_model_is_calibrated_and_lifts(churn):
    table = scores.calibration(*churn)
    assert table.covers_zero
    assert table.slope.low < 1 < table.slope.high
    assert sum(group.n for group in table.bins) == table.n == 7043
    top = scores.lift(*churn)
    assert 2.5 < top.low < top.value < top.high < 3.2
    assert top.diagnostics["rows_in_top"] == 704


def test_telco_logo_and_revenue_churn_are_two_numbers(telco):
    lost = telco["churned"] == 1
    assert stats.intervals.wilson(int(lost.sum()), lost.size).value == pytest.approx(0.2654, abs=5e-5)
    assert telco["monthly_charges"][lost].sum() / telco["monthly_charges"].sum() == pytest.approx(0.3050, abs=5e-5)


def test_delong_matches_a_direct_sum():
    generator = np.random.default_rng(0)
    outcome, score = np.arange(60) < 25, generator.normal(size=60).round(1)
    wins = (score[:25, None] > score[None, 25:]) + 0.5 * (score[:25, None] == score[None, 25:])
    area = scores.auc(outcome, score)
    assert area.value == pytest.approx(wins.mean())
    error = math.sqrt(wins.mean(axis=1).var(ddof=1) / 25 + wins.mean(axis=0).var(ddof=1) / 35)
    assert area.standard_error == pytest.approx(error)


@given(
    st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=4).filter(
        lambda r: 0 < sum(x for x, _ in r) < len(r)
    )
)
def test_auc_is_a_share_and_mirrors(rows):
    outcome, score = np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=float)
    one, other = scores.auc(outcome, score), scores.auc(outcome, -score)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert (one.value, one.low) == pytest.approx((1 - other.value, 1 - other.high), abs=1e-9)


def test_a_perfect_ranking_keeps_a_lower_limit():
    area = scores.auc([0] * 5 + [1] * 5, range(10))
    assert area.value == area.high == 1
    assert area.low < 0.6
    table = scores.calibration([0] * 5 + [1] * 5, [0.1] * 5 + [0.9] * 5)
    assert table.slope is None


def test_equal_scores_lift_nothing():
    assert scores.lift([1, 0] * 20, [0.5] * 40).value == pytest.approx(1)
    assert scores.auc([1, 0] * 20, [0.5] * 40).value == 0.5


@pytest.mark.parametrize(
    ("outcome", "score", "error"),
    [
        ([1, 1], [0.2, 0.3], stats.ConstantOutcome),
        ([], [], stats.EmptyInput),
        ([1, 0], [0.2, math.nan], stats.InvalidInput),
        ([1, 2], [0.2, 0.3], stats.InvalidInput),
        ([1, 0], [0.2], stats.InvalidInput),
    ],
)
@pytest.mark.parametrize("measure", [scores.auc, scores.average_precision, scores.calibration, scores.lift])
def test_scores_refuse_bad_rows(measure, outcome, score, error):
    with pytest.raises(error):
        measure(outcome, score)


def test_probabilities_are_shares():
    with pytest.raises(stats.InvalidInput):
        scores.calibration([0, 1], [0.5, 1.2])
