"""Intervals for shares, means and NPS, and how many answers a survey needs.

Proportions live in 0..1, NPS in points (-100..100). Nothing here corrects for non-response.
"""

from kizuna.stats.intervals.clusters import cluster_bootstrap, mean
from kizuna.stats.intervals.multiplicity import holm
from kizuna.stats.intervals.promoters import nps, nps_clustered, nps_difference, nps_from_scores
from kizuna.stats.intervals.proportions import newcombe, wilson
from kizuna.stats.intervals.sample_size import nps_margin, nps_sample_size, proportion_margin, proportion_sample_size

__all__ = [
    "cluster_bootstrap",
    "holm",
    "mean",
    "newcombe",
    "nps",
    "nps_clustered",
    "nps_difference",
    "nps_from_scores",
    "nps_margin",
    "nps_sample_size",
    "proportion_margin",
    "proportion_sample_size",
    "wilson",
]
