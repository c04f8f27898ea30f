"""Refusals of the maths: why a number was not given.

One family, so that a caller can catch `StatsError` and still say which assumption failed by its `code`.
Wording for people belongs to the layers above; the message here is for developers and logs.
"""


class StatsError(ValueError):
    """The requested number cannot be given honestly."""

    code = "stats_error"


class InvalidInput(StatsError):
    """The input is outside what the function is defined for (NaN, negative, wrong shape, unknown option)."""

    code = "invalid_input"


class EmptyInput(InvalidInput):
    """There is nothing to estimate from."""

    code = "empty_input"


class TooFewObservations(StatsError):
    """There are fewer rows than the method needs to know its own uncertainty."""

    code = "too_few_observations"


class TooFewClusters(StatsError):
    """There are fewer independent groups (accounts) than the method is valid for."""

    code = "too_few_clusters"


class ConstantOutcome(StatsError):
    """The outcome never varies, so the question has no answer in these data."""

    code = "constant_outcome"


class NotIdentified(StatsError):
    """The data hold no information on what was asked (no clean comparison, more parameters than facts)."""

    code = "not_identified"


class NotConverged(StatsError):
    """The likelihood has no maximum that the search could confirm."""

    code = "not_converged"


class HorizonBeyondData(NotIdentified):
    """The horizon lies after the last observed time, where nothing is known."""

    code = "horizon_beyond_data"


class CorrelatedSpend(StatsError):
    """Spend per order moves with the number of orders, which Gamma-Gamma assumes it does not."""

    code = "correlated_spend"


class NoOverlap(StatsError):
    """Treated and comparison units are too different to be compared."""

    code = "no_overlap"


class PerfectSeparation(NoOverlap):
    """The covariates tell treated from untreated without error, so nothing is comparable."""

    code = "perfect_separation"


class WeakAssignment(NotIdentified):
    """The assignment hardly changed who took part, so an effect per participant has no bounded interval."""

    code = "weak_assignment"


class TwoWayRefused(StatsError):
    """Two-way fixed effects give wrong signs when units join at different times."""

    code = "two_way_refused"
