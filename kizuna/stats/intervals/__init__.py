"""Intervals for shares, means and NPS, and how many answers a survey needs.

Proportions live in 0..1, NPS in points (-100..100). Nothing here corrects for non-response.
Each is loaded when it is first used: a page that shows a share does not carry the distributions of others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kizuna.stats.intervals.clusters import cluster_bootstrap, mean
    from kizuna.stats.intervals.multiplicity import holm
    from kizuna.stats.intervals.promoters import nps, nps_clustered, nps_difference, nps_from_scores
    from kizuna.stats.intervals.proportions import newcombe, wilson
    from kizuna.stats.intervals.sample_size import (
        nps_margin,
        nps_sample_size,
        proportion_margin,
        proportion_sample_size,
    )

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

_PLACES = {
    "cluster_bootstrap": "clusters",
    "holm": "multiplicity",
    "mean": "clusters",
    "newcombe": "proportions",
    "nps": "promoters",
    "nps_clustered": "promoters",
    "nps_difference": "promoters",
    "nps_from_scores": "promoters",
    "nps_margin": "sample_size",
    "nps_sample_size": "sample_size",
    "proportion_margin": "sample_size",
    "proportion_sample_size": "sample_size",
    "wilson": "proportions",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
