"""How many answers a survey needs for a stated margin, and what margin an n gives.

Margins speak about sampling error alone: no sample size cures non-response.
"""

import math

from kizuna.stats.checks import count, normal_quantile, number
from kizuna.stats.errors import InvalidInput

# 384.1458… must stay 385, but 2400.0000000001 from rounding noise must not become 2401.
ROUNDING_NOISE = 1e-9


def proportion_sample_size(
    margin: float,
    proportion: float = 0.5,
    population: int | None = None,
    *,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> int:
    """Return how many answers give ±`margin` (share, 0..1) for one proportion, rounded up.

    Inputs: `proportion`: expected share (.5 is the worst case); `population`: size of a finite base; `design_effect`:
    variance inflation by clustering, ≥ 1. Output: int.
    Assumptions: random sample, normal approximation. Raises: InvalidInput.
    Source: Cochran 1977, Sampling Techniques, section 4.4.

    >>> proportion_sample_size(0.05), proportion_sample_size(0.02), proportion_sample_size(0.05, population=500)
    (385, 2401, 218)
    """
    margin = number(margin, "margin", low=0, high=1, open_ends=True)
    proportion = number(proportion, "proportion", low=0, high=1)
    return _needed(proportion * (1 - proportion), margin, population, level, design_effect)


def nps_sample_size(
    margin_points: float,
    promoters: float = 0.5,
    detractors: float = 0.5,
    population: int | None = None,
    *,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> int:
    """Return how many answers give ±`margin_points` for the NPS, rounded up.

    Inputs: `margin_points`: NPS points, 0..100; `promoters`, `detractors`: expected shares (half and half is the worst
    case); `population`, `design_effect` as for a proportion. Output: int.
    Assumptions: random sample, normal approximation. Raises: InvalidInput.
    Source: Cochran 1977, section 4.4, with the variance of a difference of two multinomial shares.

    >>> nps_sample_size(5), nps_sample_size(2, .3, .5), nps_sample_size(5, 1 / 3, 1 / 3)
    (1537, 7299, 1025)
    """
    margin = number(margin_points, "margin_points", low=0, high=100, open_ends=True) / 100
    return _needed(_nps_variance(promoters, detractors), margin, population, level, design_effect)


def proportion_margin(
    n: int, proportion: float = 0.5, population: int | None = None, *, level: float = 0.95, design_effect: float = 1.0
) -> float:
    """Return the margin (share) that `n` answers give for one proportion.

    Inputs as in `proportion_sample_size`. Output: float, half the width of the interval.
    Assumptions: random sample, normal approximation. Raises: InvalidInput. Source: Cochran 1977, chapter 3.

    >>> round(proportion_margin(400), 4), round(proportion_margin(2000), 4)
    (0.049, 0.0219)
    """
    proportion = number(proportion, "proportion", low=0, high=1)
    return _margin(proportion * (1 - proportion), n, population, level, design_effect)


def nps_margin(
    n: int,
    promoters: float = 0.5,
    detractors: float = 0.5,
    population: int | None = None,
    *,
    level: float = 0.95,
    design_effect: float = 1.0,
) -> float:
    """Return the margin in NPS points that `n` answers give.

    Inputs as in `nps_sample_size`. Output: float, points.
    Assumptions: random sample, normal approximation. Raises: InvalidInput. Source: Cochran 1977, chapter 3.

    >>> round(nps_margin(400), 1), round(nps_margin(2000, .3, .5), 1)
    (9.8, 3.8)
    """
    return 100 * _margin(_nps_variance(promoters, detractors), n, population, level, design_effect)


def _nps_variance(promoters, detractors):
    promoters = number(promoters, "promoters", low=0, high=1)
    detractors = number(detractors, "detractors", low=0, high=1)
    if promoters + detractors > 1 + 1e-12:
        raise InvalidInput("promoters and detractors: shares add up to more than 1")
    return promoters + detractors - (promoters - detractors) ** 2


def _needed(variance, margin, population, level, design_effect):
    inflation = number(design_effect, "design_effect", low=1)
    needed = normal_quantile(level) ** 2 * variance * inflation / margin**2
    if population is not None:
        size = count(population, "population", low=1)
        needed = needed / (1 + (needed - 1) / size) if needed > 1 else needed
        return max(1, min(size, math.ceil(needed - ROUNDING_NOISE)))
    return max(1, math.ceil(needed - ROUNDING_NOISE))


def _margin(variance, n, population, level, design_effect):
    n = count(n, "n", low=1)
    variance = variance * number(design_effect, "design_effect", low=1) / n
    if population is not None:
        size = count(population, "population", low=1)
        if n > size:
            raise InvalidInput(f"n: {n} answers from a population of {size}")
        variance *= (size - n) / max(size - 1, 1)
    return normal_quantile(level) * math.sqrt(variance)
