"""How many fit: the exact number, or for a large population what a fixed sample shows. The interval is the caller's to compute."""

from dataclasses import dataclass

from kizuna.base.rules.compiler import SAMPLE_IN, in_sample, matching
from kizuna.base.rules.facts import Catalogue
from kizuna.base.rules.moment import Moment
from kizuna.base.rules.tree import Rule

SAMPLED_FROM = 200_000


@dataclass(frozen=True)
class Count:
    """`hits` of `size` looked at, out of a population of `population`."""

    hits: int
    size: int
    population: int
    is_sampled: bool

    @property
    def estimate(self) -> int:
        """Return the number of those who fit, scaled up from the sample."""
        return round(self.hits / self.size * self.population) if self.is_sampled and self.size else self.hits


def counted(
    rule: Rule, *, catalogue: Catalogue, moment: Moment, may_sample: bool, sampled_from: int = SAMPLED_FROM
) -> Count:
    """Count who fits; with `may_sample`, in a large population, among one id in a hundred. Raises Broken."""
    population = catalogue.entities[rule.entity].population().order_by() if rule.entity in catalogue.entities else None
    found = matching(rule, catalogue=catalogue, moment=moment)  # raises before anything is counted
    assert population is not None
    total = population.count()
    if not may_sample or total < max(sampled_from, SAMPLE_IN):
        return Count(hits=found.count(), size=total, population=total, is_sampled=False)
    sampled = matching(rule, catalogue=catalogue, moment=moment, is_sampled=True)
    return Count(
        hits=sampled.count(), size=population.filter(in_sample("pk")).count(), population=total, is_sampled=True
    )
