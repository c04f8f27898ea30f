"""What makes the answer of a rule stale: activities of somebody, or the clock alone."""

from collections import defaultdict

from kizuna.base.rules.facts import Catalogue
from kizuna.base.rules.operators import RELATIVE
from kizuna.base.rules.tree import Condition, Related, Rule, conditions_of


def is_clocked(rule: Rule, catalogue: Catalogue) -> bool:
    """Say whether time alone can change who fits. What lies across a relation counts as such: its changes name others."""
    for condition in conditions_of(rule.root):
        if isinstance(condition, Related) or condition.days is not None or condition.op in RELATIVE:
            return True
        fact = catalogue.facts.get(condition.fact)
        if fact is not None and fact.is_clocked:
            return True
    return False


def stale_by(rule: Rule, catalogue: Catalogue) -> dict[str, set[str]]:
    """Return {verb: whom it concerns} of every activity that can change who fits."""
    found: dict[str, set[str]] = defaultdict(set)
    entity = catalogue.entities.get(rule.entity)
    asked = {item.fact for item in conditions_of(rule.root) if isinstance(item, Condition)}
    facts = [catalogue.facts[name] for name in asked if name in catalogue.facts]
    for stale in [*(entity.stale_by if entity else ()), *(stale for fact in facts for stale in fact.stale_by)]:
        found[stale.verb].add(stale.whom)
    return dict(found)
