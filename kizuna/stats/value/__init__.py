"""Customer lifetime value: how long customers stay and how often they buy, from few columns.

Contractual (they tell you when they leave): `fit_sbg`. Non-contractual (they just stop buying): `fit_bg_nbd`,
`fit_pareto_nbd`, with `fit_gamma_gamma` for spend. Predictions carry the uncertainty of the fitted parameters only.
"""

from kizuna.stats.value.bg_nbd import BGNBD, fit_bg_nbd
from kizuna.stats.value.contractual import SBG, fit_sbg
from kizuna.stats.value.pareto_nbd import ParetoNBD, fit_pareto_nbd
from kizuna.stats.value.spend import GammaGamma, fit_gamma_gamma

__all__ = [
    "BGNBD",
    "SBG",
    "GammaGamma",
    "ParetoNBD",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_pareto_nbd",
    "fit_sbg",
]
