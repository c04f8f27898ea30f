"""Simulated coverage: on average over the grid 93–97 %, or more where the method is conservative and named so."""

import numpy as np
import pytest

from kizuna.stats.tests.coverage import SIMULATIONS

LOWEST_CELL = 0.90


@pytest.mark.slow
@pytest.mark.parametrize("name", SIMULATIONS)
def test_intervals_cover_the_truth(name):
    shares = [share for _, share in SIMULATIONS[name]()]
    assert 0.93 <= np.mean(shares) <= 0.97
    assert min(shares) >= LOWEST_CELL
