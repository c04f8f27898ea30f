"""Effects and what may be called one.

Grades: `difference_in_means`, `intention_to_treat` and `complier_effect` speak of an effect only under random assignment;
`doubly_robust_did` under parallel trends; `matched_difference` under no hidden confounding. The codes say which was assumed.
"""

from kizuna.stats.effects.balance import Balance, BalanceRow, Overlap, balance, overlap
from kizuna.stats.effects.cell_means import did_from_cell_means
from kizuna.stats.effects.group_time import GroupTimeEffects, GroupTimeRow, doubly_robust_did
from kizuna.stats.effects.matching import matched_difference
from kizuna.stats.effects.means import complier_effect, difference_in_means, intention_to_treat
from kizuna.stats.effects.power import PowerPlan, power_two_means, power_two_proportions
from kizuna.stats.effects.sensitivity import e_value
from kizuna.stats.effects.trends import PreTrend, placebo, pre_trend

__all__ = [
    "Balance",
    "BalanceRow",
    "GroupTimeEffects",
    "GroupTimeRow",
    "Overlap",
    "PowerPlan",
    "PreTrend",
    "balance",
    "complier_effect",
    "did_from_cell_means",
    "difference_in_means",
    "doubly_robust_did",
    "e_value",
    "intention_to_treat",
    "matched_difference",
    "overlap",
    "placebo",
    "power_two_means",
    "power_two_proportions",
    "pre_trend",
]
