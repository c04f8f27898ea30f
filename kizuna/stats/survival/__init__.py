"""Time until something ends, when some ends are not yet seen.

A rate and a mean lifetime are two numbers with two names; nothing here extrapolates past the last observed time.
"""

from kizuna.stats.survival.comparison import LandmarkComparison, LogRank, landmark, log_rank
from kizuna.stats.survival.curve import SurvivalCurve, kaplan_meier
from kizuna.stats.survival.lifetime import restricted_mean, restricted_mean_difference

__all__ = [
    "LandmarkComparison",
    "LogRank",
    "SurvivalCurve",
    "kaplan_meier",
    "landmark",
    "log_rank",
    "restricted_mean",
    "restricted_mean_difference",
]
