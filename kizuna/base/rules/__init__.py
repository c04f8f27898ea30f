"""The rule language: one tree of conditions over declared facts gives a queryset, a sentence and an explanation.

`facts` is what apps declare, `tree` the validated JSON, `checking` what is wrong with it, `compiler` the queryset,
`sentences` Japanese and English, `explaining` why-in and why-out, `counting` the live count, `scalars` values kept as
JSON. It knows no app and no entity: members and accounts are declared. See docs/adr/0004-rules.md.
"""

from kizuna.base.rules.checking import Problem, problems_of
from kizuna.base.rules.compiler import Broken, matching
from kizuna.base.rules.counting import Count, counted
from kizuna.base.rules.explaining import Verdict, explained
from kizuna.base.rules.facts import (
    Catalogue,
    Choice,
    Column,
    Dated,
    Entity,
    Fact,
    FactGroup,
    Kind,
    Relation,
    Rows,
    Stale,
    Total,
    catalogue,
)
from kizuna.base.rules.moment import Moment
from kizuna.base.rules.scalars import Scalar
from kizuna.base.rules.sentences import sentence
from kizuna.base.rules.staleness import is_clocked, stale_by
from kizuna.base.rules.tree import BadRule, Condition, Group, Related, Rule, conditions_of, parse

__all__ = [
    "BadRule",
    "Broken",
    "Catalogue",
    "Choice",
    "Column",
    "Condition",
    "Count",
    "Dated",
    "Entity",
    "Fact",
    "FactGroup",
    "Group",
    "Kind",
    "Moment",
    "Problem",
    "Related",
    "Relation",
    "Rows",
    "Rule",
    "Scalar",
    "Stale",
    "Total",
    "Verdict",
    "catalogue",
    "conditions_of",
    "counted",
    "explained",
    "is_clocked",
    "matching",
    "parse",
    "problems_of",
    "sentence",
    "stale_by",
]
